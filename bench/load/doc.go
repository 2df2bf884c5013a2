// Package load repeats an operation with several workers, each starting its next
// one when its last is over (a closed loop), and times every one of them. It
// refuses to go on after a failed operation: a rate with errors in it says
// nothing.
package load

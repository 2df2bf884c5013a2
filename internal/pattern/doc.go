// Package pattern keeps regular expressions that most processes never need from costing
// all of them: a compiled one takes time at the start and memory for good, most of all
// where it counts repetitions.
package pattern

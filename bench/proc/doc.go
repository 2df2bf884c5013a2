// Package proc reads what processes of this machine have used, from Linux's
// /proc. It owns no process and changes nothing.
//
// Processor time comes from the scheduler's own account (schedstat), in
// nanoseconds: the ticks of /proc/PID/stat are too coarse for twenty database
// backends that each work a few milliseconds.
package proc

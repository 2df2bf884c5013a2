//go:build !linux

package main

import "runtime/debug"

// giveBack returns to the system what starting needed and serving does not.
func giveBack() { debug.FreeOSMemory() }

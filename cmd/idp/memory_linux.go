package main

import (
	"bufio"
	"io"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
)

// giveBack returns to the system what starting needed and serving does not:
// memory, and the pages of the program itself, of which serving reads less than
// half. What is needed again comes back from the cache of files when it is touched.
func giveBack() {
	debug.FreeOSMemory()
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		return // it costs memory, and nothing else
	}
	defer maps.Close() //nolint:errcheck // nothing was written
	for _, m := range readOnlyFiles(maps) {
		_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, m.start, m.end-m.start, syscall.MADV_DONTNEED)
	}
}

type mapping struct{ start, end uintptr }

// readOnlyFiles finds the private mappings of files that nobody can have written
// to, which are the only ones that can be dropped without losing anything: see
// proc_pid_maps(5).
func readOnlyFiles(maps io.Reader) (found []mapping) {
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		f := strings.Fields(lines.Text()) // address, permissions, offset, device, inode, file
		if len(f) < 6 || f[4] == "0" || !strings.HasPrefix(f[1], "r-") || !strings.HasSuffix(f[1], "p") {
			continue
		}
		from, to, _ := strings.Cut(f[0], "-")
		start, err1 := strconv.ParseUint(from, 16, strconv.IntSize)
		end, err2 := strconv.ParseUint(to, 16, strconv.IntSize)
		if err1 == nil && err2 == nil && start < end {
			found = append(found, mapping{uintptr(start), uintptr(end)})
		}
	}
	return found
}

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
	program, err := os.Executable()
	if err != nil {
		return // it costs memory, and nothing else
	}
	maps, err := os.Open("/proc/self/smaps")
	if err != nil {
		return
	}
	defer maps.Close() //nolint:errcheck // nothing was written
	for _, m := range untouched(maps, program) {
		_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, m.start, m.end-m.start, syscall.MADV_DONTNEED)
	}
}

type mapping struct{ start, end uintptr }

// untouched finds the mappings of a file that cannot be written to and never were:
// only they can be dropped without losing anything. That they are read-only now is
// not enough: a loader may have written addresses into them before. See
// proc_pid_smaps(5).
func untouched(smaps io.Reader, file string) (found []mapping) {
	var m mapping
	clean := 0 // how many of Anonymous and Swap were nothing
	for lines := bufio.NewScanner(smaps); lines.Scan(); {
		switch f := strings.Fields(lines.Text()); {
		case len(f) > 1 && !strings.HasSuffix(f[0], ":"):
			m, clean = readOnly(f, file), 0
		case len(f) == 3 && (f[0] == "Anonymous:" || f[0] == "Swap:") && f[1] == "0":
			if clean++; clean == 2 && m.start < m.end {
				found = append(found, m)
			}
		}
	}
	return found
}

// readOnly reads the first line of a mapping: address, permissions, offset, device,
// inode, file. It is the zero mapping if it is not one of file, or can be written to.
func readOnly(f []string, file string) mapping {
	if len(f) < 6 || f[5] != file || !strings.HasPrefix(f[1], "r-") || !strings.HasSuffix(f[1], "p") {
		return mapping{}
	}
	from, to, _ := strings.Cut(f[0], "-")
	start, err1 := strconv.ParseUint(from, 16, strconv.IntSize)
	end, err2 := strconv.ParseUint(to, 16, strconv.IntSize)
	if err1 != nil || err2 != nil {
		return mapping{}
	}
	return mapping{uintptr(start), uintptr(end)}
}

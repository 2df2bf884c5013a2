package proc

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// tick is the unit of times in /proc/PID/stat: USER_HZ is 100 on every Linux.
const tick = 10 * time.Millisecond

// CPU returns the processor time that all threads of a process have used.
func CPU(pid int) (time.Duration, error) {
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err == nil && len(tasks) == 0 {
		err = os.ErrNotExist
	}
	if err != nil {
		return 0, fmt.Errorf("processor time of %d: %w", pid, err)
	}
	var sum time.Duration
	for _, name := range tasks {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // the thread has just ended
		}
		used, _, _ := bytes.Cut(text, []byte(" "))
		ns, err := strconv.ParseInt(string(used), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("read %s: %w", name, err)
		}
		sum += time.Duration(ns)
	}
	return sum, nil
}

// Family returns the processor time of a process, of its living children, and of
// those that ended and that it has waited for: all of a PostgreSQL server, given
// its first process.
func Family(pid int) (time.Duration, error) {
	sum, err := CPU(pid)
	if err != nil {
		return 0, err
	}
	own, err := readStat(pid)
	if err != nil {
		return 0, err
	}
	sum += own.ended
	all, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, fmt.Errorf("list processes: %w", err)
	}
	for _, name := range all {
		child, err := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		if err != nil {
			continue
		}
		// A child that ends between these two looks is counted with the ended next time.
		if st, err := readStat(child); err != nil || st.parent != pid {
			continue
		}
		if used, err := CPU(child); err == nil {
			sum += used
		}
	}
	return sum, nil
}

// Parent returns the id of a process's parent.
func Parent(pid int) (int, error) {
	st, err := readStat(pid)
	return st.parent, err
}

type stat struct {
	parent int
	ended  time.Duration // of the children it has waited for
}

func readStat(pid int) (stat, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return stat{}, fmt.Errorf("read process %d: %w", pid, err)
	}
	// The second field is the program's name and may contain anything, also ")".
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	const parent, childUser, childSystem = 1, 13, 14 // proc_pid_stat(5), less the first two
	if len(fields) <= childSystem {
		return stat{}, fmt.Errorf("read process %d: its stat is too short", pid)
	}
	var n [3]int64
	for i, at := range []int{parent, childUser, childSystem} {
		if n[i], err = strconv.ParseInt(string(fields[at]), 10, 64); err != nil {
			return stat{}, fmt.Errorf("read process %d: %w", pid, err)
		}
	}
	return stat{int(n[0]), time.Duration(n[1]+n[2]) * tick}, nil
}

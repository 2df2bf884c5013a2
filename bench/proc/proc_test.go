package proc_test

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"idp/bench/proc"
)

// burn uses at least d of processor time in the calling process.
func burn(t *testing.T, d time.Duration) {
	t.Helper()
	start := cpu(t)
	for n := 0; cpu(t)-start < d; n++ {
		if n > 1_000_000 {
			t.Fatal("the processor time does not grow")
		}
	}
}

func cpu(t *testing.T) time.Duration {
	t.Helper()
	d, err := proc.CPU(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestCPUGrowsWithWork(t *testing.T) {
	start := time.Now()
	burn(t, 20*time.Millisecond)
	if took := time.Since(start); took < 5*time.Millisecond {
		t.Errorf("20 ms of work in %v: more than the processors can do", took)
	}
}

// TestFamilyCountsChildren: backends come and go while a server is measured.
func TestFamilyCountsChildren(t *testing.T) {
	before, err := proc.Family(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	own := cpu(t)
	child := exec.Command("sh", "-c", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done")
	if err := child.Run(); err != nil {
		t.Fatal(err)
	}
	used := child.ProcessState.UserTime() + child.ProcessState.SystemTime()
	after, err := proc.Family(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	const rounding = 30 * time.Millisecond
	if got := (after - before) - (cpu(t) - own); got < used-rounding || got > used+rounding {
		t.Errorf("an ended child counts %v, it used %v", got, used)
	}
}

func TestParentAndMemory(t *testing.T) {
	parent, err := proc.Parent(os.Getpid())
	if err != nil || parent != os.Getppid() {
		t.Errorf("parent %d, %v; want %d", parent, err, os.Getppid())
	}
	m, err := proc.MemoryOf(os.Getpid())
	if err != nil || m.Now < 1<<20 || m.Peak < m.Now/2 {
		t.Errorf("memory %+v, %v", m, err)
	}
	if _, err := proc.MemoryOf(-1); err == nil {
		t.Error("a process that is not there has memory")
	}
}

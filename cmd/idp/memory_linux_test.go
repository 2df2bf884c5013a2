package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A page that was written to and is dropped comes back as the file has it, without
// what a loader, for example, wrote into it.
func TestOnlyWhatNobodyWroteIsDropped(t *testing.T) {
	t.Parallel()
	var smaps strings.Builder
	for _, m := range []struct {
		line            string
		anonymous, swap int
	}{
		{"00400000-00feb000 r-xp 00000000 fe:00 105 /usr/bin/idp", 0, 0},
		{"00feb000-01c4d000 r--p 00beb000 fe:00 105 /usr/bin/idp", 0, 0},
		{"01c4d000-01c4f000 r--p 0184d000 fe:00 105 /usr/bin/idp", 8, 0}, // relocated, then closed
		{"01c4f000-01c50000 r--p 0184f000 fe:00 105 /usr/bin/idp", 0, 4}, // the same, and swapped out
		{"01c50000-01d0b000 rw-p 01850000 fe:00 105 /usr/bin/idp", 0, 0},
		{"7f0000000000-7f0000010000 r--s 00000000 fe:00 105 /usr/bin/idp", 0, 0},
		{"7f0000010000-7f0000020000 r-xp 00000000 fe:00 77 /lib/libc.so.6", 0, 0},
		{"7f0000020000-7f0000030000 r--p 00000000 00:00 0 [vvar]", 0, 0},
		{"1cbc2000000-1cbc2c00000 rw-p 00000000 00:00 0", 0, 0},
		{"nonsense r--p 00beb000 fe:00 105 /usr/bin/idp", 0, 0},
	} {
		fmt.Fprintf(&smaps, "%s\nSize:   48 kB\nRss:   40 kB\nAnonymous:   %d kB\nLazyFree:   0 kB\nSwap:   %d kB\nSwapPss:   0 kB\nVmFlags: rd mr mw me\n",
			m.line, m.anonymous, m.swap)
	}
	want := []mapping{{0x400000, 0xfeb000}, {0xfeb000, 0x1c4d000}}
	if got := untouched(strings.NewReader(smaps.String()), "/usr/bin/idp"); !slices.Equal(got, want) {
		t.Errorf("dropped are %x, want %x", got, want)
	}
}

// The program goes on after its own pages are gone.
func TestGivingBackDoesNoHarm(t *testing.T) {
	t.Parallel()
	for range 3 {
		giveBack()
	}
	if got := strings.Repeat("ab", 2); got != "abab" {
		t.Errorf("the program has lost its mind: %q", got)
	}
}

package main

import (
	"slices"
	"strings"
	"testing"
)

// A page that was written to and is dropped would come back as the file has it.
func TestOnlyWhatNobodyWritesIsDropped(t *testing.T) {
	t.Parallel()
	const maps = `00400000-00feb000 r-xp 00000000 fe:00 10546018                           /usr/bin/idp
00feb000-01c4d000 r--p 00beb000 fe:00 10546018                           /usr/bin/idp
01c4d000-01d0b000 rw-p 0184d000 fe:00 10546018                           /usr/bin/idp
1cbc2000000-1cbc2c00000 rw-p 00000000 00:00 0 
1cbc2c00000-1cbc4000000 ---p 00000000 00:00 0 
7fd2df390000-7fd2df800000 r--s 00000000 fe:00 77                         /var/lib/idp/idp.db-shm
7fd2e0000000-7fd2e0004000 r--p 00000000 00:00 0                          [vvar]
7fd2e0004000-7fd2e0006000 r-xp 00000000 00:00 0                          [vdso]
nonsense
`
	want := []mapping{{0x400000, 0xfeb000}, {0xfeb000, 0x1c4d000}}
	if got := readOnlyFiles(strings.NewReader(maps)); !slices.Equal(got, want) {
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

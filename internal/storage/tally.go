package storage

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
)

// tally counts rows and adds up their hashes, so that two sets of rows can be
// compared in whatever order they come.
type tally struct {
	rows int64
	sum  [4]uint64
}

func (t *tally) add(values []any) error {
	line, err := json.Marshal(values)
	if err != nil {
		return fmt.Errorf("hash row: %w", err)
	}
	h := sha256.Sum256(line)
	for i := range t.sum {
		t.sum[i] += binary.BigEndian.Uint64(h[8*i:])
	}
	t.rows++
	return nil
}

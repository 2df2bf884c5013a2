package backup

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"time"

	"idp/internal/storage"
)

// Format is the version of the file that this program writes.
const Format = 1

// Header is the first line of a file.
type Header struct {
	Format  int       `json:"idp_backup"`
	Schema  int64     `json:"schema"` // the newest step of the database's schema
	MadeAt  time.Time `json:"made_at"`
	Program string    `json:"program"` // that wrote it, for people
}

// tableLine begins the rows of a table.
type tableLine struct {
	Table   string   `json:"table"`
	Columns []string `json:"columns"`
}

// Trailer is the last line of a file.
type Trailer struct {
	Rows   map[string]int64 `json:"rows"`
	SHA256 string           `json:"sha256"` // of all bytes before this line, not compressed
}

// Total is how many rows a file has.
func (t Trailer) Total() (n int64) {
	for _, rows := range t.Rows {
		n += rows
	}
	return n
}

// Write writes a file to w: the header, and whatever export gives.
func Write(w io.Writer, h Header, export func(storage.Sink) error) (Trailer, error) {
	zip := gzip.NewWriter(w)
	out := bufio.NewWriterSize(zip, 1<<16)
	sum := sha256.New()
	h.Format = Format
	f := &writer{enc: json.NewEncoder(io.MultiWriter(out, sum)), trailer: Trailer{Rows: map[string]int64{}}}
	f.enc.SetEscapeHTML(false)
	if err := f.write(out, zip, sum, h, export); err != nil {
		return Trailer{}, fmt.Errorf("write backup: %w", err)
	}
	return f.trailer, nil
}

// writer is the sink of Write.
type writer struct {
	enc     *json.Encoder
	table   string
	trailer Trailer
}

func (f *writer) write(out *bufio.Writer, zip *gzip.Writer, sum hash.Hash, h Header, export func(storage.Sink) error) error {
	if err := f.enc.Encode(h); err != nil {
		return err
	}
	if err := export(f); err != nil {
		return err
	}
	f.trailer.SHA256 = hex.EncodeToString(sum.Sum(nil))
	if err := json.NewEncoder(out).Encode(f.trailer); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return zip.Close()
}

// Table begins a table.
func (f *writer) Table(name string, columns []string) error {
	f.table, f.trailer.Rows[name] = name, 0
	return f.enc.Encode(tableLine{name, columns})
}

// Row writes a row.
func (f *writer) Row(values []any) error {
	f.trailer.Rows[f.table]++
	return f.enc.Encode(values)
}

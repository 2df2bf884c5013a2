package backup

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"

	"idp/internal/storage"
)

// ErrDamaged says that a file is cut short, changed, or no backup at all.
var ErrDamaged = errors.New("the backup is damaged")

// Check reads a whole file and returns its header and trailer, or ErrDamaged.
func Check(r io.Reader) (Header, Trailer, error) { return Read(r, nothing{}) }

// nothing is a sink for a file that is only looked at.
type nothing struct{}

// Table takes a table.
func (nothing) Table(string, []string) error { return nil }

// Row takes a row.
func (nothing) Row([]any) error { return nil }

// Read gives the rows of a file to a sink and returns ErrDamaged, at the end, if the
// file is not whole: what came until then must not be used. Errors of the sink come
// back as they are.
func Read(r io.Reader, to storage.Sink) (Header, Trailer, error) {
	f := &reader{sum: sha256.New(), counts: map[string]int64{}, to: to}
	zip, err := gzip.NewReader(bufio.NewReaderSize(r, 1<<16))
	if err != nil {
		return Header{}, Trailer{}, damaged("it is not compressed as a backup is", err)
	}
	f.in = bufio.NewReaderSize(zip, 1<<16)
	if err := f.head(); err != nil {
		return f.header, Trailer{}, err
	}
	for {
		done, err := f.line()
		if err != nil || done {
			return f.header, f.trailer, err
		}
	}
}

func damaged(how string, err error) error {
	if err == nil {
		return fmt.Errorf("%w: %s", ErrDamaged, how)
	}
	return fmt.Errorf("%w: %s: %w", ErrDamaged, how, err)
}

type reader struct {
	in      *bufio.Reader
	sum     hash.Hash
	header  Header
	trailer Trailer
	table   string
	width   int
	counts  map[string]int64
	to      storage.Sink
}

// next reads a line; every one ends with a line break.
func (f *reader) next() ([]byte, error) {
	line, err := f.in.ReadBytes('\n')
	if err != nil {
		return nil, damaged("it ends early", err)
	}
	return line, nil
}

func (f *reader) head() error {
	line, err := f.next()
	if err != nil {
		return err
	}
	f.sum.Write(line)
	if err := json.Unmarshal(line, &f.header); err != nil || f.header.Format == 0 {
		return damaged("its first line is not that of a backup", err)
	}
	if f.header.Format > Format {
		return fmt.Errorf("the backup is of format %d, this program knows only %d; use the newer release", f.header.Format, Format)
	}
	return nil
}

// line takes one line and reports whether it was the last.
func (f *reader) line() (done bool, err error) {
	line, err := f.next()
	if err != nil {
		return false, err
	}
	if line[0] == '[' {
		f.sum.Write(line)
		return false, f.row(line)
	}
	var mark struct {
		tableLine
		Trailer
	}
	if err := json.Unmarshal(line, &mark); err != nil {
		return false, damaged("a line cannot be read", err)
	}
	if mark.SHA256 != "" {
		f.trailer = mark.Trailer
		return true, f.end()
	}
	f.sum.Write(line)
	if _, twice := f.counts[mark.Table]; twice || mark.Table == "" || len(mark.Columns) == 0 {
		return false, damaged("a table is not named, or comes twice", nil)
	}
	f.table, f.width, f.counts[mark.Table] = mark.Table, len(mark.Columns), 0
	return false, f.to.Table(mark.Table, mark.Columns)
}

func (f *reader) row(line []byte) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	var values []any
	if err := d.Decode(&values); err != nil || len(values) != f.width || f.width == 0 {
		return damaged("a row of "+f.table+" cannot be read", err)
	}
	for i, v := range values {
		switch v := v.(type) {
		case string, bool:
		case json.Number:
			n, err := v.Int64()
			if err != nil {
				return damaged("a row of "+f.table+" holds a number that is not whole", err)
			}
			values[i] = n
		default:
			return damaged("a row of "+f.table+" holds what no column can", nil)
		}
	}
	f.counts[f.table]++
	return f.to.Row(values)
}

// end compares what was read with the trailer.
func (f *reader) end() error {
	switch _, err := f.in.ReadByte(); {
	case err == nil:
		return damaged("something follows its last line", nil)
	case !errors.Is(err, io.EOF):
		return damaged("it ends early", err)
	case f.trailer.SHA256 != hex.EncodeToString(f.sum.Sum(nil)):
		return damaged("its SHA-256 is not that of its last line", nil)
	case !maps.Equal(f.counts, f.trailer.Rows):
		return damaged("it does not hold the rows that its last line counts", nil)
	}
	return nil
}

package config

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// File is a configuration on disk that is followed. It is for one goroutine.
//
// It is asked again and again rather than told by the system: a notice does not
// come over every kind of mount, and one of a symbolic link that is swapped (as a
// Kubernetes ConfigMap does) comes for the directory, if at all.
type File struct {
	path   string
	getenv func(string) string
	inputs Inputs
	known  map[string]sighting
}

// sighting is a file as it was last read.
type sighting struct {
	info fs.FileInfo // nil if it could not be opened
	at   time.Time
	sum  string
}

// OpenFile follows the file at path. It reads nothing yet.
func OpenFile(path string, getenv func(string) string) *File {
	return &File{path: path, getenv: getenv, inputs: Inputs{Documents: []string{path}}, known: map[string]sighting{}}
}

// Load is the function Load. print changes whenever the file does, or one that it
// needs; it is worth something beside an error too. If all is well, hash is for
// people: equal on two machines whose YAML is.
func (f *File) Load() (cfg *Config, print, hash string, err error) {
	for range 3 { // what is read must be what print is of
		before := f.Print()
		cfg, f.inputs, err = read(f.path, f.getenv)
		if print = f.Print(); print == before {
			break
		}
	}
	return cfg, print, f.hash(), err
}

// Print is as Load returns it, for what is there now.
func (f *File) Print() string {
	all := append(append([]string(nil), f.inputs.Documents...), f.inputs.Files...)
	for _, p := range f.inputs.Patterns {
		found, _ := filepath.Glob(p) // the pattern was good when it was read
		all = append(all, found...)
	}
	sum := sha256.New()
	for _, path := range all {
		fmt.Fprintf(sum, "%q %s\n", path, f.look(path))
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// hash is of the YAML alone: of a password in a file, nobody should see a hash.
func (f *File) hash() string {
	sum := sha256.New()
	for _, path := range f.inputs.Documents {
		fmt.Fprintln(sum, filepath.Base(path), f.look(path))
	}
	return hex.EncodeToString(sum.Sum(nil))[:12]
}

// settled is how old a change must be for a file's times to be trusted: file
// systems may count in seconds, and two writes in one tick look alike.
const settled = 3 * time.Second

// look says what stands in a file, and reads it only if it may have changed.
func (f *File) look(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		delete(f.known, path)
		return "absent"
	}
	if info.IsDir() {
		return "directory"
	}
	if !info.Mode().IsRegular() {
		return "irregular" // reading might never end
	}
	old, seen := f.known[path]
	if seen && os.SameFile(old.info, info) && old.info.Size() == info.Size() && old.info.ModTime().Equal(info.ModTime()) && old.at.Sub(info.ModTime()) > settled {
		return old.sum
	}
	now := time.Now()
	raw, err := os.ReadFile(path)
	if err != nil {
		return "unreadable"
	}
	sum := sha256.Sum256(raw)
	f.known[path] = sighting{info, now, hex.EncodeToString(sum[:])}
	return f.known[path].sum
}

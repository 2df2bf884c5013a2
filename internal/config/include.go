package config

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"idp/internal/config/strictyaml"
)

// clientFile is an included file: one team's clients and nothing else.
type clientFile struct {
	Clients []Client `yaml:"clients"`
}

// included says which of the clients came from an included file.
type included struct {
	positions *strictyaml.Positions
	first     int // index of its first client among all
	count     int
}

// pattern is include, relative to the directory of the file that it stands in.
func (v *validator) pattern(file string) string {
	p := v.config.Include
	if filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(filepath.Dir(file), p)
}

// include appends the clients of the files that include names, in the order of
// their names, and returns all YAML files that were read. A pattern without
// matches is a fault: a directory that was not mounted would otherwise disable
// every client in it.
func (v *validator) include(file string) (documents []string) {
	documents = []string{file}
	if v.config.Include == "" {
		return documents
	}
	found, err := filepath.Glob(v.pattern(file))
	found = slices.DeleteFunc(found, func(f string) bool { return strings.HasPrefix(filepath.Base(f), ".") })
	switch {
	case err != nil:
		v.fail("include", "must be a pattern of files, such as clients.d/*.yaml")
	case len(found) == 0:
		v.fail("include", "matches no file: %s", v.config.Include)
	}
	for _, f := range found {
		data, err := os.ReadFile(f)
		if err != nil {
			v.fail("include", "cannot be read: %v", err)
			continue
		}
		var only clientFile
		positions, faults := strictyaml.Decode(f, data, &only)
		if len(only.Clients) == 0 && len(faults) == 0 {
			at := positions.At("clients")
			v.faults = append(v.faults, strictyaml.Fault{Position: at, Message: "is missing: an included file holds clients"})
		}
		v.faults = append(v.faults, faults...)
		v.included = append(v.included, included{positions, len(v.config.Clients), len(only.Clients)})
		v.config.Clients = append(v.config.Clients, only.Clients...)
		documents = append(documents, f)
	}
	return documents
}

var clientPath = regexp.MustCompile(`^clients\[(\d+)\](.*)$`)

// at is where a path stands, in whichever file that is. Clients are counted in
// their file.
func (v *validator) at(path string) strictyaml.Position {
	at, _ := v.spot(path)
	return at
}

// spot is at, and whether the file says anything at that very path.
func (v *validator) spot(path string) (at strictyaml.Position, there bool) {
	if m := clientPath.FindStringSubmatch(path); m != nil {
		n, _ := strconv.Atoi(m[1]) // digits
		for _, in := range v.included {
			if n >= in.first && n < in.first+in.count {
				path = fmt.Sprintf("clients[%d]%s", n-in.first, m[2])
				return in.positions.At(path), in.positions.Has(path)
			}
		}
	}
	return v.positions.At(path), v.positions.Has(path)
}

// inWords is how one client is named in a fault of another.
func (v *validator) inWords(client int) string {
	at := v.at(fmt.Sprintf("clients[%d].id", client))
	if len(v.included) == 0 {
		return at.Path[:strings.LastIndex(at.Path, ".")]
	}
	return fmt.Sprintf("%s in %s:%d", at.Path[:strings.LastIndex(at.Path, ".")], at.File, at.Line)
}

// sortFaults orders them by the order in which the files were read.
func (v *validator) sortFaults(documents []string) {
	v.faults.Sort()
	slices.SortStableFunc(v.faults, func(a, b strictyaml.Fault) int {
		return cmp.Compare(slices.Index(documents, a.File), slices.Index(documents, b.File))
	})
}

package clientdocs

import "idp/internal/idp"

// Allows reports whether a document of this address would be asked for.
func (d *Documents) Allows(id string) bool {
	u, err := idp.ParseDocumentID(id)
	return err == nil && d.allows(u)
}

// MaxEntries is the size of each memory.
const MaxEntries = maxEntries

// MaxFetching is how many documents are fetched at once.
const MaxFetching = maxFetching

// MaxPerHost is how many of them may be at one host.
const MaxPerHost = maxPerHost

// Remembered is how many good and bad documents there are in memory.
func (d *Documents) Remembered() (good, bad int) { return d.good.Len(), d.bad.Len() }

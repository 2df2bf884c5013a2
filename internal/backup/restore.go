package backup

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"idp/internal/idp"
	"idp/internal/storage"
)

// Oldest is the oldest schema whose backups can be restored: the first that a
// backup can have.
const Oldest = 15

// Restore says how a backup comes into a database.
type Restore struct {
	Replace bool      // delete what is there
	Now     time.Time // when the restore epoch is raised
	// Opens, if set, returns an error where the root secret in hand does not open the
	// signing keys of the backup.
	Opens    func([]idp.SigningKey) error
	Progress func(table string, rows int64)
}

// Into checks a whole file, writes it into a database, raises the restore epoch in
// the same transaction, and brings the schema to this program's. A database with
// rows is refused unless Replace is set, and one in use always.
func (o Restore) Into(ctx context.Context, s *storage.Store, file io.ReadSeeker) (Header, storage.Epoch, error) {
	var keys signingKeys
	h, _, err := Read(file, &keys)
	if err == nil && o.Opens != nil {
		// Nobody could serve from what comes back, and what it replaced would be gone.
		if err = o.Opens(keys.found); err != nil {
			err = fmt.Errorf("the keys of the backup: %w", err)
		}
	}
	if err != nil {
		return h, storage.Epoch{}, err
	}
	v, err := s.Schema(ctx)
	if err != nil {
		return h, storage.Epoch{}, fmt.Errorf("restore: %w", err)
	}
	if h.Schema > v.Newest {
		return h, storage.Epoch{}, fmt.Errorf("the backup is of schema %d, this program knows only %d; restore it with the newer release", h.Schema, v.Newest)
	}
	if h.Schema < Oldest {
		return h, storage.Epoch{}, damaged(fmt.Sprintf("no backup is of schema %d", h.Schema), nil)
	}
	if err := s.Prepare(ctx, h.Schema, o.Replace); err != nil {
		return h, storage.Epoch{}, fmt.Errorf("restore: %w", err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return h, storage.Epoch{}, fmt.Errorf("restore: %w", err)
	}
	in := storage.Import{Replace: o.Replace, Schema: h.Schema, Epoch: o.Now, Reason: "restored the backup of " + h.MadeAt.UTC().Format(time.RFC3339), Progress: o.Progress}
	epoch, err := s.Import(ctx, in, func(to storage.Sink) error {
		_, _, err := Read(file, to)
		return err
	})
	if err != nil {
		return h, storage.Epoch{}, fmt.Errorf("restore: %w", err)
	}
	_, err = s.Migrate(ctx)
	return h, epoch, err
}

// signingKeys is a sink that keeps of a file which signing keys it has, and their sealed
// parts.
type signingKeys struct {
	here        bool
	id, private int // the places of the columns
	found       []idp.SigningKey
}

// Table takes a table.
func (k *signingKeys) Table(name string, columns []string) error {
	k.here = name == "signing_keys"
	k.id, k.private = slices.Index(columns, "id"), slices.Index(columns, "private")
	if k.here && (k.id < 0 || k.private < 0) {
		return damaged("its signing keys have no id or no private part", nil)
	}
	return nil
}

// Row takes a row.
func (k *signingKeys) Row(values []any) error {
	if !k.here {
		return nil
	}
	id, _ := values[k.id].(string)
	private, _ := values[k.private].(string)
	k.found = append(k.found, idp.SigningKey{ID: id, Private: private})
	return nil
}

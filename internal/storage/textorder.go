package storage

import "context"

// TextOrder is by whose rules the database sorts text, and so its indexes.
type TextOrder struct {
	// Locale is the one of the operating system's library; "" if the order is that
	// of the bytes, which no upgrade changes.
	Locale string
	// Changed says that the library is another version than the one that the indexes
	// were built with: look-ups may miss rows until they are built anew.
	Changed bool
}

// TextOrder asks the database. Servers that cannot tell give an error.
func (s *Store) TextOrder(ctx context.Context) (TextOrder, error) {
	if s.dialect.order == "" {
		return TextOrder{}, nil
	}
	var o TextOrder
	if err := s.db.WithContext(ctx).Raw(s.dialect.order).Row().Scan(&o.Locale, &o.Changed); err != nil {
		return TextOrder{}, wrap("read the order of text", err)
	}
	return o, nil
}

package clientkeys

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"idp/internal/idp"
	"idp/internal/outbound"
	"idp/internal/proof"
)

// fetch asks for the keys and says how long they count. The media type of the
// answer does not: half of the world's key sets have another.
func (s *side) fetch(ctx context.Context, uri string) ([]idp.ClientKey, time.Duration, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, uri, nil)
	if err != nil {
		return nil, 0, fmt.Errorf("%w: jwks_uri is no address", ErrRefused)
	}
	req.Header.Set("Accept", "application/jwk-set+json, application/json")
	req.Header.Set("User-Agent", "idp")
	answer, err := s.out.Do(req)
	switch {
	case errors.Is(err, outbound.ErrTooLarge):
		return nil, 0, fmt.Errorf("fetch keys: %w: %w", ErrRefused, err)
	case err != nil: // where the name leads, or whether it does, makes no difference: it could map a network
		return nil, 0, fmt.Errorf("fetch keys: %w: %w", idp.ErrUnreachable, err)
	case answer.Status >= 500 || answer.Status == http.StatusTooManyRequests:
		return nil, 0, fmt.Errorf("fetch keys: status %d: %w", answer.Status, idp.ErrUnreachable)
	case answer.Status != http.StatusOK:
		return nil, 0, fmt.Errorf("fetch keys: %w: status %d", ErrRefused, answer.Status)
	}
	keys, err := proof.ParseKeys(answer.Body)
	if err != nil {
		return nil, 0, fmt.Errorf("fetch keys: %w: %w", ErrRefused, err)
	}
	return keys, life.Of(answer), nil
}

package caller

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// checkIDToken does what OpenID Connect Core §3.1.3.7 asks of a client. nonce is
// "" after a refresh.
func (p *Provider) checkIDToken(text string, c Client, nonce string) error {
	jws, err := jose.ParseSignedCompact(text, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(c.Algorithm)})
	if err != nil {
		return fmt.Errorf("ID token: %w", err)
	}
	keys := p.keys.Key(jws.Signatures[0].Header.KeyID)
	if len(keys) != 1 {
		return fmt.Errorf("ID token: %d keys have its kid", len(keys))
	}
	payload, err := jws.Verify(keys[0].Key)
	if err != nil {
		return fmt.Errorf("ID token: %w", err)
	}
	var claims struct {
		Issuer   string   `json:"iss"`
		Subject  string   `json:"sub"`
		Audience audience `json:"aud"`
		Nonce    string   `json:"nonce"`
		Expires  int64    `json:"exp"`
	}
	if err := json.Unmarshal(payload, &claims); err != nil {
		return fmt.Errorf("ID token: %w", err)
	}
	switch {
	case claims.Issuer != p.Issuer:
		return fmt.Errorf("ID token: iss is %q", claims.Issuer)
	case claims.Subject == "":
		return errors.New("ID token: no sub")
	case len(claims.Audience) != 1 || claims.Audience[0] != c.ID:
		return fmt.Errorf("ID token: aud is %q", claims.Audience)
	case claims.Nonce != nonce:
		return errors.New("ID token: the nonce is another")
	case claims.Expires <= time.Now().Unix():
		return errors.New("ID token: expired")
	}
	return nil
}

// audience is one string or a list of them (RFC 7519 §4.1.3).
type audience []string

func (a *audience) UnmarshalJSON(data []byte) error {
	var single string
	if json.Unmarshal(data, &single) == nil {
		*a = audience{single}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(a))
}

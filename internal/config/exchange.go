package config

import (
	"fmt"
	"slices"
)

// TokenExchange says what a client may exchange (RFC 8693).
type TokenExchange struct {
	// From are the clients whose access tokens it may exchange.
	From []string `yaml:"from"`
}

func (t *TokenExchange) from() []string {
	if t == nil {
		return nil
	}
	return t.From
}

func (v *validator) checkExchange(c *Client, at func(string) string) {
	switch granted := slices.Contains(c.GrantTypes, tokenExchange); {
	case granted && c.public():
		v.fail(at("grant_types"), "must not contain token_exchange: a %s client cannot prove itself", c.Type)
	case granted && len(c.TokenExchange.from()) == 0:
		v.fail(at("token_exchange.from"), "is missing: the clients whose tokens this one may exchange")
	case !granted && c.TokenExchange != nil:
		v.fail(at("token_exchange"), "needs token_exchange in grant_types")
	}
	for i, id := range c.TokenExchange.from() {
		if !slices.ContainsFunc(v.config.Clients, func(other Client) bool { return other.ID == id }) {
			v.fail(fmt.Sprintf("%s[%d]", at("token_exchange.from"), i), "is no client: clients does not name it")
		}
	}
}

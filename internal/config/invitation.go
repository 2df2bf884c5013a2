package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/words"
)

// MayInvite says why nobody may be invited to a declared client, with a letter in a
// language; "" is none in particular.
func (c *Config) MayInvite(clientID, locale string) error {
	known := slices.ContainsFunc(c.Declared, func(one idp.Client) bool { return one.ID == clientID })
	switch {
	case clientID != "" && !known:
		return fmt.Errorf("the configuration has no client %q", clientID)
	case c.SignupFor(clientID).Mode == magiclink.SignupClosed:
		return errors.New("signup.mode is closed, which invitations cannot open")
	case locale != "" && !slices.Contains(words.Locales(), locale):
		return fmt.Errorf("there is no locale %q; there are %s", locale, strings.Join(words.Locales(), ", "))
	}
	return nil
}

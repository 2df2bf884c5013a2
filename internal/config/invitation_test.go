package config_test

import (
	"strings"
	"testing"

	"idp/internal/config"
)

func TestMayInvite(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ more, client, locale, want string }{
		{"", "", "", ""},
		{"", "notes", "de", ""},
		{"", "nobody", "", `no client "nobody"`},
		{"", "", "tlh", `no locale "tlh"`},
		{"signup: {mode: closed}", "", "", "signup.mode is closed"},
	} {
		cfg, err := config.Parse("x.yaml", []byte(minimal(c.more)), environment)
		if err != nil {
			t.Fatal(err)
		}
		err = cfg.MayInvite(c.client, c.locale)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

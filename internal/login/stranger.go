package login

import (
	"net/url"

	"idp/internal/idp"
)

// stranger is what the consent page says of an application that no administrator
// declared.
type stranger struct {
	Host         string // that describes it; "" if it registered itself
	Elsewhere    bool   // it goes on at another host than that
	OnThisDevice bool
}

func strangerOf(c *idp.Client, f *idp.Flow) *stranger {
	if !c.Stranger {
		return nil
	}
	s := &stranger{Host: c.DocumentHost(), OnThisDevice: c.OnThisDevice()}
	u, err := url.Parse(f.RedirectURI)
	s.Elsewhere = s.Host != "" && !s.OnThisDevice && (err != nil || u.Host != s.Host)
	return s
}

package config

import (
	"fmt"
	"time"

	"idp/internal/idp"
	"idp/internal/magiclink"
)

func defaultLimits(d *magiclink.Limits) Limits {
	return Limits{
		SendPerAddress: rates(d.SendPerAddress), SendPerAddressIP: rates(d.SendPerAddressIP), SendPerIP: rates(d.SendPerIP),
		SendPerKnownBrowser: rates(d.SendPerKnownBrowser), SendPerInstance: rates(d.SendPerInstance), SendReserve: d.SendReserve,
		SendUnknown: Rate(d.SendUnknown), SendPerNewDomain: Rate(d.SendPerNewDomain),
		CodesPerIP: Rate(d.CodesPerIP[0]), WrongPerIP: Rate(d.WrongPerIP), CodesPerBrowser: Rate(d.CodesPerBrowser), WrongPerAddress: Rate(d.WrongPerAddress),
		PostsPerBrowser: Rate{Max: 10, Window: time.Minute},
		LongCodesAbove:  Rate(d.LongCodesAbove), LongCodesShare: d.LongCodesShare, WrongShortCodes: d.WrongShortCodes,
		DevicesPerIP: Rate{Max: 60, Window: 10 * time.Minute}, DeviceCodesPerIP: Rate{Max: 30, Window: 10 * time.Minute},
		DeviceCodesPerBrowser: Rate{Max: 10, Window: 10 * time.Minute},
	}
}

// login are the budgets of the login in its own terms.
func (l *Limits) login() magiclink.Limits {
	return magiclink.Limits{
		SendPerAddress: stdRates(l.SendPerAddress), SendPerAddressIP: stdRates(l.SendPerAddressIP), SendPerIP: stdRates(l.SendPerIP),
		SendPerKnownBrowser: stdRates(l.SendPerKnownBrowser), SendPerInstance: stdRates(l.SendPerInstance), SendReserve: l.SendReserve,
		SendUnknown: magiclink.Rate(l.SendUnknown), SendPerNewDomain: magiclink.Rate(l.SendPerNewDomain),
		CodesPerIP: stdRates([]Rate{l.CodesPerIP}), WrongPerIP: magiclink.Rate(l.WrongPerIP),
		CodesPerBrowser: magiclink.Rate(l.CodesPerBrowser), WrongPerAddress: magiclink.Rate(l.WrongPerAddress),
		LongCodesAbove: magiclink.Rate(l.LongCodesAbove), LongCodesShare: l.LongCodesShare, WrongShortCodes: l.WrongShortCodes,
	}
}

// Abuse is what a mail costs its asker while very many are asked for.
type Abuse struct {
	WorkAbove int      `yaml:"work_above"`
	WorkBits  int      `yaml:"work_bits"`
	Captcha   *Captcha `yaml:"captcha"`
}

func (c *Config) loginLimits() magiclink.Limits {
	l := c.Limits.login()
	l.WorkAbove = c.Abuse.WorkAbove
	return l
}

func (v *validator) checkLimits() {
	l := &v.config.Limits
	v.within("abuse.work_above", v.config.Abuse.WorkAbove, 0, 100)
	v.within("abuse.work_bits", v.config.Abuse.WorkBits, 8, 24)
	v.checkCaptcha(v.config.Abuse.Captcha)
	for _, b := range []struct {
		name  string
		rates []Rate
	}{
		{"send_per_address", l.SendPerAddress}, {"send_per_address_ip", l.SendPerAddressIP}, {"send_per_ip", l.SendPerIP},
		{"send_per_known_browser", l.SendPerKnownBrowser}, {"send_per_instance", l.SendPerInstance},
	} {
		path := "limits." + b.name
		if n := len(b.rates); n == 0 || n > magiclink.MaxWindows {
			v.fail(path, "must have 1 to %d budgets", magiclink.MaxWindows)
		}
		windows := map[time.Duration]bool{}
		for i, r := range b.rates {
			if windows[r.Window] {
				v.fail(fmt.Sprintf("%s[%d]", path, i), "is a second budget for the same time span")
			}
			windows[r.Window] = true
		}
	}
	if l.CodesPerIP.Window == l.WrongPerIP.Window {
		v.fail("limits.wrong_per_ip", "must be for another time span than codes_per_ip")
	}
	v.within("limits.send_reserve", l.SendReserve, 0, 90)
	v.within("limits.long_codes_share", l.LongCodesShare, 0, 100)
	if l.WrongShortCodes < l.LongCodesAbove.Max {
		v.fail("limits.wrong_short_codes", "must not be less than the number in long_codes_above")
	}
	v.span("login.known_browser_ttl", v.config.Login.KnownBrowserTTL, 0, 400*day)
	v.foreignLinks("login.foreign_links", v.config.Login.ForeignLinks)
}

func (v *validator) foreignLinks(path, value string) {
	v.oneOf(path, value, string(idp.ForeignConfirm), string(idp.ForeignConfirmEmail), string(idp.ForeignCodeOnly))
}

package magiclink

import "time"

// Settings are the numbers of the login. Defaults gives those of the product.
type Settings struct {
	SecretTTL         time.Duration // life of a link and its code
	ChallengeTTL      time.Duration
	CodeAttempts      int // wrong codes per mail
	ChallengeAttempts int // wrong codes per challenge
	ResendAfter       []time.Duration
	SendsPerChallenge int
	IDNDomains        bool // addresses may have domains in other scripts: see ParseAddressIDN
	Session           SessionSettings
	KnownBrowserTTL   time.Duration // life of a mark; 0 for no marks: see Remember
	Limits            Limits
	// Notices: people are told by mail what happens in their name.
	Notices bool
	// Announce is Notices for sign-ins in browsers that are not known, which needs
	// browsers that are remembered.
	Announce bool
	// Signup is the policy, and Signups those of clients that have their own.
	Signup  Signup
	Signups map[string]Signup
}

// SessionSettings say how long a browser stays signed in.
type SessionSettings struct {
	TTL         time.Duration // since the last use
	AbsoluteTTL time.Duration // since the login
}

// Limits are the budgets of the login. All are counted in the database, so
// every replica sees the same numbers.
type Limits struct {
	SendPerAddress   []Rate
	SendPerAddressIP []Rate
	SendPerIP        []Rate
	// SendPerKnownBrowser is for a browser in which the address signed in before,
	// instead of the three above.
	SendPerKnownBrowser []Rate
	// SendPerInstance is for everybody together. Its last SendReserve percent are
	// for addresses that signed in before.
	SendPerInstance []Rate
	SendReserve     int
	// WorkAbove is the percentage of SendUnknown or SendPerInstance above which a
	// browser that is not known has to work for a mail; 0 for never.
	WorkAbove        int
	SendUnknown      Rate // recipients that never signed in, everybody together
	SendPerNewDomain Rate // recipients of a domain from which nobody ever signed in

	CodesPerIP      []Rate // typed; right ones are given back
	WrongPerIP      Rate   // over another time span
	CodesPerBrowser Rate
	WrongPerAddress Rate // then code entry rests for the address; its links work
	// LongCodesAbove, and LongCodesShare percent of the right codes, are the wrong
	// codes of the whole installation above which new mails carry long codes. Above
	// WrongShortCodes in the same window, no short code is compared.
	LongCodesAbove  Rate
	LongCodesShare  int
	WrongShortCodes int
}

// Rate is at most Max in Window.
type Rate struct {
	Max    int
	Window time.Duration
}

// Defaults returns the product's numbers.
func Defaults() Settings {
	return Settings{
		SecretTTL:         10 * time.Minute,
		ChallengeTTL:      30 * time.Minute,
		CodeAttempts:      3,
		ChallengeAttempts: 6,
		ResendAfter:       []time.Duration{time.Minute, time.Minute, 2 * time.Minute, 5 * time.Minute},
		SendsPerChallenge: 4,
		KnownBrowserTTL:   180 * 24 * time.Hour,
		Notices:           true,
		Announce:          true,
		Signup:            Signup{Mode: SignupOpen},
		Session:           SessionSettings{TTL: 30 * 24 * time.Hour, AbsoluteTTL: 90 * 24 * time.Hour},
		Limits: Limits{
			SendPerAddress:   []Rate{{5, 5 * time.Minute}, {10, time.Hour}, {20, 24 * time.Hour}},
			SendPerAddressIP: []Rate{{5, 5 * time.Minute}},
			SendPerIP:        []Rate{{30, 5 * time.Minute}, {100, time.Hour}},

			SendPerKnownBrowser: []Rate{{5, 5 * time.Minute}, {10, time.Hour}, {20, 24 * time.Hour}},
			SendPerInstance:     []Rate{{1000, time.Hour}, {10_000, 24 * time.Hour}},
			SendReserve:         20,
			WorkAbove:           80,
			SendUnknown:         Rate{60, time.Hour},
			SendPerNewDomain:    Rate{30, time.Hour},

			CodesPerIP:      []Rate{{60, time.Minute}},
			WrongPerIP:      Rate{200, 24 * time.Hour},
			CodesPerBrowser: Rate{5, time.Minute},
			WrongPerAddress: Rate{10, 24 * time.Hour},
			LongCodesAbove:  Rate{20, time.Hour},
			LongCodesShare:  1,
			WrongShortCodes: 200,
		},
	}
}

// resendAfter is the pause before the mail after the given number of sends.
func (s *Settings) resendAfter(sends int) time.Duration {
	if len(s.ResendAfter) == 0 {
		return 0
	}
	return s.ResendAfter[min(sends, len(s.ResendAfter))-1]
}

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
	Session           SessionSettings
	Limits            Limits
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
	CodesPerIP       Rate
	WrongPerAddress  Rate // then code entry rests for the address; its links work
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
		Session:           SessionSettings{TTL: 30 * 24 * time.Hour, AbsoluteTTL: 90 * 24 * time.Hour},
		Limits: Limits{
			SendPerAddress:   []Rate{{5, 5 * time.Minute}, {10, time.Hour}, {20, 24 * time.Hour}},
			SendPerAddressIP: []Rate{{5, 5 * time.Minute}},
			SendPerIP:        []Rate{{30, 5 * time.Minute}, {100, time.Hour}},
			CodesPerIP:       Rate{60, time.Minute},
			WrongPerAddress:  Rate{10, 24 * time.Hour},
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

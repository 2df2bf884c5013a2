package magiclink

import (
	"time"

	"idp/internal/secret"
)

const codeLabel = "login-code"

// Minted is a fresh link token and code with the row that is stored of them.
// It lives from the claim of a letter to the end of its SMTP dialogue.
type Minted struct {
	Link   secret.Token
	Code   secret.Token
	Stored Secret
}

// Mint makes the secrets of one mail. Link and code are independent: neither
// says anything about the other.
func (s *Service) Mint(challengeID string, now time.Time) Minted {
	m := Minted{Link: secret.NewLinkToken(), Code: secret.NewCode()}
	id := secret.NewID("sec_", now)
	m.Stored = Secret{
		ID: id, ChallengeID: challengeID,
		LinkHash: m.Link.Hash(secret.KindLink),
		CodeMAC:  s.keys.MAC(codeLabel, challengeID, id, m.Code.Reveal()),
		MintedAt: now, ExpiresAt: now.Add(s.settings.SecretTTL),
	}
	return m
}

// matches reports whether code is the one of the stored secret.
func (s *Service) matches(stored Secret, code string) bool {
	return s.keys.CheckMAC(codeLabel, stored.CodeMAC, stored.ChallengeID, stored.ID, code)
}

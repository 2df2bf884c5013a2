package magiclink

import (
	"strings"
	"time"

	"idp/internal/secret"
)

const (
	codeLabel = "login-code"
	longKind  = "8." // in front of the MAC of a long code
)

// Minted is a fresh link token and code with the row that is stored of them.
// It lives from the claim of a letter to the end of its SMTP dialogue.
type Minted struct {
	Link   secret.Token
	Code   secret.Token
	Stored Secret
	NotMe  string // for the link that cancels; see NotMeToken
}

// Mint makes the secrets of one mail. Link and code are independent: neither
// says anything about the other.
func (s *Service) Mint(challengeID string, now time.Time) Minted {
	m := Minted{Link: secret.NewLinkToken(), Code: secret.NewCode()}
	id, kind := secret.NewID("sec_", now), ""
	if s.longCodes(now) {
		m.Code, kind = secret.NewLongCode(), longKind
	}
	m.NotMe = s.NotMeToken(challengeID)
	m.Stored = Secret{
		ID: id, ChallengeID: challengeID,
		LinkHash: m.Link.Hash(secret.KindLink),
		CodeMAC:  kind + s.keys.MAC(codeLabel, challengeID, id, m.Code.Reveal()),
		MintedAt: now, ExpiresAt: now.Add(s.settings.SecretTTL),
	}
	return m
}

// matches reports whether code is the one of the stored secret.
func (s *Service) matches(stored Secret, code string) bool {
	mac, long := strings.CutPrefix(stored.CodeMAC, longKind)
	return long == (len(code) == longCode) && s.keys.CheckMAC(codeLabel, mac, stored.ChallengeID, stored.ID, code)
}

// Decoy is a stored secret that no code fits, and whose link was never sent. It
// still shows how long the code would be: no page may tell decoys from mails.
func Decoy(m Secret) Secret {
	if m.Long() {
		m.CodeMAC = longKind
	} else {
		m.CodeMAC = ""
	}
	return m
}

// Long reports whether the code has eight characters.
func (s Secret) Long() bool { return strings.HasPrefix(s.CodeMAC, longKind) }

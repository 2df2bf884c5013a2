package magiclink

import (
	"slices"
	"strings"
)

// SignupMode says who may sign in that never did before.
type SignupMode string

// The sign-up modes.
const (
	SignupOpen      SignupMode = "open"
	SignupInvite    SignupMode = "invite"
	SignupAllowlist SignupMode = "allowlist"
	SignupClosed    SignupMode = "closed"
)

// Signup is the sign-up policy. It is asked when a mail is about to go out, far
// from the request, so that no answer or delay tells who may sign in.
type Signup struct {
	Mode      SignupMode
	Addresses []string // canonical
	Domains   []string // lower case
}

// Allows reports whether the owner of a canonical address may sign in; known
// says that they did before.
func (s Signup) Allows(email string, known bool) bool {
	switch s.Mode {
	case SignupOpen:
		return true
	case SignupAllowlist:
		_, domain, _ := strings.Cut(email, "@")
		return known || slices.Contains(s.Addresses, email) || slices.Contains(s.Domains, domain)
	default: // invitations bring their own proof, so they are not asked here
		return known
	}
}

// MayReceive reports whether mail to an address may go out for a client: the
// client's own policy decides, or that of the installation. It is the
// MayReceive of a Take.
func (s *Service) MayReceive(email, clientID string, known bool) bool {
	if own, has := s.settings.Signups[clientID]; has {
		return own.Allows(email, known)
	}
	return s.settings.Signup.Allows(email, known)
}

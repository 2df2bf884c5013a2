package magiclink

import (
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// ParseAddressIDN is ParseAddress for addresses whose domain may be written in
// any script (RFC 5890). What it returns is ASCII all the same: the domain as the
// DNS knows it, so that what is stored, mailed and shown cannot be mistaken for
// another. Such a domain must be what a registry would register, in lower case
// and in normal form: nothing is mapped, because what one parser maps to
// somebody's domain is another domain to the next. An ASCII form of one must be
// that of a domain that would pass. Local parts stay ASCII.
func ParseAddressIDN(typed string) (string, error) {
	local, domain, ok := strings.Cut(strings.Trim(typed, " \t\r\n"), "@")
	if !ok {
		return "", ErrAddress
	}
	if !isInternational(domain) {
		return ParseAddress(typed)
	}
	ascii, err := registered(domain)
	if err != nil {
		return "", ErrAddress
	}
	return ParseAddress(local + "@" + ascii)
}

// isInternational reports whether any label is in another script, or says that it
// stands for one.
func isInternational(domain string) bool {
	for label := range strings.SplitSeq(strings.ToLower(domain), ".") {
		if strings.HasPrefix(label, "xn--") {
			return true
		}
	}
	return strings.IndexFunc(domain, func(r rune) bool { return r > 0x7f }) >= 0
}

// registered returns the ASCII form of a domain that could be registered.
func registered(domain string) (string, error) {
	given := domain
	if isASCII(domain) {
		given = strings.ToLower(domain) // names without another script have no case
	}
	ascii, err := idna.Registration.ToASCII(given)
	if err != nil {
		return "", err
	}
	// There and back: no two forms stand for one domain.
	written, err := idna.Registration.ToUnicode(ascii)
	if err != nil {
		return "", err
	}
	again, err := idna.Registration.ToASCII(written)
	if err != nil || again != ascii || !isWritten(written) || given != ascii && given != written {
		return "", ErrAddress
	}
	return ascii, nil
}

// isWritten reports whether a domain has letters, marks and digits only (RFC 5892
// §2.1): the library lets symbols through, and hyphens in the third and fourth
// place behind a letter that is not ASCII.
func isWritten(domain string) bool {
	for label := range strings.SplitSeq(domain, ".") {
		runes := []rune(label)
		if len(runes) > 3 && runes[2] == '-' && runes[3] == '-' {
			return false
		}
		for _, r := range runes {
			joins := r == 0x200c || r == 0x200d || r == '-' // in their places: the library looks
			if !joins && !unicode.In(r, unicode.Ll, unicode.Lo, unicode.Lm, unicode.Nd, unicode.Mn, unicode.Mc, unicode.Cherokee) {
				return false
			}
		}
	}
	return true
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 0x7f }) < 0
}

// ParseAddress is ParseAddress or ParseAddressIDN, as the settings say.
func (s *Service) ParseAddress(typed string) (string, error) {
	if s.settings.IDNDomains {
		return ParseAddressIDN(typed)
	}
	return ParseAddress(typed)
}

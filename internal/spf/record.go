package spf

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// term is a mechanism or the redirect modifier (RFC 7208 §4.6.1).
type term struct {
	text      string // as written
	qualifier Result
	name      string // all, include, a, mx, ptr, ip4, ip6, exists, redirect
	domain    string // "" for the current one
	network   netip.Prefix
	bits4     int // of a and mx
	bits6     int
}

var qualifiers = map[byte]Result{'+': Pass, '-': Fail, '~': SoftFail, '?': Neutral}

// isRecord reports whether a TXT record is one of SPF (RFC 7208 §4.5).
func isRecord(txt string) bool {
	version, _, _ := strings.Cut(txt, " ")
	return strings.EqualFold(version, "v=spf1")
}

// parse reads a record. redirect, which stands for all that nothing else fits, is
// the last term.
func parse(txt string) (terms []term, err error) {
	var redirect *term
	for _, word := range strings.Fields(txt)[1:] {
		if name, value, ok := strings.Cut(word, "="); ok && !strings.ContainsAny(name, ":/") {
			if strings.EqualFold(name, "redirect") {
				redirect = &term{text: word, name: "redirect", domain: value}
			}
			continue // exp, and modifiers that nobody knows
		}
		t, err := parseMechanism(word)
		if err != nil {
			return nil, err
		}
		terms = append(terms, t)
	}
	if redirect != nil {
		terms = append(terms, *redirect)
	}
	return terms, nil
}

func parseMechanism(word string) (term, error) {
	t := term{text: word, qualifier: Pass, bits4: 32, bits6: 128}
	if q, ok := qualifiers[word[0]]; ok {
		t.qualifier, word = q, word[1:]
	}
	at := strings.IndexAny(word+"/", ":/")
	t.name = strings.ToLower(word[:at])
	value := strings.TrimPrefix(word[at:], ":")
	switch t.name {
	case "all":
		if value != "" {
			return t, fmt.Errorf("%s: all takes no value", t.text)
		}
	case "ip4", "ip6":
		return t, t.readNetwork(value)
	case "a", "mx":
		return t, t.readMask(value)
	case "include", "exists":
		if t.domain = value; value == "" {
			return t, fmt.Errorf("%s: needs a domain", t.text)
		}
	case "ptr":
		t.domain = value
	default:
		return t, fmt.Errorf("%s: no such mechanism", t.text)
	}
	return t, nil
}

func (t *term) readNetwork(value string) error {
	addr, errAddr := netip.ParseAddr(value)
	if errAddr == nil {
		t.network = netip.PrefixFrom(addr, addr.BitLen())
	} else if n, err := netip.ParsePrefix(value); err == nil {
		t.network = n.Masked()
	}
	if !t.network.IsValid() || t.network.Addr().Is4() != (t.name == "ip4") {
		return fmt.Errorf("%s: is no network of that kind", t.text)
	}
	return nil
}

// readMask reads domain/24//64 (RFC 7208 §5.3).
func (t *term) readMask(value string) (err error) {
	value, six, has6 := strings.Cut(value, "//")
	domain, four, has4 := strings.Cut(value, "/")
	t.domain = domain
	if has4 {
		t.bits4, err = strconv.Atoi(four)
	}
	if has6 && err == nil {
		t.bits6, err = strconv.Atoi(six)
	}
	if err != nil || t.bits4 < 0 || t.bits4 > 32 || t.bits6 < 0 || t.bits6 > 128 {
		return fmt.Errorf("%s: has no such length of a network", t.text)
	}
	return nil
}

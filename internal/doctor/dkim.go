package doctor

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"strings"

	"idp/internal/mail"
)

// checkDKIM compares the published key with ours.
func (s *Subject) checkDKIM(ctx context.Context) []Finding {
	d := s.Config.Mail.DKIM
	if !d.On() {
		return []Finding{note("see that the provider signs with your domain, or make a key with idp mail dkim and set mail.dkim",
			"mails are not signed here; idp doctor --to ADDRESS shows whether anybody signs them")}
	}
	name := d.Selector + "._domainkey." + d.Domain
	record, err := mail.DKIMRecord(d.Signer.Public())
	if err != nil {
		return []Finding{problem("make another key with idp mail dkim", "the key of mail.dkim cannot be published: %v", err)}
	}
	publish := fmt.Sprintf("publish: %s. IN TXT %s", name, mail.ZoneText(record))
	texts, err := s.dns().LookupTXT(ctx, name)
	switch {
	case absent(err), err == nil && len(texts) == 0:
		return []Finding{problem(publish, "there is no DKIM record at %s, so every signature is wrong", name)}
	case err != nil:
		return unanswered(name)
	case len(texts) > 1:
		return []Finding{problem("leave one record there: "+publish, "%s has %d TXT records; receivers take any of them", name, len(texts))}
	}
	tags := tagsOf(texts[0])
	switch {
	case tags["v"] != "" && tags["v"] != "DKIM1":
		return []Finding{problem(publish, "%s is no DKIM record: %s", name, texts[0])}
	case tags["p"] == "":
		return []Finding{problem(publish, "the key at %s is revoked (empty p=)", name)}
	case !samePublic(tags, d.Signer.Public()):
		return []Finding{problem(publish, "the key at %s is another one than mail.dkim.key", name)}
	case strings.Contains(":"+tags["t"]+":", ":y:"):
		return []Finding{warning("take t=y out of the record", "the record at %s says that it is a test, so receivers do not count signatures", name)}
	}
	return []Finding{ok("the key at %s is ours", name)}
}

// tagsOf reads a list of tags (RFC 6376 §3.2); white space within values means nothing.
func tagsOf(record string) map[string]string {
	tags := map[string]string{}
	for part := range strings.SplitSeq(record, ";") {
		name, value, _ := strings.Cut(part, "=")
		tags[strings.TrimSpace(name)] = strings.Join(strings.Fields(value), "")
	}
	return tags
}

// samePublic reports whether a record publishes a key, in either of the two forms
// that RSA keys are found in.
func samePublic(tags map[string]string, want crypto.PublicKey) bool {
	raw, err := base64.StdEncoding.DecodeString(tags["p"])
	if err != nil {
		return false
	}
	switch k := want.(type) {
	case ed25519.PublicKey:
		return tags["k"] == "ed25519" && k.Equal(ed25519.PublicKey(raw))
	case *rsa.PublicKey:
		if found, err := x509.ParsePKIXPublicKey(raw); err == nil {
			return (tags["k"] == "" || tags["k"] == "rsa") && k.Equal(found)
		}
		found, err := x509.ParsePKCS1PublicKey(raw)
		return err == nil && k.Equal(found)
	default:
		return false
	}
}

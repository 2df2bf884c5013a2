package bounce

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"
)

// Report is what one mail server says about one recipient (RFC 3464 §2.3).
type Report struct {
	// Recipients are the addresses that it names for them: the final one, which may
	// be behind a forwarding, the original one, and that of the returned mail.
	Recipients []string
	Action     string // failed, delayed, delivered, relayed, expanded
	Status     string // RFC 3463
	// Returned are the header lines of the returned mail, with what the report
	// itself answers to: our reference is among them.
	Returned string
}

// ErrNoReport says that a mail is no report of a mail server.
var ErrNoReport = errors.New("bounce: no delivery status report")

const (
	maxMail  = 1 << 20 // a report returns the mail; more than ours is not needed
	maxParts = 32
	maxDepth = 4
)

// Parse reads the reports in a mail: one for each recipient that it names. It
// returns ErrNoReport for every other mail.
func Parse(r io.Reader) ([]Report, error) {
	m, err := mail.ReadMessage(io.LimitReader(r, maxMail))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoReport, err)
	}
	found := &findings{returned: headerLines(m.Header, "Message-Id", "In-Reply-To", "References", "X-Entity-Ref-Id", "X-Failed-Recipients")}
	found.part(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body, 0)
	reports := found.reports()
	if len(reports) == 0 {
		return nil, ErrNoReport
	}
	return reports, nil
}

// findings are what the parts of a mail bring together.
type findings struct {
	status   []byte // of message/delivery-status
	returned string
	to       string
	parts    int
}

// part looks at one part and those inside. What cannot be read is passed over:
// servers write strange mails, and the part that counts may be another.
func (f *findings) part(contentType, encoding string, body io.Reader, depth int) {
	if f.parts++; f.parts > maxParts || depth > maxDepth {
		return
	}
	kind, boundary := mediaType(contentType)
	if strings.HasPrefix(kind, "multipart/") {
		for parts := multipart.NewReader(body, boundary); ; {
			p, err := parts.NextRawPart()
			if err != nil {
				return
			}
			f.part(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p, depth+1)
		}
	}
	text, err := io.ReadAll(decoded(encoding, body))
	if err != nil && len(text) == 0 {
		return
	}
	switch kind {
	case "message/delivery-status", "message/global-delivery-status": // RFC 3464, RFC 6533
		f.status = append(append(f.status, '\n', '\n'), text...)
	case "text/rfc822-headers", "message/rfc822-headers", "message/global-headers", "message/rfc822", "message/global":
		f.original(string(text), depth)
	}
}

var boundaryIn = regexp.MustCompile(`(?i)[;\s]boundary\s*=\s*(?:"([^"]+)"|([^";\s]+))`)

// mediaType reads a Content-Type, also one that is not written by the rules (RFC 2045
// §5.1): with a comment, an empty parameter, or a boundary that lacks its quotes.
func mediaType(text string) (kind, boundary string) {
	kind, params, err := mime.ParseMediaType(text)
	if err == nil {
		return kind, params["boundary"]
	}
	if end := strings.IndexAny(text, ";( \t"); end >= 0 {
		text, kind = text[end:], text[:end]
	}
	if m := boundaryIn.FindStringSubmatch(text); m != nil {
		boundary = m[1] + m[2]
	}
	return strings.ToLower(kind), boundary
}

// original reads a returned mail, or its header. A report that somebody passed on
// as an attachment is inside such a part.
func (f *findings) original(text string, depth int) {
	m, err := mail.ReadMessage(strings.NewReader(strings.TrimLeft(text, "\r\n") + "\r\n\r\n"))
	if err != nil {
		f.returned += text // not well formed, but our reference may be in it
		return
	}
	f.returned += headerLines(m.Header, "Message-Id", "X-Entity-Ref-Id")
	if to, err := mail.ParseAddress(m.Header.Get("To")); err == nil {
		f.to = to.Address
	}
	if kind, _ := mediaType(m.Header.Get("Content-Type")); kind == "multipart/report" {
		f.part(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body, depth+1)
	}
}

func headerLines(h mail.Header, names ...string) string {
	var b strings.Builder
	for _, n := range names {
		for _, v := range h[n] {
			b.WriteString(v + "\n")
		}
	}
	return b.String()
}

func decoded(encoding string, r io.Reader) io.Reader {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, r)
	case "quoted-printable":
		return quotedprintable.NewReader(r)
	default:
		return r
	}
}

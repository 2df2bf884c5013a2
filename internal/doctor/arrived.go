package doctor

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
)

// arrived is a mail as it came out at the other end, decoded.
type arrived struct {
	raw    []byte
	header mail.Header
	text   string
	html   string
	hasTxt bool
	hasHTM bool
}

const (
	maxMail  = 4 << 20
	maxDepth = 5
	maxParts = 50
)

// readMail reads a file that a mail program saved. Lines may end in LF alone.
func readMail(r io.Reader) (*arrived, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxMail))
	if err != nil {
		return nil, fmt.Errorf("read mail: %w", err)
	}
	raw = bytes.ReplaceAll(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
	if first, rest, ok := bytes.Cut(raw, []byte("\r\n")); ok && bytes.HasPrefix(first, []byte("From ")) {
		raw = rest // a mailbox of the mbox kind
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("read mail: %w", err)
	}
	a := &arrived{raw: raw, header: m.Header}
	return a, a.part(m.Header.Get, m.Body, 0)
}

// part reads one part, or those in it. What is neither text nor HTML is left.
func (a *arrived) part(header func(string) string, body io.Reader, depth int) error {
	kind, params, err := mime.ParseMediaType(header("Content-Type"))
	if err != nil {
		kind = "text/plain"
	}
	if strings.HasPrefix(kind, "multipart/") && depth < maxDepth {
		parts := multipart.NewReader(body, params["boundary"])
		for range maxParts {
			p, err := parts.NextRawPart()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return fmt.Errorf("read mail: %w", err)
			}
			if err := a.part(p.Header.Get, p, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	text, err := io.ReadAll(decoded(header("Content-Transfer-Encoding"), body))
	if err != nil && len(text) == 0 {
		return fmt.Errorf("read mail: %w", err)
	}
	plain := strings.ReplaceAll(string(text), "\r\n", "\n")
	switch {
	case kind == "text/plain" && !a.hasTxt:
		a.text, a.hasTxt = plain, true
	case kind == "text/html" && !a.hasHTM:
		a.html, a.hasHTM = plain, true
	}
	return nil
}

func decoded(encoding string, body io.Reader) io.Reader {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	default:
		return body
	}
}

// subject is the decoded Subject.
func (a *arrived) subject() string {
	s, err := new(mime.WordDecoder).DecodeHeader(a.header.Get("Subject"))
	if err != nil {
		return a.header.Get("Subject")
	}
	return s
}

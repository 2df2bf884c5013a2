package inbox

import (
	"io"
	"mime"
	"mime/multipart"
	"net/textproto"
	"strconv"
	"strings"
)

// Bounds on hostile nesting: real mail needs a fraction of either.
const (
	maxDepth = 10
	maxParts = 200
)

// bodyReader walks the MIME tree of RFC 2046 and sorts its leaves into the
// text, the HTML, and the rest.
type bodyReader struct {
	message *Message
	parts   int
}

func (b *bodyReader) walk(header textproto.MIMEHeader, body io.Reader, path []string) {
	mediaType, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil && mediaType == "" {
		mediaType = "text/plain" // RFC 2045 §5.2
	}
	nested := strings.HasPrefix(mediaType, "multipart/") && params["boundary"] != ""
	if !nested || len(path) >= maxDepth {
		b.leaf(header, mediaType, params, body, strings.Join(path, "."))
		return
	}
	// NextPart would undo quoted-printable and nothing else; raw parts let
	// decodeTransfer treat all encodings alike.
	parts := multipart.NewReader(body, params["boundary"])
	for i := 1; b.parts < maxParts; i++ {
		part, err := parts.NextRawPart()
		if err != nil {
			return // the end, or damage: what was read so far is shown
		}
		b.parts++
		b.walk(part.Header, part, append(path[:len(path):len(path)], strconv.Itoa(i)))
	}
}

func (b *bodyReader) leaf(header textproto.MIMEHeader, mediaType string, params map[string]string, body io.Reader, id string) {
	raw, _ := io.ReadAll(body) // a missing last boundary still leaves the part
	content := decodeTransfer(raw, header.Get("Content-Transfer-Encoding"))
	disposition, dispositionParams, _ := mime.ParseMediaType(header.Get("Content-Disposition"))
	attachment := Attachment{
		PartID:      id,
		FileName:    fileName(dispositionParams["filename"], params["name"]),
		ContentType: mediaType,
		ContentID:   strings.Trim(header.Get("Content-Id"), "<> "),
		Size:        len(content),
	}
	m := b.message
	shown := disposition != "attachment" && attachment.FileName == ""
	switch {
	case shown && mediaType == "text/plain":
		m.Text = join(m.Text, toUTF8(content, params["charset"]))
	case shown && mediaType == "text/html":
		m.HTML = join(m.HTML, toUTF8(content, params["charset"]))
	case disposition != "attachment" && (disposition == "inline" || attachment.ContentID != ""):
		m.Inline = append(m.Inline, attachment)
	default:
		m.Attachments = append(m.Attachments, attachment)
	}
}

func fileName(candidates ...string) string {
	for _, name := range candidates {
		if name != "" {
			return decodeHeader(name)
		}
	}
	return ""
}

// join keeps the parts of a mail which has more than one text apart.
func join(before, part string) string {
	if before == "" {
		return part
	}
	return before + "\n" + part
}

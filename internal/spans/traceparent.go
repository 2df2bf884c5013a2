package spans

import "encoding/hex"

// parent is what a traceparent header says (W3C Trace Context §3.2).
type parent struct {
	trace   [16]byte
	span    [8]byte
	sampled bool
}

// parse reads version-trace-span-flags. Later versions may be longer; version ff
// and ids of zeros only are not valid.
func parse(header string) (p parent, ok bool) {
	const length = 2 + 1 + 32 + 1 + 16 + 1 + 2
	if len(header) < length || header[2] != '-' || header[35] != '-' || header[52] != '-' {
		return p, false
	}
	version, flags := [1]byte{}, [1]byte{}
	for _, part := range []struct {
		to   []byte
		text string
	}{{version[:], header[:2]}, {p.trace[:], header[3:35]}, {p.span[:], header[36:52]}, {flags[:], header[53:55]}} {
		if _, err := hex.Decode(part.to, []byte(part.text)); err != nil || capitals(part.text) {
			return parent{}, false
		}
	}
	switch {
	case version[0] == 0xff, version[0] == 0 && len(header) != length, len(header) > length && header[length] != '-':
		return parent{}, false
	case p.trace == [16]byte{} || p.span == [8]byte{}:
		return parent{}, false
	}
	p.sampled = flags[0]&1 == 1
	return p, true
}

// capitals reports whether text has capitals, which the format forbids.
func capitals(text string) bool {
	for _, c := range text {
		if c >= 'A' && c <= 'F' {
			return true
		}
	}
	return false
}

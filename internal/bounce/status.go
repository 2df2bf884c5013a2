package bounce

import (
	"regexp"
	"strconv"
	"strings"
)

// fields are one block of a delivery status: names in lower case.
type fields map[string]string

// blocks splits a delivery status into its blocks of header fields, which empty
// lines separate (RFC 3464 §2.1).
func blocks(text string) (out []fields) {
	current, last := fields{}, ""
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		name, value, ok := strings.Cut(line, ":")
		switch {
		case strings.TrimSpace(line) == "":
			if len(current) > 0 {
				out = append(out, current)
			}
			current, last = fields{}, ""
		case line[0] == ' ' || line[0] == '\t':
			if last != "" {
				current[last] += " " + strings.TrimSpace(line)
			}
		case ok:
			last = strings.ToLower(strings.TrimSpace(name))
			if _, twice := current[last]; !twice {
				current[last] = strings.TrimSpace(value)
			}
		}
	}
	if len(current) > 0 {
		out = append(out, current)
	}
	return out
}

// reports makes a Report of each block that is about a recipient.
func (f *findings) reports() (out []Report) {
	for _, b := range blocks(string(f.status)) {
		if b["final-recipient"] == "" && b["original-recipient"] == "" {
			continue
		}
		r := Report{Action: actionOf(b), Status: statusOf(b), Returned: f.returned}
		for _, text := range []string{address(b["final-recipient"]), address(b["original-recipient"]), f.to} {
			if text != "" {
				r.Recipients = append(r.Recipients, text)
			}
		}
		out = append(out, r)
	}
	return out
}

// actionOf reads the Action field; a comment may stand behind it.
func actionOf(b fields) string {
	action, _, _ := strings.Cut(strings.ToLower(b["action"]), " ")
	if action == "" && strings.HasPrefix(b["status"], "5.") {
		return "failed"
	}
	return action
}

var (
	enhanced = regexp.MustCompile(`\b[245]\.\d{1,3}\.\d{1,3}\b`)
	basic    = regexp.MustCompile(`\b([45])\d\d\b`)
)

// statusOf reads the Status field. Some servers write X.0.0 there and the truth
// into the diagnosis, behind the address of the server that said it.
func statusOf(b fields) string {
	status := enhanced.FindString(b["status"])
	_, diagnosis, _ := strings.Cut(b["diagnostic-code"], ";")
	if status != "" && !strings.HasSuffix(status, ".0.0") {
		return status
	}
	for _, better := range enhanced.FindAllString(withoutAddresses(diagnosis), 3) {
		if status == "" || better[0] == status[0] {
			return better
		}
	}
	if m := basic.FindStringSubmatch(diagnosis); status == "" && m != nil {
		return m[1] + ".0.0"
	}
	return status
}

var addresses = regexp.MustCompile(`\d+\.\d+\.\d+\.\d+`)

func withoutAddresses(text string) string { return addresses.ReplaceAllString(text, "") }

// address reads "rfc822; ada@example.com", with or without the brackets that do
// not belong there, and with RFC 3461's +XX.
func address(field string) string {
	kind, text, ok := strings.Cut(field, ";")
	if !ok {
		kind, text = "", field
	}
	text = strings.Trim(strings.TrimSpace(text), "<>")
	if before, _, comment := strings.Cut(text, " ("); comment {
		text = before
	}
	if strings.EqualFold(strings.TrimSpace(kind), "rfc822") && !strings.Contains(text, "@") {
		return ""
	}
	return text
}

var coded = regexp.MustCompile(`\+[0-9A-F]{2}`)

// plain undoes xtext (RFC 3461 §4).
func plain(text string) string {
	return coded.ReplaceAllStringFunc(text, func(c string) string {
		b, err := strconv.ParseUint(c[1:], 16, 8)
		if err != nil {
			return c
		}
		return string(rune(b))
	})
}

package doctor

import (
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

var (
	hrefs  = regexp.MustCompile(`(?is)<a\s[^>]*?href\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)`)
	images = regexp.MustCompile(`(?is)<img\s[^>]*?src\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)`)
	urls   = regexp.MustCompile(`https?://[^\s<>"]+`)
)

const trackingOff = "switch click tracking off in the provider's account, or set its preset"

// comparedLinks says what became of the links of a test mail.
func comparedLinks(t *trial, a *arrived) (found []Finding) {
	if a.hasHTM {
		found = append(found, comparedHTML(t, a.html)...)
	}
	if a.hasTxt {
		found = append(found, comparedText(t, a.text))
	}
	return found
}

func comparedHTML(t *trial, page string) (found []Finding) {
	links := attributes(hrefs, page)
	for _, want := range []string{t.link, t.second} {
		if slices.Contains(links, want) {
			continue
		}
		if i := slices.IndexFunc(links, func(l string) bool { return wraps(l, want) }); i >= 0 {
			found = append(found, replaced(links[i], "HTML"))
			continue
		}
		found = append(found, changed(links, want))
	}
	if len(found) == 0 {
		found = append(found, ok("the links in HTML arrived as they were sent"))
	}
	for _, source := range attributes(images, page) {
		found = append(found, problem("switch open tracking off in the provider's account, or set its preset", "somebody added an image to count who reads: %s", host(source)))
	}
	return found
}

// changed is the finding of a link that is gone and not found in another one.
func changed(links []string, want string) Finding {
	for _, l := range links {
		if w, known := wrapperOf(l); known {
			return finding(w, l, "HTML")
		}
	}
	for _, l := range links {
		if u, err := url.Parse(l); err == nil && u.Host != "" && !strings.Contains(want, "://"+u.Host) {
			return replaced(l, "HTML")
		}
	}
	if slices.ContainsFunc(links, func(l string) bool { return strings.Contains(l, "=3D") || strings.Contains(l, "&amp;") }) {
		return problem("see which server on the way encodes mails a second time", "a link in HTML was encoded twice")
	}
	return problem("see which server on the way changes mails", "a link in HTML is gone or damaged")
}

func attributes(in *regexp.Regexp, page string) (out []string) {
	for _, m := range in.FindAllStringSubmatch(page, -1) {
		out = append(out, strings.TrimSpace(html.UnescapeString(strings.Trim(m[1], `"'`))))
	}
	return out
}

// wraps reports whether a foreign link carries ours in it, however encoded.
func wraps(link, want string) bool {
	u, err := url.Parse(link)
	w, errWant := url.Parse(want)
	if err != nil || errWant != nil || u.Host == w.Host {
		return false
	}
	open := link
	for range 2 {
		if more, err := url.QueryUnescape(open); err == nil {
			open = more
		}
	}
	return strings.Contains(open, want) || strings.Contains(open, strings.TrimPrefix(want, "https://"))
}

// replaced is the finding of a link that leads through somebody else.
func replaced(link, where string) Finding {
	w, known := wrapperOf(link)
	if !known {
		return problem(trackingOff, "a link in %s leads through %s", where, host(link))
	}
	return finding(w, link, where)
}

func finding(w wrapper, link, where string) Finding {
	if w.receiver {
		return warning("ask those who run that mailbox to leave links to the issuer alone; until then people there type the code",
			"the filter of the receiving side, %s, leads a link in %s through %s", w.who, where, host(link))
	}
	return problem(trackingOff, "click tracking by %s: a link in %s leads through %s", w.who, where, host(link))
}

func host(link string) string {
	if u, err := url.Parse(link); err == nil && u.Host != "" {
		return u.Host
	}
	return "another address"
}

func comparedText(t *trial, text string) Finding {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t\r")
	}
	squeezed := strings.Join(strings.Fields(text), "")
	switch {
	case slices.Contains(lines, t.link):
		return ok("the link in the text arrived as it was sent, alone on its line")
	case strings.Contains(strings.ReplaceAll(squeezed, "=", ""), t.link) && !strings.Contains(text, t.link):
		return problem("choose a shorter host name, or see which server on the way breaks lines", "the link in the text is broken over two lines")
	}
	for _, l := range urls.FindAllString(text, -1) {
		if _, known := wrapperOf(l); wraps(l, t.link) || known {
			return replaced(l, "the text")
		}
	}
	switch {
	case strings.Contains(text, t.link):
		return warning("see which server on the way reformats mails", "the link in the text is not alone on its line")
	case strings.Contains(text, "=3D") || strings.Contains(text, "=C3"):
		return problem("see which server on the way encodes mails a second time", "the text was encoded twice (quoted-printable)")
	}
	for _, l := range urls.FindAllString(text, -1) {
		if host(l) != host(t.link) {
			return replaced(l, "the text")
		}
	}
	return problem("see which server on the way changes mails", "the link in the text is gone or damaged")
}

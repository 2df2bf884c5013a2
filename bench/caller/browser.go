package caller

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
)

// browser is one browser of one person. One goroutine uses it at a time.
type browser struct {
	conn    *conn
	issuer  string
	fixed   string // header lines that never change
	cookies map[string]string
}

const userAgent = "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"

// fresh makes the browser of somebody else: no cookies, and another network
// address, which it tells as a proxy in front would. Limits per address would
// else make strangers queue for one row.
func (b *browser) fresh() {
	b.cookies = map[string]string{}
	b.fixed = fmt.Sprintf("%sX-Forwarded-For: 10.%d.%d.%d\r\n", userAgent, rand.N(256), rand.N(256), rand.N(256))
}

func (p *Provider) browser() (*browser, error) {
	c, err := p.dial()
	if err != nil {
		return nil, err
	}
	b := &browser{conn: c, issuer: p.Issuer}
	b.fresh()
	return b, nil
}

func (b *browser) headers() string {
	if len(b.cookies) == 0 {
		return b.fixed
	}
	line, sep := b.fixed+"Cookie: ", ""
	for name, value := range b.cookies {
		line += sep + name + "=" + value
		sep = "; "
	}
	return line + "\r\n"
}

// show loads a page.
func (b *browser) show(target string) error {
	a, err := b.conn.get(target, b.headers())
	if err != nil {
		return err
	}
	b.keep(a)
	return a.want(http.StatusOK)
}

// follow loads an address that leads on, and returns where to.
func (b *browser) follow(target string) (string, error) {
	a, err := b.conn.get(target, b.headers())
	if err != nil {
		return "", err
	}
	return b.location(a)
}

// submit sends a form of a page and returns where its answer leads.
func (b *browser) submit(target, form string) (string, error) {
	a, err := b.conn.post(target, b.headers()+"Sec-Fetch-Site: same-origin\r\nOrigin: "+b.issuer+"\r\n", form)
	if err != nil {
		return "", err
	}
	return b.location(a)
}

func (b *browser) location(a *answer) (string, error) {
	b.keep(a)
	if err := a.want(http.StatusSeeOther); err != nil {
		return "", err
	}
	return strings.TrimPrefix(a.header.Get("Location"), b.issuer), nil
}

func (b *browser) keep(a *answer) {
	for _, line := range a.header["Set-Cookie"] {
		pair, _, _ := strings.Cut(line, ";")
		if name, value, ok := strings.Cut(pair, "="); ok {
			b.cookies[name] = value
		}
	}
}

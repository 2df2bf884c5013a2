package caller

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// conn is one kept HTTP/1.1 connection. One goroutine uses it at a time.
type conn struct {
	host string
	c    net.Conn
	in   *bufio.Reader
	out  []byte
}

const (
	answerTimeout = 30 * time.Second
	formType      = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
)

// dial connects to the provider, which is on this machine.
func (p *Provider) dial() (*conn, error) {
	_, port, err := net.SplitHostPort(p.host)
	if err != nil {
		return nil, fmt.Errorf("connect to the provider: %w", err)
	}
	c, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		return nil, fmt.Errorf("connect to the provider: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = append(p.open, c)
	return &conn{host: p.host, c: c, in: bufio.NewReaderSize(c, 16<<10)}, nil
}

// answer is an HTTP response, read to its end.
type answer struct {
	request string // for errors
	status  int
	header  http.Header
	body    []byte
}

// get and post send one request. headers are whole lines with their line ends.
func (c *conn) get(target, headers string) (*answer, error) {
	return c.do("GET", target, headers, "")
}

func (c *conn) post(target, headers, form string) (*answer, error) {
	return c.do("POST", target, headers+formType+strconv.Itoa(len(form))+"\r\n", form)
}

func (c *conn) do(method, target, headers, body string) (*answer, error) {
	path, _, _ := strings.Cut(target, "?")
	a := &answer{request: method + " " + path}
	out := append(c.out[:0], method...)
	for _, s := range []string{" ", target, " HTTP/1.1\r\nHost: ", c.host, "\r\n", headers, "\r\n", body} {
		out = append(out, s...)
	}
	c.out = out
	if err := c.c.SetDeadline(time.Now().Add(answerTimeout)); err != nil {
		return nil, fmt.Errorf("%s: %w", a.request, err)
	}
	if _, err := c.c.Write(out); err != nil {
		return nil, fmt.Errorf("%s: %w", a.request, err)
	}
	res, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a.request, err)
	}
	defer res.Body.Close()
	a.status, a.header = res.StatusCode, res.Header
	if a.body, err = io.ReadAll(res.Body); err != nil {
		return nil, fmt.Errorf("%s: %w", a.request, err)
	}
	return a, nil
}

// want returns an error unless the answer has the status.
func (a *answer) want(status int) error {
	if a.status == status {
		return nil
	}
	return fmt.Errorf("%s: status %d, want %d: %.300s", a.request, a.status, status, a.body)
}

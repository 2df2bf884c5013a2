package app_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/testdb"
)

const (
	rawGet  = "GET /jwks.json HTTP/1.1\r\nHost: HOST\r\n"
	rawPost = "POST /oauth/token HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/x-www-form-urlencoded\r\n"
	// rawNext is what a proxy would take for part of the request before it, or for
	// one of somebody else's.
	rawNext = "GET /jwks.json HTTP/1.1\r\nHost: HOST\r\nX-Next: 1\r\n\r\n"
	chunked = "Transfer-Encoding: chunked\r\n"
)

// rawRequests are bytes as no client of a library sends them, and the statuses of
// all answers: where it is not beyond doubt what ends a request, there is one at
// most, and nothing behind it is read.
var rawRequests = []struct{ what, sent, want string }{
	{"a request", rawGet + "\r\n", "200"},
	{"two requests", rawGet + "\r\n" + rawNext, "200 200"},
	{"a form and a request", rawPost + "Content-Length: 3\r\n\r\na=b" + rawNext, "401 200"},
	{"a form in chunks and a request", rawPost + chunked + "\r\n3\r\na=b\r\n0\r\n\r\n" + rawNext, "401"},

	// Where a request ends.
	{"length and chunks", rawPost + chunked + "Content-Length: 4\r\n\r\n3\r\na=b\r\n0\r\n\r\n" + rawNext, "401"},
	{"chunks and length", rawPost + "Content-Length: 4\r\n" + chunked + "\r\n3\r\na=b\r\n0\r\n\r\n" + rawNext, "401"},
	{"two lengths", rawPost + "Content-Length: 3\r\nContent-Length: 4\r\n\r\na=bX" + rawNext, "400"},
	{"the same length twice", rawPost + "Content-Length: 3\r\nContent-Length: 3\r\n\r\na=b" + rawNext, "401 200"},
	{"a list of lengths", rawPost + "Content-Length: 3, 4\r\n\r\na=b" + rawNext, "400"},
	{"a length with a sign", rawPost + "Content-Length: +3\r\n\r\na=b" + rawNext, "400"},
	{"a length below zero", rawPost + "Content-Length: -1\r\n\r\na=b" + rawNext, "400"},
	{"a length in hex", rawPost + "Content-Length: 0x3\r\n\r\na=b" + rawNext, "400"},
	{"a length with a fraction", rawPost + "Content-Length: 3.0\r\n\r\na=b" + rawNext, "400"},
	{"a length beyond numbers", rawPost + "Content-Length: 99999999999999999999\r\n\r\na=b" + rawNext, "400"},
	{"no length at all", rawPost + "Content-Length: \r\n\r\na=b" + rawNext, "400"},
	{"a space before the colon of a length", rawPost + "Content-Length : 3\r\n\r\na=b" + rawNext, "400"},
	{"chunks in chunks", rawPost + "Transfer-Encoding: chunked, chunked\r\n\r\n3\r\na=b\r\n0\r\n\r\n" + rawNext, "501"},
	{"chunks twice", rawPost + chunked + chunked + "\r\n3\r\na=b\r\n0\r\n\r\n" + rawNext, "501"},
	{"identity and chunks", rawPost + "Transfer-Encoding: identity\r\n" + chunked + "\r\n3\r\na=b\r\n0\r\n\r\n" + rawNext, "501"},
	{"an unknown encoding", rawPost + "Transfer-Encoding: xchunked\r\n\r\n3\r\na=b\r\n0\r\n\r\n" + rawNext, "501"},
	{"an encoding behind a tab", rawPost + "Transfer-Encoding:\tchunked\r\n\r\n3\r\na=b\r\n0\r\n\r\n" + rawNext, "401"},
	{"an encoding with a byte before it", rawPost + "Transfer-Encoding: \x0bchunked\r\n\r\n3\r\na=b\r\n0\r\n\r\n" + rawNext, "400"},
	{"an encoding on a folded line", rawPost + "Transfer-Encoding:\r\n chunked\r\n\r\n3\r\na=b\r\n0\r\n\r\n" + rawNext, "401"},
	{"an encoding with HTTP/1.0", strings.Replace(rawPost, "/1.1", "/1.0", 1) + chunked + "\r\n3\r\na=b\r\n0\r\n\r\n" + rawNext, "401"},
	{"a form behind a GET", rawGet + "Content-Length: " + strconv.Itoa(len("GET /x HTTP/1.1\r\n\r\n")) + "\r\n\r\nGET /x HTTP/1.1\r\n\r\n" + rawNext, "200 200"},

	// Chunks.
	{"chunks whose lines end in LF", rawPost + chunked + "\r\n3\na=b\n0\n\n" + rawNext, "400"},
	{"a chunk without its end", rawPost + chunked + "\r\n3\r\na=bX\r\n0\r\n\r\n" + rawNext, "400"},
	{"a chunk's size below zero", rawPost + chunked + "\r\n-3\r\na=b\r\n0\r\n\r\n" + rawNext, "400"},
	{"a chunk's size with 0x", rawPost + chunked + "\r\n0x3\r\na=b\r\n0\r\n\r\n" + rawNext, "400"},
	{"a chunk's size that is none", rawPost + chunked + "\r\nzz\r\na=b\r\n0\r\n\r\n" + rawNext, "400"},
	{"a chunk's size beyond numbers", rawPost + chunked + "\r\nfffffffffffffffff\r\na=b\r\n0\r\n\r\n" + rawNext, "400"},
	{"a chunk's extension with a bare CR", rawPost + chunked + "\r\n3;x=\ry\r\na=b\r\n0\r\n\r\n" + rawNext, "400"},
	{"a chunk's endless extension", rawPost + chunked + "\r\n3;" + strings.Repeat("x", 5000) + "\r\na=b\r\n0\r\n\r\n" + rawNext, "400"},
	{"chunks of one byte with long extensions", rawPost + chunked + "\r\n" + strings.Repeat("1;"+strings.Repeat("x", 1000)+"\r\na\r\n", 40) + "0\r\n\r\n" + rawNext, "400"},
	{"a trailer that says a length", rawPost + chunked + "\r\n3\r\na=b\r\n0\r\nContent-Length: 99\r\n\r\n" + rawNext, "401"},
	{"chunks that are too many", rawPost + chunked + "\r\n" + strings.Repeat("400\r\n"+strings.Repeat("a", 1024)+"\r\n", 80) + "0\r\n\r\n" + rawNext, "413"},

	// Lines and names.
	{"a header without a colon", rawGet + "Nonsense\r\n\r\n" + rawNext, "400"},
	{"a header without a name", rawGet + ": x\r\n\r\n" + rawNext, "400"},
	{"a header's name with a space", rawGet + "X Y: z\r\n\r\n" + rawNext, "400"},
	{"a header with a NUL", rawGet + "X: a\x00b\r\n\r\n" + rawNext, "400"},
	{"a header with a bare CR", rawGet + "X: a\rY: b\r\n\r\n" + rawNext, "400"},
	{"a folded header", rawGet + "X: a\r\n b\r\n\r\n" + rawNext, "200 200"},
	{"a header that begins with a space", "GET /jwks.json HTTP/1.1\r\n Host: HOST\r\n\r\n" + rawNext, "400"},
	{"a header of 20 kB", rawGet + "X: " + strings.Repeat("a", 20<<10) + "\r\n\r\n" + rawNext, "431"},
	{"headers of 20 kB", rawGet + strings.Repeat("X: a\r\n", 4000) + "\r\n" + rawNext, "431"},
	{"a path of 20 kB", "GET /" + strings.Repeat("a", 20<<10) + " HTTP/1.1\r\nHost: HOST\r\n\r\n" + rawNext, "431"},
	{"too many cookies", strings.Replace(rawGet, "/jwks.json", "/login", 1) + "Cookie: " + strings.Repeat("a=b; ", 60) + "\r\n\r\n", "400"},

	// The first line, and who is meant.
	{"no host", "GET /jwks.json HTTP/1.1\r\n\r\n" + rawNext, "400"},
	{"two hosts", rawGet + "Host: evil.example\r\n\r\n" + rawNext, "400"},
	{"another host", "GET /jwks.json HTTP/1.1\r\nHost: evil.example\r\n\r\n", "421"},
	{"a host with a line in it", "GET /jwks.json HTTP/1.1\r\nHost: HOST\x0bevil\r\n\r\n" + rawNext, "400"},
	{"a host that only the address names", "GET http://evil.example/jwks.json HTTP/1.1\r\nHost: HOST\r\n\r\n", "421"},
	{"no version", "GET /jwks.json\r\n\r\n" + rawNext, "400"},
	{"a version that is none", "GET /jwks.json HTTP/1.x\r\nHost: HOST\r\n\r\n" + rawNext, "400"},
	{"a version of the future", "GET /jwks.json HTTP/3.0\r\nHost: HOST\r\n\r\n" + rawNext, "505"},
	{"HTTP/2 without having said so", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "421"},
	{"a way to HTTP/2", rawGet + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n" + rawNext, "200 200"},
	{"a method that is none", "G@T /jwks HTTP/1.1\r\nHost: HOST\r\n\r\n" + rawNext, "400"},
	{"a tunnel", "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n", "421"},
	{"the server itself", "OPTIONS * HTTP/1.1\r\nHost: HOST\r\n\r\n", "404"},
	{"the server itself, in chunks and with a length", "OPTIONS * HTTP/1.1\r\nHost: HOST\r\n" + chunked + "Content-Length: 4\r\n\r\n3\r\na=b\r\n0\r\n\r\n" + rawNext, "404"},
	{"a path with a space", "GET /jwks.json x HTTP/1.1\r\nHost: HOST\r\n\r\n" + rawNext, "400"},
	{"a path with a line in it", "GET /jwks.json\x0b HTTP/1.1\r\nHost: HOST\r\n\r\n" + rawNext, "400"},
	{"an empty line first", "\r\n" + rawGet + "\r\n", "400"},
	{"a TLS greeting", "\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03", "400"},

	// Early ends.
	{"half a first line", "GET /jw", "400"},
	{"half a header", rawGet + "X-", "400"},
	{"half a form", rawPost + "Content-Length: 30\r\n\r\na=b", "400"},
	{"half a chunk", rawPost + chunked + "\r\n30\r\na=b", "400"},
	{"nothing", "", ""},
}

// No bytes make the server take one request for two, fall over, or answer with a
// fault of its own.
func TestRawRequests(t *testing.T) {
	t.Parallel()
	p := apptest.New(t, testdb.URL(t, "sqlite"))
	at, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rawRequests {
		t.Run(r.what, func(t *testing.T) {
			t.Parallel()
			if got := answersTo(t, at.Host, strings.ReplaceAll(r.sent, "HOST", at.Host)); got != r.want {
				t.Errorf("%s, want %s", got, r.want)
			}
		})
	}
}

// answersTo sends bytes, says that there are no more, and returns the statuses of
// all answers. The server takes that for a caller who leaves, so none of the requests
// may need long.
func answersTo(t *testing.T, host, sent string) string {
	t.Helper()
	c, err := net.DialTimeout("tcp", host, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	go func() { // the server may have enough before all is sent
		_, _ = io.WriteString(c, sent)
		_ = c.(*net.TCPConn).CloseWrite()
	}()
	all, err := io.ReadAll(c)
	var broken *net.OpError
	if err != nil && (!errors.As(err, &broken) || broken.Timeout()) {
		t.Fatal(err)
	}
	var statuses []string
	for in := bufio.NewReader(bytes.NewReader(all)); ; {
		answer, err := http.ReadResponse(in, nil)
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
			return strings.Join(statuses, " ")
		}
		if err != nil {
			t.Fatalf("after %s: %v", statuses, err)
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		statuses = append(statuses, strconv.Itoa(answer.StatusCode))
	}
}

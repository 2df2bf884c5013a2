package main

import (
	"bufio"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// mailServer runs a mail server for the rest of the script and sets $SMTP_PORT to
// its port. It knows nobody whose address begins with "unknown".
func mailServer(ts *testscript.TestScript, _ bool, _ []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { l.Close() })
	ts.Setenv("SMTP_PORT", strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go converse(c)
		}
	}()
}

func converse(c net.Conn) {
	defer c.Close()
	fmt.Fprint(c, "220 mail.example.com\r\n")
	data := false
	for in := bufio.NewScanner(c); in.Scan(); {
		line := in.Text()
		switch {
		case data && line != ".":
			continue
		case strings.HasPrefix(line, "RCPT TO:<unknown"):
			fmt.Fprint(c, "550 5.1.1 nobody lives here\r\n")
		case line == "DATA":
			data = true
			fmt.Fprint(c, "354 go on\r\n")
		default:
			data = false
			fmt.Fprint(c, "250 ok\r\n")
		}
	}
}

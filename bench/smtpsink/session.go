package smtpsink

import (
	"bufio"
	"io"
	"net"
	"strings"
)

const maxMessage = 1 << 20

// serve answers one client until it hangs up or says what no client should.
func (s *Sink) serve(c net.Conn) {
	defer c.Close()
	in, out := bufio.NewReader(c), bufio.NewWriter(c)
	say := func(line string) error {
		io.WriteString(out, line+"\r\n") // a failed write is reported by Flush
		if in.Buffered() > 0 {
			return nil // more commands are here already: their answers leave together
		}
		return out.Flush()
	}
	recipient := ""
	err := say("220 localhost")
	for err == nil {
		var line string
		if line, err = in.ReadString('\n'); err != nil {
			return
		}
		s.commands.Add(1)
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch strings.ToUpper(verb) {
		case "EHLO":
			err = say("250-localhost\r\n250-PIPELINING\r\n250 8BITMIME")
		case "RCPT":
			recipient = address(rest)
			err = say("250 ok")
		case "HELO", "MAIL", "RSET", "NOOP":
			err = say("250 ok")
		case "DATA":
			if err = say("354 go on"); err == nil {
				err = s.take(in, recipient, say)
			}
		case "QUIT":
			say("221 bye") // the connection ends here anyway
			return
		default:
			err = say("502 not here")
		}
	}
}

// take reads one message and delivers it.
func (s *Sink) take(in *bufio.Reader, recipient string, say func(string) error) error {
	var message strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return err
		}
		if line == ".\r\n" {
			break
		}
		if message.Len() < maxMessage {
			message.WriteString(strings.TrimPrefix(line, ".")) // RFC 5321 §4.5.2
		}
	}
	if !s.deliver(recipient, message.String()) {
		return say("452 too many mails wait for this address")
	}
	return say("250 ok")
}

// address reads the one in "TO:<a@b> …".
func address(rest string) string {
	_, rest, _ = strings.Cut(rest, "<")
	addr, _, _ := strings.Cut(rest, ">")
	return addr
}

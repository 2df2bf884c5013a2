package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"

	"idp/internal/inbox"
)

// trap is a mail server that can stop at one step of a dialogue and let a
// disaster happen there. It hangs up after each message.
type trap struct {
	mails *inbox.Store

	mu     sync.Mutex
	step   string      // the next dialogue stops there
	spring func() bool // and calls this, once; false: the client is gone
	talks  int
	taken  map[string][]string // recipient → Message-IDs of what the server made its own
}

// noticed stands behind the recipient of a letter that only tells.
const noticed = " notice"

// newTrap listens on a port until the test ends.
func newTrap(t *testing.T, port int, mails *inbox.Store) *trap {
	t.Helper()
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	tr := &trap{mails: mails, taken: map[string][]string{}}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go tr.talk(c)
		}
	}()
	t.Cleanup(func() { l.Close() })
	return tr
}

// set makes the next dialogue stop at a step: CONNECT, EHLO, MAIL, RCPT, DATA, TEXT
// (in the middle of the message), END (it is all there, the 250 is not said yet)
// or TAKEN (the 250 is said).
func (tr *trap) set(step string, spring func() bool) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.step, tr.spring = step, spring
}

// at reports whether the dialogue goes on.
func (tr *trap) at(step string) bool {
	tr.mu.Lock()
	spring := tr.spring
	if tr.step != step || spring == nil {
		tr.mu.Unlock()
		return true
	}
	tr.step, tr.spring = "", nil
	tr.mu.Unlock()
	return spring()
}

// hello offers PIPELINING to every other client.
func (tr *trap) hello() string {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if tr.talks++; tr.talks%2 == 0 {
		return "250-trap\r\n250 PIPELINING"
	}
	return "250 trap"
}

func (tr *trap) talk(c net.Conn) {
	defer c.Close()
	in := bufio.NewReader(c)
	if !tr.at("CONNECT") {
		return
	}
	fmt.Fprint(c, "220 trap\r\n")
	to := ""
	for {
		line, err := in.ReadString('\n')
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if err != nil || !tr.at(verb) {
			return
		}
		reply := "250 ok"
		switch verb {
		case "EHLO":
			reply = tr.hello()
		case "RCPT":
			to = strings.TrimSuffix(strings.TrimPrefix(rest, "TO:<"), ">")
		case "DATA":
			fmt.Fprint(c, "354 go on\r\n")
			tr.message(c, in, to)
			return
		}
		fmt.Fprint(c, reply+"\r\n")
	}
}

// message reads one message and takes it.
func (tr *trap) message(c net.Conn, in *bufio.Reader, to string) {
	var text bytes.Buffer
	for {
		line, err := in.ReadString('\n')
		if err != nil || text.Len() == 0 && !tr.at("TEXT") {
			return
		}
		if line == ".\r\n" {
			break
		}
		text.WriteString(strings.TrimPrefix(line, "."))
	}
	if !tr.at("END") {
		return
	}
	m, err := tr.mails.Add(inbox.Envelope{To: []string{to}}, text.Bytes())
	if err != nil {
		return
	}
	if !strings.Contains(m.Text, "/l/") {
		to += noticed // a sign-in was noticed: no letter of a sign-in that waits
	}
	tr.mu.Lock()
	tr.taken[to] = append(tr.taken[to], m.Header.Get("Message-Id"))
	tr.mu.Unlock()
	fmt.Fprint(c, "250 ok\r\n")
	tr.at("TAKEN")
}

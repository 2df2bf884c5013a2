package mail_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	netmail "net/mail"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"log/slog"

	"idp/internal/clients"
	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/mail"
	"idp/internal/secret"
	"idp/internal/storage"
	"idp/internal/testdb"
	"idp/web"
)

// script is a mail server that answers each command as told, or as a good server
// would. "cut" closes the connection, "hang" says nothing more.
type script struct {
	mu       sync.Mutex
	replies  map[string]string // by command: CONNECT, EHLO, MAIL, RCPT, DATA, END
	commands []string
	open     []net.Conn
}

// hangUp ends the connections that wait for a next mail, as servers do.
func (s *script) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.open {
		c.Close()
	}
	s.open = nil
}

func (s *script) said(command string) bool { return s.times(command) > 0 }

func (s *script) times(command string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.commands {
		if c == command {
			n++
		}
	}
	return n
}

// set changes one answer while the server runs.
func (s *script) set(command, reply string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replies[command] = reply
}

func (s *script) reply(command string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commands = append(s.commands, command)
	if r, ok := s.replies[command]; ok {
		return r
	}
	return map[string]string{"CONNECT": "220 ready", "EHLO": "250 hello", "DATA": "354 go on", "QUIT": "221 bye"}[command]
}

// path is RFC 5321 §4.1.1.2 and §4.1.1.3, without parameters.
var path = regexp.MustCompile(`^(MAIL FROM|RCPT TO):<[^<>@ ]+@[^<>@ ]+>\r\n$`)

// serve answers on one connection.
func (s *script) serve(c net.Conn) {
	defer c.Close()
	s.mu.Lock()
	s.open = append(s.open, c)
	s.mu.Unlock()
	in := bufio.NewReader(c)
	answer := func(command string) bool {
		switch r := s.reply(command); r {
		case "cut":
			return false
		case "hang":
			_, _ = in.ReadByte() // until the other side gives up
			return false
		case "":
			fmt.Fprint(c, "250 ok\r\n")
		default:
			fmt.Fprint(c, r+"\r\n")
		}
		return true
	}
	if !answer("CONNECT") {
		return
	}
	s.mu.Lock()
	takesData := s.replies["DATA"] == ""
	s.mu.Unlock()
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		command, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if (command == "MAIL" || command == "RCPT") && !path.MatchString(line) {
			fmt.Fprint(c, "501 5.5.4 syntax error\r\n")
			continue
		}
		if !answer(strings.ToUpper(command)) {
			return
		}
		if !strings.EqualFold(command, "DATA") || !takesData {
			continue
		}
		for line != ".\r\n" {
			if line, err = in.ReadString('\n'); err != nil {
				return
			}
		}
		if !answer("END") {
			return
		}
	}
}

func (s *script) listen(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(c)
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

// office is a worker with its outbox, on a SQLite database, and a clock.
type office struct {
	store  *storage.Store
	login  *magiclink.Service
	worker *mail.Worker
	now    time.Time
}

// queueOnly is a courier whose hands are always full: every letter waits in the
// outbox.
type queueOnly struct{}

func (queueOnly) Wake()                    {}
func (queueOnly) Reserve() *magiclink.Take { return nil }
func (queueOnly) Hand(*magiclink.Claim)    {}

func newOffice(t *testing.T, server mail.Server) *office {
	t.Helper()
	o := &office{store: testdb.Open(t, testdb.URL(t, "sqlite")), now: time.UnixMilli(1_800_000_000_000)}
	clock := func() time.Time { return o.now }
	keys, err := secret.NewKeyring(secret.TokenOf(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	letters, err := web.LoadLetters(web.LetterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	server.Host, server.Timeout = "127.0.0.1", time.Second
	sender, err := mail.NewSender(server, "login.example.com")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sender.Close)
	o.login = magiclink.NewService(o.store, keys, magiclink.Defaults(), clock, queueOnly{})
	o.worker = &mail.Worker{
		Outbox: o.store, Sender: sender, Log: slog.New(slog.DiscardHandler), Now: clock,
		Take:    magiclink.Take{Lease: mail.Lease, Mint: o.login.Mint, MayReceive: o.login.MayReceive},
		Compose: &mail.Composer{Issuer: "https://login.example.com", From: netmail.Address{Name: "Sign-in", Address: "login@example.com"}, Clients: clients.NewRegistry(o.store), Letters: letters},
	}
	return o
}

// ask starts a login and tries to send its mail.
func (o *office) ask(t *testing.T) string {
	t.Helper()
	c, err := o.login.Start(context.Background(), "ada@example.com", "", "", magiclink.Asker{Browser: "b", Network: "192.0.2.1"})
	if err != nil {
		t.Fatal(err)
	}
	o.try(t)
	return c.ID
}

func (o *office) try(t *testing.T) {
	t.Helper()
	if _, err := o.worker.SendOne(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func (o *office) delivery(t *testing.T, challenge string) magiclink.Delivery {
	t.Helper()
	st, err := o.login.Status(context.Background(), challenge, "b")
	if err != nil {
		t.Fatal(err)
	}
	return st.Delivery
}

// Only a 5xx reply is final. go-mail calls a cut after the final dot permanent
// too; whoever believes it loses mails.
func TestWhatServersSay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, command, reply string
		want                 magiclink.DeliveryState
	}{
		{"good", "", "", magiclink.Accepted},
		{"recipient unknown", "RCPT", "550 5.1.1 no such user", magiclink.Refused},
		{"recipient, multi-line", "RCPT", "550-no\r\n550 such user", magiclink.Refused},
		{"mailbox full for now", "RCPT", "452 4.2.2 full", magiclink.Deferred},
		{"greylisted", "RCPT", "451 4.7.1 try again", magiclink.Deferred},
		{"sender refused", "MAIL", "553 5.7.1 not you", magiclink.Refused},
		{"sender later", "MAIL", "421 4.3.2 closing", magiclink.Deferred},
		{"content refused", "END", "554 5.7.1 spam", magiclink.Refused},
		{"content later", "END", "451 4.3.0 later", magiclink.Deferred},
		{"no data", "DATA", "503 5.5.1 no", magiclink.Refused},
		{"busy", "CONNECT", "421 4.3.2 busy", magiclink.Deferred},
		{"refuses everybody", "CONNECT", "554 5.3.2 no", magiclink.Deferred},
		{"cut at connect", "CONNECT", "cut", magiclink.Deferred},
		{"cut at hello", "EHLO", "cut", magiclink.Deferred},
		{"cut at sender", "MAIL", "cut", magiclink.Deferred},
		{"cut at recipient", "RCPT", "cut", magiclink.Deferred},
		{"cut at data", "DATA", "cut", magiclink.Deferred},
		{"cut after the final dot", "END", "cut", magiclink.Deferred},
		{"hang at connect", "CONNECT", "hang", magiclink.Deferred},
		{"hang at recipient", "RCPT", "hang", magiclink.Deferred},
		{"hang after the final dot", "END", "hang", magiclink.Deferred},
		{"nonsense", "RCPT", "what?", magiclink.Deferred},
	} {
		for how, hello := range map[string]string{"one by one": "250 hello", "pipelining": "250-hello\r\n250 PIPELINING"} {
			t.Run(c.name+", "+how, func(t *testing.T) {
				t.Parallel()
				s := &script{replies: map[string]string{"EHLO": hello}}
				if c.command != "" {
					s.replies[c.command] = c.reply
				}
				o := newOffice(t, mail.Server{Port: s.listen(t), Security: mail.Plain})
				id := o.ask(t)
				if d := o.delivery(t, id); d.State != c.want {
					t.Fatalf("the mail is %s (%s), want %s", d.State, d.Reply, c.want)
				}
			})
		}
	}
}

// A connection is kept for the next mail. If the server has ended it meanwhile,
// by hanging up or by saying so, the mail goes out on another one, once.
func TestKeptConnectionThatEnded(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*script){
		"hung up": (*script).hangUp, "421": func(s *script) { s.set("MAIL", "421 4.4.2 idle too long") },
	} {
		for how, hello := range map[string]string{"one by one": "250 hello", "pipelining": "250-hello\r\n250 PIPELINING"} {
			t.Run(name+", "+how, func(t *testing.T) {
				t.Parallel()
				s := &script{replies: map[string]string{"EHLO": hello}}
				o := newOffice(t, mail.Server{Port: s.listen(t), Security: mail.Plain})
				o.ask(t)
				end(s)
				id := o.ask(t)
				d, times := o.delivery(t, id), s.times("CONNECT")
				if name == "421" {
					if times != 2 {
						t.Fatalf("%d connections, want another one", times)
					}
					return // this server says 421 to everybody
				}
				if d.State != magiclink.Accepted || times != 2 || s.times("END") != 2 {
					t.Fatalf("the mail is %s (%s) after %d connections and %d messages", d.State, d.Reply, times, s.times("END"))
				}
			})
		}
	}
}

// A letter that waited for half its lease in the worker's hands is not sent from
// there, but once, from the outbox.
func TestLetterThatWaitedInHand(t *testing.T) {
	t.Parallel()
	s := &script{replies: map[string]string{}}
	o := newOffice(t, mail.Server{Port: s.listen(t), Security: mail.Plain})
	c := magiclink.Challenge{
		ID: secret.NewID("", o.now), Email: "ada@example.com", Browser: "b", State: magiclink.Pending, Sends: 1, CreatedAt: o.now, ExpiresAt: o.now.Add(time.Hour),
	}
	l := magiclink.Letter{ID: secret.NewID("let_", o.now), ChallengeID: c.ID, Recipient: c.Email, AskedAt: o.now, ExpiresAt: c.ExpiresAt}
	claim, err := o.store.CreateChallenge(t.Context(), c, l, magiclink.Admission{}, o.worker.Reserve())
	if err != nil {
		t.Fatal(err)
	}
	o.now = o.now.Add(mail.Lease / 2)
	o.worker.Hand(claim)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { o.worker.Run(ctx); close(done) }()
	for o.delivery(t, c.ID).State != magiclink.Accepted && t.Context().Err() == nil {
		runtime.Gosched()
	}
	stop()
	<-done
	if d := o.delivery(t, c.ID); d.Tries != 2 || s.times("END") != 1 {
		t.Fatalf("%d messages, and %+v", s.times("END"), d)
	}
}

// What cannot be sent now is sent later, as long as the challenge lives.
func TestRetries(t *testing.T) {
	t.Parallel()
	s := &script{replies: map[string]string{"RCPT": "451 4.7.1 try again"}}
	o := newOffice(t, mail.Server{Port: s.listen(t), Security: mail.Plain})
	id := o.ask(t)
	for _, pause := range []time.Duration{5 * time.Second, 15 * time.Second, 45 * time.Second, 2 * time.Minute, 2 * time.Minute} {
		o.now = o.now.Add(pause - time.Second)
		before := o.delivery(t, id).Tries
		o.try(t)
		if o.delivery(t, id).Tries != before {
			t.Fatalf("tried again before %v were over", pause)
		}
		o.now = o.now.Add(time.Second)
		o.try(t)
		if d := o.delivery(t, id); d.Tries != before+1 || d.State != magiclink.Deferred {
			t.Fatalf("after %v: %+v", pause, d)
		}
	}
	s.set("RCPT", "250 ok")
	o.now = o.now.Add(2 * time.Minute)
	o.try(t)
	if d := o.delivery(t, id); d.State != magiclink.Accepted {
		t.Fatalf("in the end: %+v", d)
	}
}

// A password or a link must not cross the network in clear because somebody in
// between took STARTTLS out of the server's answer.
func TestNothingIsSentWithoutTLS(t *testing.T) {
	t.Parallel()
	for name, security := range map[string]mail.Security{"starttls": mail.StartTLS, "tls": mail.TLS} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &script{replies: map[string]string{}}
			o := newOffice(t, mail.Server{Port: s.listen(t), Security: security, Username: "idp", Password: secret.TokenOf("hunter2")})
			id := o.ask(t)
			if d := o.delivery(t, id); d.State != magiclink.Deferred {
				t.Fatalf("the mail is %s", d.State)
			}
			for _, command := range []string{"AUTH", "MAIL", "RCPT", "DATA"} {
				if s.said(command) {
					t.Errorf("%s went over the wire in clear", command)
				}
			}
		})
	}
}

// Somebody who may not sign in gets no mail, and the waiting page looks the same.
func TestSkippedLooksAccepted(t *testing.T) {
	t.Parallel()
	s := &script{replies: map[string]string{}}
	o := newOffice(t, mail.Server{Port: s.listen(t), Security: mail.Plain})
	o.worker.Take.MayReceive = func(string, string, bool) bool { return false }
	id := o.ask(t)
	if s.said("CONNECT") {
		t.Fatal("a mail was about to be sent")
	}
	if d := o.delivery(t, id); d.State != magiclink.Accepted || d.AcceptedAt.IsZero() {
		t.Fatalf("the page would show %+v", d)
	}
	_, _, err := o.login.SubmitCode(context.Background(), id, "000000", magiclink.Asker{Browser: "b", Network: "192.0.2.1"})
	if err == nil || !strings.Contains(err.Error(), idp.ErrWrongCode.Error()) {
		t.Fatalf("a code: %v", err)
	}
}

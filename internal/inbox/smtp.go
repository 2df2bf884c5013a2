package inbox

import (
	"io"
	"log/slog"
	"time"

	"github.com/emersion/go-smtp"
)

// NewSMTPServer returns a server that puts every mail for everybody into the
// store: Serve it on a loopback listener, end it with Shutdown or Close. It
// offers neither TLS nor authentication. Trouble on a connection goes to the
// logger as a warning, without anything from the mail.
func NewSMTPServer(store *Store, logger *slog.Logger) *smtp.Server {
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &session{store: store}, nil
	}))
	server.Domain = "localhost"
	// The store's own limit, so that Add has nothing left to refuse.
	server.MaxMessageBytes = int64(store.limits.MessageBytes)
	server.MaxRecipients = 100
	server.MaxLineLength = 64 << 10 // over the 998 of RFC 5322: shown is better than refused
	server.ReadTimeout = time.Minute
	server.WriteTimeout = time.Minute
	server.EnableSMTPUTF8 = true
	server.ErrorLog = slog.NewLogLogger(logger.Handler(), slog.LevelWarn)
	return server
}

// session is one SMTP connection: it gathers an envelope and hands it over
// with the data.
type session struct {
	store    *Store
	envelope Envelope
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.envelope = Envelope{From: from}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.envelope.To = append(s.envelope.To, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err // unwrapped: the server answers with the code inside
	}
	_, err = s.store.Add(s.envelope, raw)
	return err
}

func (s *session) Reset()        { s.envelope = Envelope{} }
func (s *session) Logout() error { return nil }

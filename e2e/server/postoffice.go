package main

import (
	"fmt"
	"log/slog"
	"net"
	"sync"

	"github.com/emersion/go-smtp"

	"idp/internal/inbox"
)

// postOffice is the mail server. It can be closed and opened again, always at the
// same address.
type postOffice struct {
	mails *inbox.Store
	log   *slog.Logger

	mu      sync.Mutex
	address *net.TCPAddr
	server  *smtp.Server // nil while it is closed
}

// open starts to take mail. Opening twice changes nothing.
func (p *postOffice) open() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server != nil {
		return nil
	}
	at := "127.0.0.1:0"
	if p.address != nil {
		at = p.address.String()
	}
	l, err := net.Listen("tcp", at)
	if err != nil {
		return fmt.Errorf("open the mail server: %w", err)
	}
	p.address, p.server = l.Addr().(*net.TCPAddr), inbox.NewSMTPServer(p.mails, p.log)
	go p.server.Serve(l) // it ends when we close it
	return nil
}

// close ends every connection and takes no more.
func (p *postOffice) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server != nil {
		_ = p.server.Close() // gone either way
		p.server = nil
	}
}

func (p *postOffice) port() int { return p.address.Port }

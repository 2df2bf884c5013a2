package caller

import (
	"fmt"
	"net/http"
	"strings"
)

// Machine returns an operation in which a client gets a token for itself (RFC
// 6749 §4.4).
func (p *Provider) Machine(c Client) (func() error, error) {
	a, err := p.Application(c)
	if err != nil {
		return nil, err
	}
	return func() error {
		res, err := a.conn.post(pathToken, a.basic(), "grant_type=client_credentials")
		if err == nil {
			err = res.want(http.StatusOK)
		}
		if err == nil && !strings.Contains(string(res.body), `"access_token":"`) {
			err = fmt.Errorf("client credentials: no token: %s", res.body)
		}
		return err
	}, nil
}

// Push returns an operation that pushes an authorization request (RFC 9126).
func (p *Provider) Push(c Client) (func() error, error) {
	a, err := p.Application(c)
	if err != nil {
		return nil, err
	}
	return func() error {
		target, _ := a.authorize()
		_, form, _ := strings.Cut(target, "?")
		res, err := a.conn.post(pathPush, a.basic(), form)
		if err == nil {
			err = res.want(http.StatusCreated)
		}
		if err == nil && !strings.Contains(string(res.body), `"request_uri":"urn:ietf:params:oauth:request_uri:`) {
			err = fmt.Errorf("push: no request_uri: %s", res.body)
		}
		return err
	}, nil
}

package doctor

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net"
	"net/http"

	"idp/internal/oidc"
)

func (s *Subject) checkAnswer(ctx context.Context) []Finding {
	a, err := s.ask(ctx, oidc.PathOpenID, nil)
	if err != nil {
		return []Finding{unreached(err)}
	}
	switch {
	case a.status == http.StatusMisdirectedRequest:
		return []Finding{problem("let the proxy keep the Host header, for example proxy_set_header Host $host in nginx; this server answers for the issuer's host only",
			"the server was asked for another host than %s", s.Config.IssuerURL.Host)}
	case a.status >= 300 && a.status <= 399:
		return []Finding{problem("let the proxy pass requests on as they are", "the issuer answers with a redirect (%d) to %s", a.status, a.header.Get("Location"))}
	case a.status == http.StatusBadGateway || a.status == http.StatusGatewayTimeout || a.status == http.StatusServiceUnavailable:
		return []Finding{problem("start idp serve, or see whether the proxy leads to its listen address", "there is a proxy at %s, and no server behind it (%d)", s.Config.Issuer, a.status)}
	case a.status != http.StatusOK:
		return []Finding{problem("see what answers there; it is not idp with this configuration", "%s%s answers %d", s.Config.Issuer, oidc.PathOpenID, a.status)}
	}
	var found struct {
		Issuer string `json:"issuer"`
	}
	if err := json.Unmarshal(a.body, &found); err != nil {
		return []Finding{problem("see what answers there; it is not idp", "%s%s is no JSON", s.Config.Issuer, oidc.PathOpenID)}
	}
	if found.Issuer != s.Config.Issuer {
		return []Finding{problem("let issuer be the same in every configuration; applications compare it character by character", "the server there says that it is %q", found.Issuer)}
	}
	return []Finding{ok("%s says that it is itself", oidc.PathOpenID)}
}

// unreached puts a failure to connect into words.
func unreached(err error) Finding {
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return problem("see whether a firewall is in between, and whether the server runs", "the issuer does not answer in time")
	case errors.As(err, new(x509.UnknownAuthorityError)):
		return problem(unknownAuthority, "https at the issuer: %s", certificateFault(err))
	case certificateFault(err) != "":
		return problem("renew the certificate, or add the certificates in between to its file", "https at the issuer: %s", certificateFault(err))
	case errors.As(err, &dns):
		return problem("publish the name of the issuer", "the name of the issuer cannot be resolved")
	case errors.As(err, &op) && op.Op == "dial":
		return problem("start idp serve and the proxy in front of it", "nobody answers at the issuer: %v", op.Err)
	default:
		return problem("see what answers there", "the issuer does not answer: %v", err)
	}
}

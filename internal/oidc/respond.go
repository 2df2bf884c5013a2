package oidc

import (
	"net/http"
	"net/url"
	"strings"

	"idp/internal/idp"
	"idp/internal/markup"
	"idp/internal/reqlog"
	"idp/web"
)

// field is one parameter of an authorization response.
type field struct{ Name, Value string }

// respond sends an authorization response to the client, in the mode it asked
// for. State and iss are in every one (RFC 6749 §4.1.2, RFC 9207 §2).
func (p *Provider) respond(w http.ResponseWriter, r *http.Request, flow *idp.Flow, client *idp.Client, fields []field) error {
	if flow.State != "" {
		fields = append(fields, field{"state", flow.State})
	}
	fields, err := p.signedResponse(flow, client, fields)
	if err != nil {
		return err
	}
	if flow.ByForm() {
		// The URI is registered, so the template may use a scheme of its own.
		return p.Pages.Render(w, r, http.StatusOK, web.Page{
			Name: "form_post", App: client.Name, Client: client.ID, Brand: Brand(client), Languages: flow.UILocales, FormTargets: []string{flow.RedirectURI},
			Data: map[string]any{"Action": markup.URL(flow.RedirectURI), "Fields": fields},
		})
	}
	var b strings.Builder
	b.WriteString(flow.RedirectURI)
	sep := byte('?')
	if strings.IndexByte(flow.RedirectURI, '?') >= 0 {
		sep = '&'
	}
	for _, f := range fields {
		b.WriteByte(sep)
		b.WriteString(f.Name)
		b.WriteByte('=')
		b.WriteString(url.QueryEscape(f.Value))
		sep = '&'
	}
	redirect(w, b.String())
	return nil
}

// refuse sends an error to the client (OpenID Connect Core §3.1.2.6).
func (p *Provider) refuse(w http.ResponseWriter, r *http.Request, flow *idp.Flow, client *idp.Client, e *protocolError) error {
	event := reqlog.From(r.Context())
	event.Outcome, event.Err = "authorize.refused."+e.Code, e
	note(event, e)
	if flow.Device != "" {
		return p.denyDevice(w, r, flow)
	}
	fields := []field{{"error", e.Code}}
	if e.Description != "" {
		fields = append(fields, field{"error_description", e.Description})
	}
	return p.respond(w, r, flow, client, fields)
}

// Deny tells the client that the person said no.
func (p *Provider) Deny(w http.ResponseWriter, r *http.Request, flow *idp.Flow, client *idp.Client) error {
	return p.refuse(w, r, flow, client, fault("access_denied", "the person did not allow it").why(idp.FailDeclined, ""))
}

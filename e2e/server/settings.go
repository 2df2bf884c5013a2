package main

import (
	"net/netip"
	"net/url"

	"idp/internal/config"
	"idp/internal/secret"
)

// application is a client and where it lives.
type application struct {
	config.Client
	site
	password string // of the client; "" for a public one
}

// partnerSecret is told to the suite, which is the partner.
const partnerSecret = "the partner keeps this on its server"

// registrationToken lets the suite register an application.
const registrationToken = "whoever has this registers applications"

// applications are the two of the demo, and that of somebody else.
func applications(at sites) []application {
	demo := func(s site, id, name, kind, password string) application {
		return application{site: s, password: password, Client: config.Client{
			ID: id, Name: name, Type: kind, HomeURI: s.url, InitiateLoginURI: s.url + "/initiate-login",
			RedirectURIs: []string{s.url + "/callback"}, PostLogoutRedirectURIs: []string{s.url + "/signed-out"},
		}}
	}
	return []application{
		demo(at.Notes, "notes", "Notes demo", "web", "the notes demo keeps this on its server"),
		demo(at.Tasks, "tasks", "Tasks demo", "public", ""),
		{site: at.Partner, password: partnerSecret, Client: config.Client{
			ID: "partner", Name: "Partner", Consent: "once", HomeURI: at.Partner.url,
			RedirectURIs: []string{at.Partner.url + "/callback", at.Partner.url + "/elsewhere"}, PostLogoutRedirectURIs: []string{at.Partner.url + "/elsewhere"},
			FrontchannelLogoutURI: at.Partner.url + "/out",
		}},
	}
}

// configuration is what the loader would make of a file for this world. The
// limits are the product's own: each browser of the suite names another network
// in X-Forwarded-For, as a proxy on this machine would.
func configuration(at sites, database, ca string, smtp int, others []config.Client) *config.Config {
	c := config.Default()
	c.Issuer, c.Listen = at.Issuer.url, at.Issuer.Addr().String()
	c.IssuerURL = &url.URL{Scheme: "http", Host: c.Issuer[len("http://"):]}
	c.Secret = config.Known(secret.NewToken())
	c.Database.URL = config.Known(secret.TokenOf(database))
	c.Mail.From, c.Mail.FromName = "login@idp.test", "idp"
	c.Mail.SMTP = config.SMTP{Host: "127.0.0.1", Port: smtp, Security: "none"}
	c.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	c.ClientsByMetadata.Enabled, c.ClientsByMetadata.Allow = true, []string{at.Documents.url[len("https://"):]}
	c.HTTP.TrustedCAs, c.PrivateTargets = []string{ca}, c.Proxies
	c.ClientsByMetadata.TrustedCAs, c.ClientsByMetadata.PrivateTargets = []string{ca}, c.Proxies
	c.Registration.Enabled, c.Registration.AccessTokens = true, []config.RegistrationToken{config.KnownRegistrationToken(secret.TokenOf(registrationToken))}
	c.Admin = config.Admin{Listen: at.Admin.Addr().String(), URL: at.Admin.url, Group: "admins"}
	c.Groups = map[string]config.Members{"admins": {Domains: []string{"admins.test"}}}
	apps := applications(at)
	for _, a := range apps {
		c.Clients = append(c.Clients, a.Client)
	}
	c.Clients = append(c.Clients, others...)
	c.Declare()
	for i, a := range apps {
		if a.password != "" {
			c.Declared[i].SecretHashes = []secret.Hash{secret.TokenOf(a.password).Hash(secret.KindClient)}
		}
	}
	return &c
}

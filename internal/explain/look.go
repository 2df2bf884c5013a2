package explain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"idp/internal/idp"
	"idp/internal/spelling"
)

func (s *subject) unknownClient(e *Explanation) {
	e.Change = "Set the client id in the application, or declare the client."
	for _, c := range s.cfg.Declared {
		switch {
		case c.ID == s.failure.ClientID:
			e.Fixed = true
		case strings.EqualFold(c.ID, s.failure.Seen):
			e.Configured, e.Change = c.ID, "Set the client id in the application; capital letters count."
		}
	}
	if e.Configured == "" {
		e.Configured = nearest(s.cfg.Declared, s.failure.Seen)
	}
}

// nearest is the declared id that is most like the text, if one is.
func nearest(clients []idp.Client, text string) string {
	var all []string
	for _, c := range clients {
		all = append(all, c.ID)
	}
	best := spelling.Nearest(text, all)
	if len(best) < 3 || len(text) < 3 || !strings.Contains(text, best[:3]) && !strings.Contains(best, text[:3]) {
		return ""
	}
	return best
}

func (s *subject) redirect(e *Explanation) {
	near := e.Configured
	if s.client != nil {
		near = s.client.NearestRedirect(s.failure.Seen)
		e.Fixed = s.client.AllowsRedirect(s.failure.Seen)
	}
	e.Configured = near
	e.Change = "Add the one that was seen to redirect_uris, if it is right, or set the application to the configured one." + difference(s.failure.Seen, near)
}

func (s *subject) redirects(e *Explanation) {
	if s.client != nil {
		e.Configured = strings.Join(s.client.RedirectURIs, " ")
	}
}

func (s *subject) postLogout(e *Explanation) {
	near := ""
	if s.client != nil {
		e.Fixed = s.client.AllowsPostLogoutRedirect(s.failure.Seen)
		e.Configured = strings.Join(s.client.PostLogoutRedirectURIs, " ")
		as := idp.Client{RedirectURIs: s.client.PostLogoutRedirectURIs}
		near = as.NearestRedirect(s.failure.Seen)
	}
	e.Change = "Add it to post_logout_redirect_uris, or set the application to a registered one." + difference(s.failure.Seen, near)
}

// difference names what people overlook between two addresses; "" if it is plain to
// see.
func difference(seen, near string) string {
	switch {
	case near == "" || seen == near:
		return ""
	case strings.TrimSuffix(seen, "/") == strings.TrimSuffix(near, "/"):
		return " They differ in the slash at the end."
	case strings.EqualFold(seen, near):
		return " They differ in capital letters."
	case strings.TrimPrefix(seen, "http://") == strings.TrimPrefix(near, "https://"):
		return " They differ in http and https: the application does not know that it is behind a proxy with TLS."
	case strings.Replace(seen, "//www.", "//", 1) == strings.Replace(near, "//www.", "//", 1):
		return " They differ in www."
	}
	seenHost, seenPath := split(seen)
	nearHost, nearPath := split(near)
	switch {
	case seenPath == nearPath && strings.Split(seenHost, ":")[0] == strings.Split(nearHost, ":")[0]:
		return " They differ in the port."
	case seenPath == nearPath:
		return " They differ in the host."
	case seenHost == nearHost:
		return " They differ in the path."
	}
	return ""
}

func split(address string) (host, path string) {
	_, rest, _ := strings.Cut(address, "://")
	host, path, _ = strings.Cut(rest, "/")
	return host, path
}

func (s *subject) pkce(e *Explanation) {
	e.Configured = "required"
	switch {
	case s.client != nil && s.client.Public():
		e.Change = "Turn PKCE with S256 on in the application; a client without a secret must use it."
	default:
		e.Change = "Turn PKCE with S256 on in the application. If it cannot: pkce: optional."
		e.Fixed = s.client != nil && s.client.PKCEOptional
	}
}

func (s *subject) method(e *Explanation) {
	if s.client != nil {
		e.Configured = cmp.Or(string(s.client.AuthMethod), "client_secret_basic or client_secret_post")
	}
}

func (s *subject) authMethod(e *Explanation) {
	s.method(e)
	seen, configured := idp.AuthMethod(s.failure.Seen), idp.AuthMethod(e.Configured)
	bySecret := func(m idp.AuthMethod) bool { return m == idp.AuthBasic || m == idp.AuthPost }
	switch {
	case s.client == nil:
		e.Change = "Set the method of client authentication in the application to the configured one."
	case seen == idp.AuthNone:
		e.Change = "Put the secret into the application; or set type: public, without secrets, if it has no place for one."
	case configured == idp.AuthNone:
		e.Change = "Take the secret out of the application; or set type: web and secrets."
	case seen == idp.AuthKey:
		e.Change = "Set auth_method: private_key_jwt with jwks or jwks_uri; or let the application send its secret."
	case bySecret(seen) && bySecret(configured):
		e.Change = fmt.Sprintf("Set auth_method: %s, or leave it out: then both work. Or set %s in the application.", seen, configured)
	default:
		e.Change = fmt.Sprintf("Set %s in the application, or auth_method: %s with secrets.", configured, seen)
	}
	e.Fixed = s.client != nil && (s.client.AuthMethod == seen || s.client.AuthMethod == "" && bySecret(seen))
}

// encode is what helps where HTTP Basic is taken for what browsers do with it.
const encode = "The application must URL-encode it for HTTP Basic (RFC 6749 §2.3.1). If it cannot, let it send the secret in the body (client_secret_post), or make one of letters and digits: idp client secret."

func (s *subject) authForm(e *Explanation) {
	s.method(e)
	if s.failure.Seen == idp.SeenPercent {
		e.Change = encode
	}
}

func (s *subject) secrets(e *Explanation) {
	e.Seen = ""
	switch s.failure.Seen {
	case idp.SeenRaw:
		e.Seen, e.What, e.Change = idp.SeenRaw, "The client secret is right, but not as it was sent.", encode
	case string(idp.AuthBasic):
		e.Change += " If it has +, % or another such character: " + encode
	}
	if s.client != nil {
		e.Configured = fmt.Sprintf("%d hashes", len(s.client.SecretHashes))
		if len(s.client.SecretHashes) == 1 {
			e.Configured = "1 hash"
		}
	}
}

func (s *subject) scopes(e *Explanation) {
	e.Change = "Add the scope to scopes, or ask for another in the application."
	if s.client != nil {
		e.Configured = strings.Join(s.client.Scopes, " ")
		e.Fixed = len(s.client.AllowedScopes(strings.Fields(s.failure.Seen))) > 0
	}
	if s.failure.Seen == "" {
		e.Change = "The application asks for no scope: set openid there, and what else it needs."
	}
}

// grantWords are the grant types of the server in the words of the configuration.
var grantWords = []struct{ sent, written string }{
	{idp.GrantCode, "authorization_code"}, {idp.GrantRefresh, "refresh_token"}, {idp.GrantClient, "client_credentials"},
	{idp.GrantDevice, "device_code"}, {idp.GrantExchange, "token_exchange"},
}

func (s *subject) grantTypes(e *Explanation) {
	const flow = "et the authorization code flow in the application."
	written, all := "", make([]string, len(grantWords))
	for i, g := range grantWords {
		if all[i] = g.written; g.sent == s.failure.Seen {
			written = g.written
		}
	}
	switch {
	case s.failure.Seen == "":
		e.What, e.Setting = "The application sent no grant_type.", ""
		e.Change = "The application must post grant_type in the body, as a form: authorization_code with a code, refresh_token with a refresh token."
	case written == "":
		e.What, e.Setting = "The application asks for a grant type that this server does not have. It has "+strings.Join(all, ", ")+".", ""
		e.Change = "S" + flow
	default:
		e.Change = "Add " + written + " to grant_types, or s" + flow
	}
	if s.client != nil {
		e.Configured = strings.Join(s.client.GrantTypes, " ")
		e.Fixed = slices.Contains(s.client.GrantTypes, s.failure.Seen)
	}
}

const (
	shareRefresh = "Two parts of the application refreshed with one token, far apart; all that it gave is ended. Let them share what the refresh answers."
	notAgain     = " It must not use it afterwards."
)

// revoked says for each reason that a grant keeps for its end what to do.
var revoked = map[string]string{
	"code used twice":                   "The authorization code that it came from was redeemed a second time, which ends what the first gave: look for a retry, a reload of the callback or two replicas that handle the same answer.",
	"refresh token used twice":          shareRefresh,
	"disconnected by the user":          "Nothing: the person disconnected the application, and signs in again.",
	"session ended by the user":         "Nothing: the person ended the session that it came from, and signs in again.",
	"session ended by an administrator": "Nothing: an administrator ended the session that it came from, and the person signs in again. idp audit search says who.",
	"revoked by an administrator":       "Nothing: an administrator took it back, and the person signs in again. idp audit search says who.",
	"session disowned":                  "Nothing: the person said that the sign-in was not theirs, in a letter.",
	"user disabled":                     "An administrator disabled the person: idp users enable, if that was a mistake.",
	"revoked by the client":             "The application revoked it itself (RFC 7009)." + notAgain,
	"signed out by the application":     "The application signed the person out." + notAgain,
	"client removed":                    "The client was taken out of the configuration for a time, which ends what it was given: the person signs in again.",
	"not admitted":                      "The person may not use this application: see allow.",
	"restore epoch":                     "Nothing: all sign-ins were ended when the database was restored or an epoch raised, and the person signs in again.",
}

func (s *subject) refresh(e *Explanation) {
	reason, ended := strings.CutPrefix(s.failure.Seen, "revoked")
	reason = strings.TrimPrefix(reason, ": ")
	if e.Setting = ""; s.failure.Seen == "expired" {
		e.Setting = setting("refresh_idle_ttl", s.at)
	}
	switch {
	case s.failure.Seen == "expired":
		e.Change = "Nothing: the person signs in again. Longer lives are refresh_idle_ttl and refresh_absolute_ttl."
	case s.failure.Seen == "used before":
		e.Change = shareRefresh
	case s.failure.Seen == "of another client":
		e.Change = "It was given to another client: look whether two applications, or two client ids, share one store of tokens."
	case revoked[reason] != "":
		e.Change = revoked[reason]
	case ended:
		e.Change = "Nothing: it was ended before its time, by the person, an administrator, the application, or because a code was used twice. The person signs in again; idp audit search says more."
	default:
		e.Change = "This server did not give it to the application, or it ended so long ago that nothing is kept of it: the person signs in again."
	}
}

func (s *subject) keys(e *Explanation) {
	if s.client == nil {
		return
	}
	e.Configured = s.client.JWKSURI
	for _, k := range s.client.Keys {
		e.Configured = strings.TrimSpace(e.Configured + " " + cmp.Or(k.ID, "a key without a kid"))
	}
}

func (s *subject) origin(e *Explanation) {
	e.Change = "Add the origin to cors_origins of its client."
	if s.client != nil {
		e.Configured = strings.Join(s.client.CORSOrigins, " ")
		e.Fixed = s.client.AllowsOrigin(s.failure.Seen)
		return
	}
	var of []string
	for _, c := range s.cfg.Declared {
		if slices.Contains(c.RedirectOrigins(), s.failure.Seen) {
			of = append(of, c.ID)
		}
	}
	if len(of) > 0 {
		e.Change += " Redirect URIs of that origin have: " + strings.Join(of, ", ") + "."
	}
}

func (s *subject) signup(e *Explanation) {
	for i := range s.cfg.Clients {
		if c := &s.cfg.Clients[i]; s.client != nil && c.ID == s.client.ID && c.Signup != nil {
			e.Configured = "mode " + c.Signup.Mode
			return
		}
	}
	e.Setting, e.Configured = "signup", "mode "+s.cfg.Signup.Mode
}

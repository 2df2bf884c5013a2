package inbox

import (
	"net"
	"net/http"
	"slices"
	"strings"
)

// pagePolicy is for our own pages: nothing inline, nothing foreign.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
	"connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// mailSandbox lets a person follow the links of a mail, in this tab or in a
// new one that is free of the sandbox, and grants nothing else.
const mailSandbox = "allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"

// mailPolicy is for the HTML of a mail, which is foreign: no script, nothing
// loaded, an origin of its own.
const mailPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; " +
	"form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox " + mailSandbox

func secureHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", pagePolicy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// requireHost stops DNS rebinding, where a foreign page points its own name at
// loopback and so could read the mail, sign-in links included. Such a request
// always carries a name, never an IP address.
func requireHost(allowed []string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !hostAllowed(r.Host, allowed) {
			http.Error(w, "This mailbox does not answer to that host name. Open it as localhost.",
				http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func hostAllowed(hostport string, allowed []string) bool {
	host := hostport
	if name, _, err := net.SplitHostPort(hostport); err == nil {
		host = name
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	return net.ParseIP(host) != nil ||
		host == "localhost" || strings.HasSuffix(host, ".localhost") ||
		slices.Contains(allowed, host)
}

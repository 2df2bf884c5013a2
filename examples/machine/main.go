// Command machine is two services without a person: one gets a token for itself
// from idp (client_credentials, by x/oauth2) and sends it to the other, which
// checks it by itself (RFC 9068, by coreos/go-oidc) and answers.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2/clientcredentials"
)

const (
	// This secret is for this machine; its hash stands in client.yaml.
	clientID, clientSecret = "example-machine", "example-machine-secret-for-this-machine"
	audience, scope        = "reports", "reports.read"
)

func main() {
	issuer := os.Getenv("ISSUER")
	if issuer == "" {
		issuer = "http://localhost:8080"
	}
	if err := run(context.Background(), issuer); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, issuer string) error {
	provider, err := oidc.NewProvider(ctx, issuer)
	if err != nil {
		return fmt.Errorf("is idp running at %q? %w", issuer, err)
	}
	address, err := serve(reports{provider.Verifier(&oidc.Config{ClientID: audience})})
	if err != nil {
		return err
	}
	client := clientcredentials.Config{ClientID: clientID, ClientSecret: clientSecret, TokenURL: provider.Endpoint().TokenURL, Scopes: []string{scope}}
	for _, who := range []*http.Client{client.Client(ctx), http.DefaultClient} { // the machine, and somebody without a token
		status, text, err := get(who, address)
		if err != nil {
			return err
		}
		fmt.Println(status, text)
	}
	return nil
}

// reports is the service that is asked.
type reports struct{ verifier *oidc.IDTokenVerifier }

func (s reports) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var claims struct {
		Client string `json:"client_id"`
		Scope  string `json:"scope"`
	}
	text, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	token, err := s.verifier.Verify(r.Context(), text) // signature, issuer, audience, end
	if err == nil {
		err = token.Claims(&claims)
	}
	if err != nil || !slices.Contains(strings.Fields(claims.Scope), scope) {
		w.Header().Set("WWW-Authenticate", `Bearer scope="`+scope+`"`)
		http.Error(w, "no token for this", http.StatusUnauthorized)
		return
	}
	fmt.Fprintf(w, "a report for %s", claims.Client)
}

// serve answers on a free port and returns the address.
func serve(h http.Handler) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("open the service: %w", err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(l) }() // it ends with the program
	return "http://" + l.Addr().String(), nil
}

func get(client *http.Client, address string) (status int, text string, err error) {
	answer, err := client.Get(address)
	if err != nil {
		return 0, "", fmt.Errorf("ask the service: %w", err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return answer.StatusCode, strings.TrimSpace(string(body)), err
}

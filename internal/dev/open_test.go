package dev_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"idp/internal/dev"
)

// start runs everything on ports that are free and returns the issuer.
func start(t *testing.T, s dev.Settings) string {
	t.Helper()
	for range 50 {
		s.Port, s.Dir = 10_000+rand.IntN(20_000), t.TempDir()
		ctx, cancel := context.WithCancel(context.Background())
		out, in := io.Pipe()
		done := make(chan error, 1)
		go func() {
			err := dev.Run(ctx, s, in, slog.New(slog.DiscardHandler))
			_ = in.CloseWithError(io.EOF)
			done <- err
		}()
		if line, _ := bufio.NewReader(out).ReadString('\n'); strings.Contains(line, "ready") {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			t.Cleanup(func() {
				cancel()
				if err := <-done; err != nil {
					t.Error(err)
				}
			})
			return fmt.Sprintf("http://localhost:%d", s.Port)
		}
		cancel()
		<-done // a port was taken
	}
	t.Fatal("no free ports in fifty tries")
	return ""
}

func send(t *testing.T, method, address, contentType, body string) (*http.Response, map[string]any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Origin", "http://localhost:6274")
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	said := map[string]any{}
	_ = json.NewDecoder(resp.Body).Decode(&said) // not every answer is JSON
	return resp, said
}

// An agent's tool that knows nothing but the address gets as far as a person.
func TestOpenClients(t *testing.T) {
	t.Parallel()
	const tools = "http://localhost:3000/mcp"
	issuer := start(t, dev.Settings{OpenClients: true, Resources: []string{tools}})
	resp, doc := send(t, "GET", issuer+"/.well-known/oauth-authorization-server", "", "")
	if doc["client_id_metadata_document_supported"] != true || doc["registration_endpoint"] != issuer+"/oauth/register" || resp.Header.Get("Access-Control-Allow-Origin") == "" {
		t.Fatalf("discovery: %v", doc)
	}
	resp, made := send(t, "POST", issuer+"/oauth/register", "application/json",
		`{"client_name":"Tool","redirect_uris":["http://localhost:6274/oauth/callback"],"token_endpoint_auth_method":"none","grant_types":["authorization_code","refresh_token"]}`)
	id, _ := made["client_id"].(string)
	if resp.StatusCode != http.StatusCreated || id == "" || resp.Header.Get("Access-Control-Allow-Origin") != "http://localhost:6274" {
		t.Fatalf("registration: %d %v", resp.StatusCode, made)
	}
	query := url.Values{
		"client_id": {id}, "redirect_uri": {"http://localhost:6274/oauth/callback"}, "response_type": {"code"}, "resource": {tools},
		"code_challenge": {strings.Repeat("x", 43)}, "code_challenge_method": {"S256"},
	}
	resp, _ = send(t, "GET", issuer+"/authorize?"+query.Encode(), "", "")
	if to := resp.Header.Get("Location"); !strings.HasPrefix(to, "/login?") {
		t.Errorf("authorize: %d %s", resp.StatusCode, to)
	}
}

func TestClientsAreClosedOtherwise(t *testing.T) {
	t.Parallel()
	issuer := start(t, dev.Settings{})
	_, doc := send(t, "GET", issuer+"/.well-known/openid-configuration", "", "")
	resp, _ := send(t, "POST", issuer+"/oauth/register", "application/json", `{}`)
	if doc["registration_endpoint"] != nil || doc["client_id_metadata_document_supported"] != nil || resp.StatusCode < http.StatusBadRequest {
		t.Errorf("registration: %d, discovery %v", resp.StatusCode, doc)
	}
}

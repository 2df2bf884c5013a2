// Command device is a program in a terminal, or on a television, that signs
// somebody in with idp: the device grant (RFC 8628), by coreos/go-oidc and
// x/oauth2. It shows a code, waits, and says who connected it.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// This client is public: what runs on other people's devices keeps no secret.
const clientID = "example-device"

func main() {
	issuer := os.Getenv("ISSUER")
	if issuer == "" {
		issuer = "http://localhost:8080"
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	email, err := connect(ctx, issuer)
	if err != nil {
		log.Fatal(err) //nolint:gocritic // nothing is left to stop
	}
	fmt.Println("Signed in as", email)
}

// connect shows the code and returns who typed it.
func connect(ctx context.Context, issuer string) (email string, err error) {
	provider, err := oidc.NewProvider(ctx, issuer)
	if err != nil {
		return "", fmt.Errorf("is idp running at %q? %w", issuer, err)
	}
	client := oauth2.Config{ClientID: clientID, Endpoint: provider.Endpoint(), Scopes: []string{oidc.ScopeOpenID, "email", "profile"}}
	code, err := client.DeviceAuth(ctx)
	if err != nil {
		return "", fmt.Errorf("ask for a code: %w", err)
	}
	fmt.Printf("Open %s\nand type %s\n", code.VerificationURI, code.UserCode)
	token, err := client.DeviceAccessToken(ctx, code) // asks again and again, at the pace that idp names
	if err != nil {
		return "", fmt.Errorf("nobody connected it: %w", err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := provider.Verifier(&oidc.Config{ClientID: clientID}).Verify(ctx, raw)
	if err != nil {
		return "", fmt.Errorf("check the ID token: %w", err)
	}
	var person struct {
		Email string `json:"email"`
	}
	err = id.Claims(&person)
	return person.Email, err
}

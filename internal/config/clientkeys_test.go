package config_test

import (
	"strings"
	"testing"

	"idp/internal/config"
	"idp/internal/idp"
)

const (
	goodKey    = `{kty: OKP, crv: Ed25519, kid: k1, x: 11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo}`
	secretLine = `secrets: ["sha256:notesnotesnotesnotesnotesnotesnotesnotesnot"]`
)

// signing is the minimal configuration with other lines instead of the secrets.
func signing(lines string) string { return strings.Replace(minimal(""), secretLine, lines, 1) }

func TestClientKeys(t *testing.T) {
	got, err := config.Parse("idp.yaml", []byte(signing(`auth_method: private_key_jwt
    jwks: {"keys": [`+goodKey+`]}`)), environment)
	if err != nil {
		t.Fatal(err)
	}
	c := got.Declared[0]
	if c.AuthMethod != idp.AuthKey || len(c.Keys) != 1 || c.Keys[0].ID != "k1" || c.Keys[0].Algorithm != idp.EdDSA {
		t.Fatalf("%+v", c)
	}
}

// Any port is free where an administrator writes it; nobody is asked at the load.
func TestClientKeyAddress(t *testing.T) {
	got, err := config.Parse("idp.yaml", []byte(signing("auth_method: private_key_jwt\n    jwks_uri: https://app.invalid:8443/jwks")), environment)
	if err != nil || got.Declared[0].JWKSURI != "https://app.invalid:8443/jwks" {
		t.Fatal(got, err)
	}
}

func TestClientKeyFaults(t *testing.T) {
	withKeys := func(keys string) string { return "auth_method: private_key_jwt\n    jwks: {keys: [" + keys + "]}" }
	for name, c := range map[string]struct{ lines, want string }{
		"no keys":           {"auth_method: private_key_jwt", "clients[0].jwks: is missing"},
		"an empty set":      {withKeys(""), "clients[0].jwks.keys: must be 1 to 6 keys"},
		"secrets too":       {withKeys(goodKey) + "\n    " + secretLine, "clients[0].secrets: must not be set with auth_method: private_key_jwt"},
		"public":            {"type: public\n    jwks: {keys: [" + goodKey + "]}", "clients[0].jwks: must not be set"},
		"a private key":     {withKeys(strings.Replace(goodKey, "kid:", "d: c2VjcmV0, kid:", 1)), "clients[0].jwks.keys[0]: holds a private key"},
		"no JWK":            {withKeys("{kty: OKP}"), "clients[0].jwks.keys[0]: is not a JWK"},
		"for encryption":    {withKeys(strings.Replace(goodKey, "kid:", "use: enc, kid:", 1)), "must be sig"},
		"another algorithm": {withKeys(strings.Replace(goodKey, "kid:", "alg: RS256, kid:", 1)), "is for another algorithm than EdDSA"},
		"the same kid":      {withKeys(goodKey + ", " + goodKey), "clients[0].jwks.keys[1]: has the kid of another key"},
		"several, no kid":   {withKeys(goodKey + ", " + strings.Replace(goodKey, "kid: k1, ", "", 1)), "clients[0].jwks.keys[1]: needs a kid"},
		"a short RSA key":   {withKeys("{kty: RSA, e: AQAB, n: " + strings.Repeat("u", 171) + "}"), "need at least 2048 bits"},
		"both":              {withKeys(goodKey) + "\n    jwks_uri: https://app.example.com/jwks", "clients[0].jwks_uri: and jwks exclude each other"},
		"http":              {"auth_method: private_key_jwt\n    jwks_uri: http://localhost/jwks", "clients[0].jwks_uri: must be an https address"},
		"public, published": {"type: public\n    jwks_uri: https://app.example.com/jwks", "clients[0].jwks_uri: must not be set"},
		"a shared secret":   {withKeys("{kty: oct, k: c2VjcmV0}"), "holds a private key"},
	} {
		_, err := config.Parse("idp.yaml", []byte(signing(c.lines)), environment)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "c2VjcmV0") {
			t.Errorf("%s: the error repeats the secret: %v", name, err)
		}
	}
}

package clientmeta_test

import (
	"slices"
	"strings"
	"testing"

	"idp/internal/clientmeta"
	"idp/internal/idp"
	"idp/internal/secret"
)

var scopes = []string{"openid", "email", "offline_access"}

func client(text string, hashes ...secret.Hash) (idp.Client, *clientmeta.Fault) {
	m, f := clientmeta.Parse([]byte(text))
	if f != nil {
		return idp.Client{}, f
	}
	return m.Client("dyn_x", scopes, hashes...)
}

const callback = `"client_name":"App","redirect_uris":["https://app.example.com/cb"]`

func TestWhatIsSaidBecomesAClient(t *testing.T) {
	t.Parallel()
	c, f := client(`{` + callback + `,"token_endpoint_auth_method":"none","client_uri":"https://app.example.com/","scope":"email openid admin",
		"grant_types":["authorization_code","refresh_token","urn:ietf:params:oauth:grant-type:device_code"],"logo_uri":{"x":1}}`)
	if f != nil {
		t.Fatal(f)
	}
	if c.ID != "dyn_x" || !c.Public() || c.Native || c.Consent != idp.ConsentAlways || !c.Stranger || c.HomeURI != "https://app.example.com/" ||
		!slices.Equal(c.Scopes, []string{"openid", "email"}) || !slices.Equal(c.GrantTypes, []string{"authorization_code", "refresh_token"}) {
		t.Errorf("%+v", c)
	}
	if c, f = client(`{`+callback+`}`, "hash"); f != nil || c.Public() || len(c.SecretHashes) != 1 || !slices.Equal(c.Scopes, scopes) || c.MayGrant("refresh_token") {
		t.Errorf("%+v %v", c, f)
	}
	for text, native := range map[string]bool{
		`["http://127.0.0.1/cb"]`:                            true,
		`["http://localhost:8080/cb"]`:                       true,
		`["com.example.app:/cb"]`:                            true,
		`["https://app.example.com/cb"]`:                     false,
		`["http://localhost/"],"application_type":"web"`:     false,
		`["https://a.example/"],"application_type":"native"`: true,
	} {
		if c, f = client(`{"client_name":"App","token_endpoint_auth_method":"none","redirect_uris":` + text + `}`); f != nil || c.Native != native {
			t.Errorf("%s: native %v, %v", text, c.Native, f)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 2001)
	for text, want := range map[string]string{
		`[]`: clientmeta.InvalidMetadata, ``: clientmeta.InvalidMetadata, `null`: clientmeta.InvalidMetadata, `{`: clientmeta.InvalidMetadata,
		`{} {}`: clientmeta.InvalidMetadata, `{"a":1,"a":1}`: clientmeta.InvalidMetadata, "{\"a\":\"\xff\"}": clientmeta.InvalidMetadata,
		`{"client_name":"App"}`:                                             clientmeta.InvalidRedirectURI,
		`{"redirect_uris":["https://app.example.com/cb"]}`:                  clientmeta.InvalidMetadata,
		`{"Client_Name":"App","redirect_uris":["https://a.example"]}`:       clientmeta.InvalidMetadata,
		`{"client_name":"App","redirect_uris":"https://a.example"}`:         clientmeta.InvalidRedirectURI,
		`{"client_name":"App","redirect_uris":null}`:                        clientmeta.InvalidRedirectURI,
		`{"client_name":7,"redirect_uris":["https://a.example"]}`:           clientmeta.InvalidMetadata,
		`{"client_name":"a\u202eb","redirect_uris":["https://a.example"]}`:  clientmeta.InvalidMetadata,
		`{` + callback + `,"token_endpoint_auth_method":"private_key_jwt"}`: clientmeta.InvalidMetadata,
		`{` + callback + `,"grant_types":["implicit"]}`:                     clientmeta.InvalidMetadata,
		`{` + callback + `,"response_types":["token"]}`:                     clientmeta.InvalidMetadata,
		`{` + callback + `,"application_type":"desktop"}`:                   clientmeta.InvalidMetadata,
		`{` + callback + `,"scope":"admin"}`:                                clientmeta.InvalidMetadata,
		`{` + callback + `,"id_token_signed_response_alg":"none"}`:          clientmeta.InvalidMetadata,
		`{` + callback + `,"client_uri":"javascript:alert(1)"}`:             clientmeta.InvalidMetadata,
		`{` + callback + `,"client_uri":"https://\u0430pple.com/"}`:         clientmeta.InvalidMetadata,
	} {
		if !strings.Contains(text, "token_endpoint_auth_method") {
			text = strings.Replace(text, `{"`, `{"token_endpoint_auth_method":"none","`, 1)
		}
		if _, f := client(text); f == nil || f.Code != want {
			t.Errorf("%s: %v, want %s", text, f, want)
		}
	}
	for _, uri := range []string{
		"http://app.example.com/cb", "https://app.example.com/cb#x", "https://*.example.com/", "https://a:b@app.example.com/", "javascript:alert(1)",
		"data:text/html,x", "file:///etc/passwd", "/cb", "https://", "https:// app.example.com", "https://app.example.com/" + long,
		"https://\u0430pple.com/cb", "https://%D0%B0pple.com/cb", "https://bank.com\u2024evil.example/cb",
	} {
		if _, f := client(`{"client_name":"App","token_endpoint_auth_method":"none","redirect_uris":["` + uri + `"]}`); f == nil || f.Code != clientmeta.InvalidRedirectURI {
			t.Errorf("%.60s: %v", uri, f)
		}
	}
}

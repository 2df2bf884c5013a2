package nativeapi_test

import (
	"net/http"
	"strings"
	"testing"

	"idp/internal/nativeapi"
)

// What is wrong with a request is said in words, and no mail goes out.
func TestMalformedRequests(t *testing.T) {
	p := one(t)
	before := p.Inbox.Last()
	for what, c := range map[string]struct {
		body   string
		status int
		says   string
	}{
		"nothing":               {``, 400, "must be a JSON object"},
		"a text":                {`"phone"`, 400, "must be a JSON object"},
		"a list":                {`[]`, 400, "must be a JSON object"},
		"a form":                {`email=ada@example.com&app_id=phone`, 400, "must be a JSON object"},
		"half of it":            {`{"email":"ada@example.com","app_id":"phone"`, 400, "not well-formed"},
		"a comma too much":      {`{"email":"ada@example.com","app_id":"phone",}`, 400, "not well-formed"},
		"two objects":           {`{"email":"ada@example.com","app_id":"phone"}{}`, 400, "stands behind"},
		"no app":                {`{"email":"ada@example.com"}`, 400, "app_id is missing"},
		"no email":              {`{"app_id":"phone"}`, 400, "email is missing"},
		"an empty email":        {`{"email":"","app_id":"phone"}`, 400, "email is missing"},
		"a number":              {`{"email":1,"app_id":"phone"}`, 400, "email must be a text"},
		"null":                  {`{"email":null,"app_id":"phone"}`, 400, "email must be a text"},
		"a list of addresses":   {`{"email":["ada@example.com","eve@example.com"],"app_id":"phone"}`, 400, "email must be a text"},
		"an object":             {`{"email":{"$ne":""},"app_id":"phone"}`, 400, "email must be a text"},
		"email twice":           {`{"email":"ada@example.com","app_id":"phone","email":"eve@example.com"}`, 400, "twice"},
		"email twice, escaped":  {`{"email":"ada@example.com","app_id":"phone","\u0065mail":"eve@example.com"}`, 400, "twice"},
		"ignored, but twice":    {`{"x":1,"email":"ada@example.com","app_id":"phone","x":2}`, 400, "twice"},
		"EMAIL":                 {`{"EMAIL":"ada@example.com","app_id":"phone"}`, 400, "email is missing"},
		"a null byte":           {`{"email":"ada@example.com\u0000","app_id":"phone"}`, 400, "control characters"},
		"a second line":         {`{"email":"ada@example.com\r\nBcc: eve@example.com","app_id":"phone"}`, 400, "control characters"},
		"no UTF-8":              {"{\"email\":\"ada\xff@example.com\",\"app_id\":\"phone\"}", 400, "must be UTF-8"},
		"no address":            {`{"email":"ada","app_id":"phone"}`, 400, "name@example.com"},
		"two addresses":         {`{"email":"ada@example.com,eve@example.com","app_id":"phone"}`, 400, "name@example.com"},
		"deep":                  {`{"email":"ada@example.com","app_id":"phone","x":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`, 400, "nested too deeply"},
		"wide":                  {`{"email":"ada@example.com","app_id":"phone","x":"` + strings.Repeat("x", 5000) + `"}`, 413, "4 KB"},
		"an unknown app":        {`{"email":"ada@example.com","app_id":"nobody"}`, 404, "no application"},
		"an app without it":     {`{"email":"ada@example.com","app_id":"native"}`, 404, "no application"},
		"an app by its address": {`{"email":"ada@example.com","app_id":"https://app.example.com/id"}`, 404, "no application"},
	} {
		reply := p.Do(p.JSONText(nativeapi.PathSend, c.body))
		if reply.Status != c.status || reply.Fault() == "" || !strings.Contains(reply.Text("error_description"), c.says) || reply.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %s", what, reply)
		}
	}
	if p.Inbox.Last() != before {
		t.Error("a mail went out")
	}
	if reply := p.Do(p.JSONText(nativeapi.PathSend, ` {"app_id":"phone", "phone":{"os":["x",{"y":null}]}, "email":"ada@example.com", "n":1e9}`+"\n")); reply.Status != http.StatusOK {
		t.Errorf("what is not known is not ignored: %s", reply)
	}
}

func TestMalformedVerification(t *testing.T) {
	p := one(t)
	for what, c := range map[string]struct{ path, body, says string }{
		"no token":           {nativeapi.PathLink, `{"app_id":"phone"}`, "token is missing"},
		"a token in numbers": {nativeapi.PathLink, `{"app_id":"phone","token":1}`, "token must be a text"},
		"no code":            {nativeapi.PathCode, `{"app_id":"phone","email":"ada@example.com"}`, "code is missing"},
		"a code in numbers":  {nativeapi.PathCode, `{"app_id":"phone","email":"ada@example.com","code":12345}`, "code must be a text"},
		"a code of nobody":   {nativeapi.PathCode, `{"app_id":"phone","code":"123456"}`, "one of challenge and email"},
		"both":               {nativeapi.PathCode, `{"app_id":"phone","code":"123456","email":"ada@example.com","challenge":"x"}`, "one of challenge and email"},
		"no address":         {nativeapi.PathCode, `{"app_id":"phone","code":"123456","email":"ada"}`, "name@example.com"},
		"a null byte":        {nativeapi.PathCode, `{"app_id":"phone","code":"123456","challenge":"ch_\u0000.x"}`, "control characters"},
	} {
		if reply := p.Do(p.JSONText(c.path, c.body)); reply.Status != http.StatusBadRequest || !strings.Contains(reply.Text("error_description"), c.says) {
			t.Errorf("%s: %s", what, reply)
		}
	}
}

// What a form or a link can send is not taken.
func TestContentTypesAndMethods(t *testing.T) {
	p := one(t)
	good := `{"email":"ada@example.com","app_id":"phone"}`
	for _, contentType := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx", "application/json, text/plain"} {
		req := p.JSONText(nativeapi.PathSend, good)
		req.Header.Set("Content-Type", contentType)
		if reply := p.Do(req); reply.Status != http.StatusUnsupportedMediaType && reply.Status != http.StatusBadRequest {
			t.Errorf("content type %q: %s", contentType, reply)
		}
	}
	for _, contentType := range []string{"application/json; charset=utf-8", "Application/JSON"} {
		req := p.JSONText(nativeapi.PathSend, good)
		req.Header.Set("Content-Type", contentType)
		if reply := p.Do(req); reply.Status != http.StatusOK {
			t.Errorf("content type %q: %s", contentType, reply)
		}
	}
	if reply := p.Do(p.JSONText(nativeapi.PathSend+"?app_id=phone", good)); reply.Status != http.StatusBadRequest {
		t.Errorf("a query: %s", reply)
	}
	for path, allow := range map[string]string{nativeapi.PathSend: "POST, OPTIONS", nativeapi.PathLink: "POST, OPTIONS", nativeapi.PathCode: "POST, OPTIONS", nativeapi.PathSignOut: "POST, OPTIONS", nativeapi.PathMe: "GET, HEAD, OPTIONS"} {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch} {
			if strings.Contains(allow, method) {
				continue
			}
			req := p.JSONText(path, good)
			req.Method = method
			if reply := p.Do(req); reply.Status != http.StatusMethodNotAllowed || reply.Header.Get("Allow") != allow {
				t.Errorf("%s %s: %s, Allow %q", method, path, reply, reply.Header.Get("Allow"))
			}
		}
	}
	if text := p.Get("/.well-known/openid-configuration", "").Body; strings.Contains(text, "/v1/") {
		t.Error("discovery says something of it")
	}
}

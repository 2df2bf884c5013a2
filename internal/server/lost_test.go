package server_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// An application whose issuer was typed wrongly logs the answer: it says what is
// right. People get the page.
func TestProgramsThatAreLostHearTheIssuer(t *testing.T) {
	h, log := newHandler(t, ok)
	for accept, page := range map[string]bool{
		"": false, "*/*": false, "application/json": false, "text/html,application/xhtml+xml,*/*;q=0.8": true,
	} {
		for _, method := range []string{"GET", "POST"} {
			target := "/.well-known/openid-configuration/.well-known/openid-configuration"
			w := do(h, method, target, map[string]string{"POST": "a=b"}[method], "Accept", accept)
			if w.Code != 404 || strings.Contains(w.Body.String(), "<html") != page {
				t.Errorf("%s, Accept %q: %d %s", method, accept, w.Code, w.Body)
			}
			if page {
				continue
			}
			var answer struct {
				Error       string `json:"error"`
				Description string `json:"error_description"`
			}
			err := json.Unmarshal(w.Body.Bytes(), &answer)
			if err != nil || answer.Error == "" || !strings.Contains(answer.Description, " https://login.example.com/.well-known/openid-configuration ") || w.Header().Get("Content-Type") != "application/json" {
				t.Errorf("%s, Accept %q: %s", method, accept, w.Body)
			}
		}
	}
	if strings.Contains(log.String(), "openid-configuration") {
		t.Errorf("the path is in the log: %s", log)
	}
}

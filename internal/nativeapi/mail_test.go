package nativeapi_test

import (
	"strings"
	"testing"

	"idp/internal/apptest"
)

// The mail leads to the application, if that has an address for it, and says only
// what is true where no page of ours waits.
func TestLetter(t *testing.T) {
	p := one(t)
	for name, c := range map[string]struct {
		client       apptest.Client
		link         string
		inHTML, says string
	}{
		"own scheme": {apptest.Phone, "com.example.phone:/sign-in?token=", `href="com.example.phone:/sign-in?token=`, "on the device where you asked for it"},
		"app link":   {apptest.Shop, "https://shop.example.com/sign-in?from=mail&token=", `href="https://shop.example.com/sign-in?from=mail&amp;token=`, "on the device where you asked for it"},
		"our page":   {apptest.Tablet, p.URL + "/l/", `href="` + p.URL + "/l/", "Type it where you asked for it"},
	} {
		mail := ask(t, p, c.client, ada)
		if mail.Link != c.link+mail.Token || !strings.Contains(mail.HTML, c.inHTML+mail.Token) {
			t.Errorf("%s: the link is %s\n%s", name, mail.Link, mail.HTML)
		}
		for form, text := range map[string]string{"text": mail.Text, "HTML": mail.HTML} {
			if !strings.Contains(text, c.says) || strings.Contains(text, "shows the number") || strings.Contains(text, " #"+mail.Code) || strings.Contains(text, "ZgotmplZ") {
				t.Errorf("%s, %s:\n%s", name, form, text)
			}
		}
	}
}

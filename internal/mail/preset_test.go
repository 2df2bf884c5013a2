package mail_test

import (
	"encoding/json"
	"strings"
	"testing"

	"idp/internal/mail"
)

// SendGrid reads one header that holds JSON: all that changes letters is off in it.
func TestSendGridLeavesLettersAlone(t *testing.T) {
	t.Parallel()
	preset, _ := mail.PresetOf("sendgrid")
	if len(preset.Headers) != 1 || preset.Headers[0].Name != "X-SMTPAPI" {
		t.Fatalf("%v", preset.Headers)
	}
	folded := preset.Headers[0].Value
	for line := range strings.SplitSeq(folded, "\r\n ") {
		if len(line) > 78 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("a line that mail servers may break: %q", line)
		}
	}
	var got struct {
		Filters map[string]struct {
			Settings struct {
				Enable *int `json:"enable"`
			} `json:"settings"`
		} `json:"filters"`
	}
	if err := json.Unmarshal([]byte(strings.ReplaceAll(folded, "\r\n ", " ")), &got); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"clicktrack", "opentrack", "ganalytics", "subscriptiontrack"} {
		if enable := got.Filters[name].Settings.Enable; enable == nil || *enable != 0 {
			t.Errorf("%s is not off", name)
		}
	}
}

package bounce_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"idp/internal/bounce"
)

// The shapes in which mail servers report; written by hand after their manners.
func TestParse(t *testing.T) {
	t.Parallel()
	want := map[string]bounce.Report{
		"postfix":         {Recipients: []string{"nobody@example.net", "nobody@example.net", "nobody@example.net"}, Action: "failed", Status: "5.1.1"},
		"postfix-delayed": {Recipients: []string{"ada@example.net", "ada@example.net"}, Action: "delayed", Status: "4.4.1"},
		"exim":            {Recipients: []string{"nobody@example.net", "nobody@example.net"}, Action: "failed", Status: "5.1.1"},
		"sendmail":        {Recipients: []string{"nobody@example.net", "nobody@example.net"}, Action: "failed", Status: "5.1.1"},
		"exchange":        {Recipients: []string{"nobody@example.net", "nobody@example.net"}, Action: "failed", Status: "5.1.10"},
		"gmail":           {Recipients: []string{"nobody@example.net", "nobody@example.net"}, Action: "failed", Status: "5.1.1"},
		"ses":             {Recipients: []string{"nobody@example.net", "nobody@example.net"}, Action: "failed", Status: "5.1.1"},
		"full":            {Recipients: []string{"full@example.net", "full@example.net"}, Action: "failed", Status: "5.2.2"},
		"policy":          {Recipients: []string{"ada@example.net", "ada@example.net"}, Action: "failed", Status: "5.7.1"},
		"forwarded":       {Recipients: []string{"ada@elsewhere.example.org", "ada+2Blogin@example.net", "ada+login@example.net"}, Action: "failed", Status: "5.1.1"},
		"expired":         {Recipients: []string{"ada@example.net"}, Action: "failed", Status: "4.4.7"},
		"delivered":       {Recipients: []string{"ada@example.net"}, Action: "delivered", Status: "2.0.0"},
		"base64":          {Recipients: []string{"nobody@example.net", "nobody@example.net"}, Action: "failed", Status: "5.1.1"},
		"smtputf8":        {Recipients: []string{"nobody@example.net", "nobody@example.net"}, Action: "failed", Status: "5.1.1"},
		"attached":        {Recipients: []string{"nobody@example.net", "nobody@example.net"}, Action: "failed", Status: "5.1.1"},
		"lax":             {Recipients: []string{"nobody@example.net"}, Action: "failed", Status: "5.0.0"},
	}
	files, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(files) != len(want)+2 {
		t.Fatalf("%d samples, %v", len(files), err)
	}
	for name, w := range want {
		for _, lineEnd := range []string{"\n", "\r\n"} {
			reports, err := bounce.Parse(strings.NewReader(sample(t, name, lineEnd)))
			if err != nil || len(reports) != 1 {
				t.Errorf("%s: %v, %v", name, reports, err)
				continue
			}
			r := reports[0]
			if !slices.Equal(r.Recipients, w.Recipients) || r.Action != w.Action || r.Status != w.Status {
				t.Errorf("%s: %q, %s, %s", name, r.Recipients, r.Action, r.Status)
			}
			if !strings.Contains(r.Returned, "let_06hhgq2g026yb5gmecjmb9n0d4.0123456789abcdef") {
				t.Errorf("%s: our reference is not in %q", name, r.Returned)
			}
		}
	}
}

func sample(t *testing.T, name, lineEnd string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name+".eml"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(raw), "\n", lineEnd)
}

func TestSeveralRecipients(t *testing.T) {
	t.Parallel()
	reports, err := bounce.Parse(strings.NewReader(sample(t, "several", "\r\n")))
	if err != nil || len(reports) != 2 || reports[0].Action != "failed" || reports[1].Action != "delayed" || reports[1].Recipients[0] != "b@example.net" {
		t.Errorf("%+v, %v", reports, err)
	}
}

func TestOtherMailsAreNoReports(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"empty": "", "no header": "hello", "an answer": sample(t, "vacation", "\n"), "no boundary": "Content-Type: multipart/report\n\nx",
		"deep":     strings.Repeat("Content-Type: multipart/mixed; boundary=a\n\n--a\n", 50),
		"no block": "Content-Type: multipart/report; boundary=a\n\n--a\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; a\n--a--\n",
	} {
		if reports, err := bounce.Parse(strings.NewReader(text)); !errors.Is(err, bounce.ErrNoReport) {
			t.Errorf("%s: %v, %v", name, reports, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*.eml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(raw))
	}
	f.Fuzz(func(t *testing.T, text string) {
		reports, err := bounce.Parse(strings.NewReader(text))
		if (err == nil) != (len(reports) > 0) {
			t.Errorf("%d reports, %v", len(reports), err)
		}
	})
}

// Servers do not always write a Content-Type by the rules.
func TestContentTypesOfReports(t *testing.T) {
	t.Parallel()
	const good = `multipart/report; report-type=delivery-status;
	boundary="4F1B2C3D4E.1778077867/mx.example.net"`
	mail := sample(t, "postfix", "\r\n")
	for _, written := range []string{
		`multipart/report; report-type=delivery-status; boundary=4F1B2C3D4E.1778077867/mx.example.net`,
		`Multipart/Report; report-type=delivery-status;; BOUNDARY = "4F1B2C3D4E.1778077867/mx.example.net";`,
		`multipart/report (a report); boundary="4F1B2C3D4E.1778077867/mx.example.net"`,
		`multipart/report; charset=; boundary=4F1B2C3D4E.1778077867/mx.example.net; x`,
		`multipart/report; report-type=delivery-status; report-type=delivery-status; boundary="4F1B2C3D4E.1778077867/mx.example.net"`,
	} {
		changed := strings.Replace(mail, strings.ReplaceAll(good, "\n", "\r\n"), written, 1)
		if changed == mail {
			t.Fatal("the sample has another Content-Type")
		}
		reports, err := bounce.Parse(strings.NewReader(changed))
		if err != nil || len(reports) != 1 || reports[0].Status != "5.1.1" {
			t.Errorf("%s: %+v, %v", written, reports, err)
		}
	}
	for _, written := range []string{"", "multipart/report", `multipart/report; boundary=""`, ";;;", "(", "multipart/report; boundary", "text/plain"} {
		changed := strings.Replace(mail, strings.ReplaceAll(good, "\n", "\r\n"), written, 1)
		if reports, err := bounce.Parse(strings.NewReader(changed)); !errors.Is(err, bounce.ErrNoReport) {
			t.Errorf("%s: %+v, %v", written, reports, err)
		}
	}
}

package nativeapi

import (
	"encoding/json"
	"testing"
)

// Whatever parse takes is JSON, and says what encoding/json reads in it.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{"email":"ada@example.com","app_id":"phone"}`, `{"x":[{"y":1e9},null,"z"],"code":"123456"}`, `{}`, `{"a":{}}`, `{"a" 1}`, `{"a":1 "b":2}`,
		`{"a":]}`, `{"a":[}}`, `{"email":"\ud800"}`, `{"email":"\u0000"}`, "{\"email\":\"\x80\"}", `{"a":1}x`, `{"a":1,}`, `{,}`, `{"a"}`, `[`, `{"a":[[[[[[[[[]]]]]]]]]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := parse(body)
		if err != nil {
			return
		}
		var want map[string]any
		if err := json.Unmarshal(body, &want); err != nil {
			t.Fatalf("%q was taken: %v", body, err)
		}
		for name, text := range got {
			if want[name] != text {
				t.Fatalf("%q: %s is %q, not %q", body, name, text, want[name])
			}
		}
		for name := range names {
			if _, there := want[name]; there != (got[name] != "" || want[name] == "") {
				t.Fatalf("%q: %s was lost", body, name)
			}
		}
	})
}

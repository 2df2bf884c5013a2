package inbox

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/mail"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// object reads an answer as Mailpit's clients do and checks its very keys.
func object(t *testing.T, text string, keys string) map[string]any {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	want := strings.Fields(keys)
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(o)); !slices.Equal(got, want) {
		t.Errorf("keys %v, want %v", got, want)
	}
	for key, value := range o {
		if value == nil {
			t.Errorf("%s is null", key)
		}
	}
	return o
}

func list(t *testing.T, a answer) map[string]any {
	t.Helper()
	wantStatus(t, a, http.StatusOK)
	if got := a.header.Get("Content-Type"); got != "application/json" {
		t.Errorf("content type %q", got)
	}
	return object(t, a.body, "total unread count messages_count messages_unread start tags messages")
}

func TestAPIListsMessages(t *testing.T) {
	t.Parallel()
	store := NewStore(Limits{})
	site := newSite(t, store, Options{})
	if l := list(t, get(t, site+"/api/v1/messages")); l["total"] != 0.0 || len(l["messages"].([]any)) != 0 {
		t.Errorf("empty store: %v", l)
	}
	for _, subject := range []string{"one", "two", "three"} {
		mustAdd(t, store, "a@example.com", subject)
	}
	l := list(t, get(t, site+"/api/v1/messages?start=1&limit=1"))
	want := map[string]any{"total": 3.0, "unread": 3.0, "count": 1.0, "messages_count": 3.0,
		"messages_unread": 3.0, "start": 1.0, "tags": []any{}, "messages": l["messages"]}
	if !reflect.DeepEqual(l, want) {
		t.Errorf("list %v, want %v", l, want)
	}
	text, _ := json.Marshal(l["messages"].([]any)[0])
	m := object(t, string(text), "ID MessageID Read From To Cc Bcc ReplyTo Subject Created Tags Size Attachments Snippet")
	if m["Subject"] != "two" || m["MessageID"] != "one@example.com" || m["Read"] != false ||
		m["Snippet"] != "Hello a@example.com." || m["Attachments"] != 0.0 ||
		!reflect.DeepEqual(m["From"], map[string]any{"Name": "Identity", "Address": "idp@example.com"}) ||
		!reflect.DeepEqual(m["To"], []any{map[string]any{"Name": "", "Address": "a@example.com"}}) {
		t.Errorf("summary %v", m)
	}
	if l := list(t, get(t, site+"/api/v1/messages?limit=0&start=x")); l["count"] != 3.0 {
		t.Errorf("limit 0 lists %v, want all", l["count"])
	}
}

func TestAPISearches(t *testing.T) {
	t.Parallel()
	store := NewStore(Limits{})
	mustAdd(t, store, "a@example.com", "one")
	mustAdd(t, store, "b@example.com", "two")
	mustAdd(t, store, "a@example.com", "three")
	search := newSite(t, store, Options{}) + "/api/v1/search?query="
	l := list(t, get(t, search+url.QueryEscape(`to:"A@example.com"`)+"&limit=1"))
	first := l["messages"].([]any)[0].(map[string]any)
	if l["total"] != 3.0 || l["messages_count"] != 2.0 || l["count"] != 1.0 || first["Subject"] != "three" {
		t.Errorf("search %v", l)
	}
	if l := list(t, get(t, search+"to:c@example.com")); l["messages_count"] != 0.0 {
		t.Errorf("search for nobody: %v", l)
	}
	wantStatus(t, get(t, search), http.StatusBadRequest)
}

func TestAPIShowsAMessage(t *testing.T) {
	t.Parallel()
	store := NewStore(Limits{})
	m, err := store.Add(Envelope{From: "bounce@example.com", To: []string{"a@example.com", "b@example.com"}}, crlf(letter))
	if err != nil {
		t.Fatal(err)
	}
	api := newSite(t, store, Options{}) + "/api/v1/message/"
	a := get(t, api+m.ID)
	wantStatus(t, a, http.StatusOK)
	o := object(t, a.body, "ID MessageID From To Cc Bcc ReplyTo ReturnPath Subject Date Tags Text HTML Size Inline Attachments")
	if o["ID"] != m.ID || o["Subject"] != "Grüße und Küsse" || o["HTML"] != "<p>Grüße</p>" ||
		o["ReturnPath"] != "bounce@example.com" || o["Date"] != "2026-03-20T10:00:00+01:00" ||
		o["Size"] != float64(len(m.Raw)) || len(o["Inline"].([]any)) != 1 {
		t.Errorf("message %v", o)
	}
	text, _ := json.Marshal(o["Attachments"].([]any)[0])
	object(t, string(text), "PartID FileName ContentType ContentID Size")

	if raw := get(t, api+m.ID+"/raw"); raw.body != string(m.Raw) || !strings.HasPrefix(raw.header.Get("Content-Type"), "text/plain") {
		t.Errorf("raw %q as %q", raw.body, raw.header.Get("Content-Type"))
	}
	var headers mail.Header
	if err := json.Unmarshal([]byte(get(t, api+"latest/headers").body), &headers); err != nil {
		t.Fatal(err)
	}
	if got := headers["Message-Id"]; !slices.Equal(got, []string{"<letter@example.com>"}) {
		t.Errorf("headers %v", headers)
	}
}

func TestAPILatest(t *testing.T) {
	t.Parallel()
	store := NewStore(Limits{})
	api := newSite(t, store, Options{}) + "/api/v1/message/"
	wantStatus(t, get(t, api+"latest"), http.StatusNotFound)
	mustAdd(t, store, "a@example.com", "for a")
	mustAdd(t, store, "b@example.com", "for b")
	wantText(t, get(t, api+"latest"), `"Subject":"for b"`)
	wantText(t, get(t, api+"latest?query=to:a@example.com"), `"Subject":"for a"`)
	wantStatus(t, get(t, api+"latest?query=to:c@example.com"), http.StatusNotFound)
}

func TestAPIErrorsArePlainText(t *testing.T) {
	t.Parallel()
	site := newSite(t, NewStore(Limits{}), Options{})
	for _, path := range []string{"message/gone", "message/gone/raw", "message/gone/headers", "tags"} {
		a := get(t, site+"/api/v1/"+path)
		if a.status != http.StatusNotFound || !strings.HasPrefix(a.header.Get("Content-Type"), "text/plain") {
			t.Errorf("%s: %d %s", path, a.status, a.header.Get("Content-Type"))
		}
	}
	wantStatus(t, ask(t, http.MethodPost, site+"/api/v1/messages", ""), http.StatusMethodNotAllowed)
}

func TestAPIDeletes(t *testing.T) {
	t.Parallel()
	store := NewStore(Limits{})
	site := newSite(t, store, Options{}) + "/api/v1/messages"
	one := mustAdd(t, store, "a@example.com", "one")
	mustAdd(t, store, "a@example.com", "two")
	mustAdd(t, store, "a@example.com", "three")
	steps := []struct {
		body   string
		status int
		left   int
	}{
		{`{"IDs":["` + one.ID + `"]}`, http.StatusOK, 2},
		{`{"IDs":`, http.StatusBadRequest, 2},
		{``, http.StatusOK, 0},
	}
	for _, step := range steps {
		a := ask(t, http.MethodDelete, site, step.body)
		if a.status != step.status || store.Len() != step.left {
			t.Errorf("body %q: %d, %d left; want %d, %d", step.body, a.status, store.Len(), step.status, step.left)
		}
	}
	mustAdd(t, store, "a@example.com", "four")
	if a := ask(t, http.MethodDelete, site, `{}`); a.body != "ok" || store.Len() != 0 {
		t.Errorf("body {}: %q, %d left", a.body, store.Len())
	}
}

package main

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"idp/internal/idp"
)

// What people are shown of a client has no nanoseconds, whichever spans it has.
func TestSpansAreShownAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	c := idp.ClientRecord{Client: idp.Client{ID: "notes"}}
	fields := reflect.ValueOf(&c.Client).Elem()
	spans := 0
	for i := range fields.NumField() {
		if fields.Field(i).Type() == reflect.TypeFor[time.Duration]() {
			fields.Field(i).SetInt(int64(10 * time.Minute))
			spans++
		}
	}
	text, err := json.Marshal(shown(&c))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), `:"10m"`); n != spans || n == 0 || strings.Contains(string(text), "600000000000") {
		t.Errorf("%d of %d spans in %s", n, spans, text)
	}
	if text, err = json.Marshal(shown(&idp.ClientRecord{Client: idp.Client{RefreshIdleTTL: 30 * 24 * time.Hour}})); err != nil || !strings.Contains(string(text), `"refresh_idle_ttl":"30d"`) || strings.Contains(string(text), "max_session_age") {
		t.Errorf("%s %v", text, err)
	}
}

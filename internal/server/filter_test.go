package server

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
)

// What the short way reads is what ParseForm reads, and whatever is not plain takes
// ParseForm's way.
func TestFormsAreReadAsParseFormDoes(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct{ target, kind, body string }{
		"plain":            {"/", formType, "a=1&b=%20x+y&a=2&empty=&flag"},
		"a semicolon":      {"/", formType, "a=1;b=2"},
		"a bad escape":     {"/", formType, "a=%zz"},
		"nothing":          {"/", formType, ""},
		"a query too":      {"/?a=0&q=1", formType, "a=1"},
		"with a charset":   {"/", formType + "; charset=utf-8", "a=1"},
		"a bad type":       {"/", formType + "; charset", "a=1"},
		"JSON":             {"/", "application/json", `{"a":1}`},
		"no type":          {"/", "", "a=1"},
		"bytes of all":     {"/", formType, "a=\x00\xff"},
		"as long as it is": {"/", formType, "a=" + strings.Repeat("x", maxBody-2)},
	} {
		request := func() *http.Request {
			r := httptest.NewRequest(http.MethodPost, c.target, strings.NewReader(c.body))
			r.Header.Set("Content-Type", c.kind)
			return r
		}
		want, got := request(), request()
		errWant := want.ParseForm()
		query, err := url.ParseQuery(got.URL.RawQuery)
		if err != nil {
			t.Fatal(err)
		}
		errGot := readForm(got, query)
		if (errWant == nil) != (errGot == nil) || errWant == nil && (!reflect.DeepEqual(got.Form, want.Form) || !reflect.DeepEqual(got.PostForm, want.PostForm)) {
			t.Errorf("%s: %v %v %v, ParseForm says %v %v %v", what, got.Form, got.PostForm, errGot, want.Form, want.PostForm, errWant)
		}
		if rest, _ := io.ReadAll(got.Body); len(rest) > 0 && c.kind == formType {
			t.Errorf("%s: %d bytes are left", what, len(rest))
		}
	}
}

// A body that ends before its length is no form.
func TestFormThatIsCut(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("a=1&b"))
	r.Header.Set("Content-Type", formType)
	r.ContentLength = 20
	if err := readForm(r, nil); err == nil {
		t.Errorf("it was read as %v", r.Form)
	}
}

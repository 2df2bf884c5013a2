package markup_test

import (
	"errors"
	"fmt"
	"html/template"
	"strings"
	"testing"
	texttemplate "text/template"
	"time"

	"idp/internal/markup"
)

// theirs is what Go's own templates make of text. The types that are known to be safe
// have other names there.
func theirs(t testing.TB, isHTML bool, text string, data any) (string, error) {
	t.Helper()
	funcs := map[string]any{
		"bold":  func(s string) template.HTML { return template.HTML("<b>" + markup.EscapeString(s) + "</b>") },
		"twice": func(s string) string { return s + s },
		"fail":  func() (string, error) { return "", errors.New("it failed") },
		"own":   func(s string) template.URL { return template.URL(s) },
		"join":  func(all []string) string { return strings.Join(all, ",") },
	}
	var b strings.Builder
	if isHTML {
		parsed, err := template.New("page").Funcs(funcs).Parse(text)
		if err != nil {
			return "", err
		}
		err = parsed.Execute(&b, data)
		return b.String(), err
	}
	parsed, err := texttemplate.New("page").Funcs(funcs).Parse(text)
	if err != nil {
		return "", err
	}
	err = parsed.Execute(&b, data)
	return b.String(), err
}

var funcs = markup.Funcs{
	"bold":  markup.F1(func(s string) markup.HTML { return markup.HTML("<b>" + markup.EscapeString(s) + "</b>") }),
	"twice": markup.F1(func(s string) string { return s + s }),
	"fail":  func([]any) (any, error) { return nil, errors.New("it failed") },
	"own":   markup.F1(func(s string) markup.URL { return markup.URL(s) }),
	"join":  markup.F1(func(all []string) string { return strings.Join(all, ",") }),
	"safe":  markup.F1(func(h markup.HTML) markup.HTML { return h }),
}

func compile(isHTML bool, text string) (*markup.Template, error) {
	s := markup.NewText(funcs)
	if isHTML {
		s = markup.NewHTML(funcs)
	}
	if err := s.Parse("page", text); err != nil {
		return nil, err
	}
	return s.Compile("page")
}

func ours(isHTML bool, text string, data any) (string, error) {
	t, err := compile(isHTML, text)
	if err != nil {
		return "", err
	}
	return t.String(data)
}

type named string

type names []string

type spoken int

func (s spoken) String() string { return fmt.Sprintf("<%d>", int(s)) }

type inner struct{ A, B string }

type embedded struct{ Deep string }

type sample struct {
	embedded
	Text, Empty string
	Named       named
	Number      int
	Half        float64
	Small       uint8
	Yes, No     bool
	List        []string
	Names       names
	None        []string
	Items       []inner
	Map         map[string]any
	Counts      map[named]int
	Ages        map[string]int
	Spokens     []*spoken
	Pointer     *inner
	Nil         *inner
	Any         any
	Spoken      spoken
	Err         error
	At, Never   time.Time
	Since, Till *time.Time
}

var five = spoken(5)

var since = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

var data = sample{
	Names: names{"x", "y"},
	Since: &since,
	Ages:  map[string]int{"ada": 36}, Spokens: []*spoken{&five},
	embedded: embedded{"deep"}, Text: `<a href="x">O'Neill & "co" + 1</a>`, Named: "named<", Number: 42, Half: 0.5, Small: 7, Yes: true,
	List: []string{"one", "t<o", "three"}, Items: []inner{{"a1", "b1"}, {"a2", ""}, {"", "b3"}},
	Map: map[string]any{"key": "va<lue", "n": 3, "list": []int{1, 2}}, Counts: map[named]int{"b": 2, "a": 1, "c": 3},
	Pointer: &inner{"pa", "pb"}, Any: inner{"ia", "ib"}, Spoken: 5, Err: errors.New("wr<ng"), At: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
}

// language is what templates can say, with and without HTML.
var language = []string{
	`plain`, `{{.Text}}`, `{{.Named}} {{.Number}} {{.Half}} {{.Small}} {{.Yes}} {{.No}}`, `{{.Deep}}`, `{{.Spoken}} {{.Err}}`, `{{.List}} {{.Items}}`,
	`{{.Pointer.A}} {{.Any.B}} {{.Map.key}} {{.Map.n}}`, `{{"const<ant"}} {{1}} {{1.5}} {{true}} {{'a'}}`,
	`{{if .Yes}}yes{{else}}no{{end}} {{if .No}}yes{{else}}no{{end}}`, `{{if .Empty}}e{{else if .List}}list{{else}}x{{end}}`,
	`{{if .None}}n{{end}}{{if .Nil}}n{{end}}{{if .Number}}y{{end}}{{if .Map}}y{{end}}{{if .Any}}y{{end}}{{if .Never}}struct{{end}}{{if .Half}}h{{end}}`,
	`{{with .Pointer}}{{.A}}{{$.Text}}{{end}}{{with .Nil}}x{{else}}nil{{end}}{{with $x := .Map.key}}{{$x}}{{.}}{{end}}`, `{{with .Empty}}a{{else with .Text}}{{.}}{{end}}`,
	`{{range .List}}[{{.}}]{{end}}{{range .None}}x{{else}}none{{end}}`, `{{range $i, $e := .List}}{{$i}}={{$e}};{{end}}`, `{{range $e := .Items}}{{$e.A}}{{.B}}{{$.Number}}{{end}}`,
	`{{range $i, $e := .List}}<a href="/{{$i}}" title="{{$e}}">{{$e}}</a>{{end}}`, `{{range $k, $v := .Counts}}{{$k}}{{$v}}{{end}}`, `{{range .Map.list}}{{.}},{{end}}`, `{{range .List}}{{if eq . "t<o"}}{{continue}}{{end}}{{.}}{{end}}`, `{{range .List}}{{if eq . "t<o"}}{{break}}{{end}}{{.}}{{end}}`,
	`{{range .Items}}{{range $.List}}{{if eq . "three"}}{{break}}{{end}}{{.}}{{end}}|{{end}}`,
	`{{$x := .Text}}{{$x}}{{$x = "other"}}{{$x}}{{if true}}{{$x := "inner"}}{{$x}}{{$x = "set"}}{{end}}{{$x}}`, `{{$x := 1}}{{range .List}}{{$x = .}}{{end}}{{$x}}`,
	`{{$a := .Text}}{{if $b := .Number}}{{$b}}{{else}}{{$b}}{{end}}{{$c := 3}}{{$a}}{{$c}}`, `{{range $i, $e := .List}}{{$i := "x"}}{{$i}}{{end}}`,
	`{{printf "%.1f %v %v" 1.0 1e3 -2.50}} {{lt .Half 1.0}} {{0x1F}} {{0xE}} {{1_000}} {{'e'}} {{'.'}} {{-7}} {{0b11}} {{+3}} {{0x1p4}}`,
	`{{with $t := .Text}}{{end}}{{range $x := .None}}{{else}}{{$x}}{{end}}{{$y := 1}}{{range $y = .None}}{{end}}{{$y}}`,
	`{{if $ = .Number}}{{$}}{{end}}{{with $ = .Text}}{{$}}{{end}}{{range $ = .List}}{{$}}{{end}}{{$ = 3}}{{$}}`,
	`{{eq .Number 42}} {{eq .Number 1 2 42}} {{ne .Text ""}} {{lt 1 2}} {{le 2 2}} {{gt .Half 0.1}} {{ge .Small 8}} {{eq .Named "named<"}} {{eq .Yes true}} {{lt "a" "b"}} {{eq .Small 7}} {{eq nil .None}} {{ne .Nil nil}} {{eq .List .None}}`,
	`{{and .Yes .Text}} {{and .Empty .Text}} {{or .Empty .Number}} {{or .Empty .No}} {{not .Yes}} {{not .None}} {{and 1 0 (fail)}} {{or 1 (fail)}}`,
	`{{len .List}} {{len .Text}} {{len .Map}} {{index .List 1}} {{index .Map "key"}} {{index .Items 0 | printf "%v"}} {{index .Map "none"}}x {{index .Ages "nobody"}} {{index .Spokens 0}}`,
	`{{slice .Text 1 3}} {{slice .List 1}} {{print .Number .Text}} {{println .Number}} {{printf "%03d %q" .Number .Text}}`,
	`{{join .List}} {{join .Names}}`, `{{twice .Text}} {{.Text | twice | twice}} {{twice (twice "x")}} {{bold .Text}} {{.Text | printf "%s-%s" "a"}}`,
	`{{define "part"}}<{{.}}>{{end}}{{template "part" .Text}}{{template "part" 3}}`, `{{block "b" .Number}}[{{.}}]{{end}}`, `{{define "no"}}{{.}}none{{end}}{{define "v"}}{{$y := .}}{{$y}}{{end}}{{template "v" .Number}}`,
	`{{define "dot"}}{{with .}}x{{else}}nothing{{end}}{{end}}{{template "dot"}}`, `{{.At.IsZero}} {{.Never.IsZero}} {{if not .At.IsZero}}at{{end}} {{.Since.IsZero}}`, `a {{- " b " -}} c {{/* a comment */}} d`,
	`{{(index .Items 0).A}} {{(.Pointer).B}} {{$}}` + "{{with $.Map}}{{.key}}{{end}}", "{{`raw <string>`}}", `{{.Map.nothing}}{{with .Map.nothing}}x{{end}}`,
}

// What a template says, it says as Go's own templates do.
func TestLanguage(t *testing.T) {
	t.Parallel()
	for _, text := range language {
		for _, isHTML := range []bool{false, true} {
			if isHTML && strings.Contains(text, "<{{") {
				continue // means a tag there
			}
			want, err := theirs(t, isHTML, text, data)
			if err != nil {
				t.Fatalf("theirs: %s: %v", text, err)
			}
			got, err := ours(isHTML, text, data)
			// Nothing is nothing here; theirs says so in text.
			if want = strings.ReplaceAll(want, "<no value>", ""); got != want || err != nil {
				t.Errorf("%s\nhas made %q, %v\ntheirs   %q", text, got, err, want)
			}
		}
	}
}

// places are all places where a value may stand, with a value that is text.
var places = []string{
	`{{.}}`, `<p>{{.}}</p>`, `<p title="{{.}}">`, `<p title='{{.}}'>`, `<p title="a {{.}} b">`, `<p id="end-{{.}}" class="{{.}}">`, `<title>{{.}}</title>`, `<textarea>{{.}}</textarea>`, `<TITLE>{{.}}</TiTle >{{.}}`,
	`<a href="{{.}}">`, `<a href='{{.}}'>`, `<a href=" {{.}}">`, `<a href="/path/{{.}}">`, `<a href="/path/{{.}}/end?x={{.}}">`, `<a href="/?q={{.}}&amp;r={{.}}#f{{.}}">`, `<a href="#{{.}}">`, `<a href="{{.}}{{.}}">`, `<a href="{{.}}?x={{.}}">`,
	`<a href="https://{{.}}/">`, `<img src="{{.}}" alt="{{.}}">`, `<form action="{{.}}" method="post">`, `<button formaction="{{.}}">`, `<input value="{{.}}" placeholder="{{.}}">`, `<p data-next="{{.}}">`,
	`<a href="{{if .}}/a{{else}}/b{{end}}">{{.}}`, `<a href="{{if .}}/a/{{else}}/b/{{end}}{{.}}">`, `<li{{if .}} class="{{.}}"{{end}} id="x">`, `<li {{if .}}class="{{.}}"{{end}} id="x">{{.}}`,
	`<!doctype html><p>{{.}}`, `<script>var a = "<p>" + 1;</script>{{.}}`, `<style>a > b { c: d }</style>{{.}}`, `<script src="{{.}}"></script><p>{{.}}`,
	`<p {{/* comment */}} title="{{.}}"/>{{.}}`, `<input disabled value="{{.}}" required>`, `<p title = "{{.}}">`, "<p\n\ttitle=\n\"{{.}}\">", `<br/>{{.}}<hr />{{.}}`, `<svg viewBox="0 0 1 1"><path d="{{.}}"/></svg>{{.}}`,
	`<meta name="description" content="{{.}}">`, `<a href="tel:1" title="{{.}}">`, `<a href="HTTPS://{{.}}">`, `<a href="mailto:{{.}}?x={{.}}">`,
	`<p data-href="{{.}}" data-next-url="{{.}}" data-src="{{.}}" data-from="{{.}}">`, `<a xlink:href="{{.}}" svg:href="{{.}}">`, `<a href="a?b:c={{.}}">`, `<a href="/a:b/{{.}}">`,
	`<p>{{bold .}}</p>`, `<p title="{{bold .}}">`, `<a href="{{own .}}">{{own .}}</a>`, `<iframe src="{{.}}" title="{{.}}"></iframe>{{.}}`,
	`{{define "p"}}<i title="{{.}}">{{.}}</i>{{end}}<p>{{template "p" .}}</p>`, `{{define "v"}}{{.}}{{end}}<a href="{{template "v" .}}" title="{{template "v" .}}">{{template "v" .}}</a>`,
}

// values are what people and programs may put there.
var values = []string{
	"", "ada", "ada@example.com", `"`, `'`, `<`, `>`, `&`, `&amp;`, `+`, "\x00", "`", "=", "a b", "a\nb\tc", "ä 日本 \u2028 \U0001F600", "\xff\xfe",
	`<script>alert(1)</script>`, `"><script>alert(1)</script>`, `' onmouseover='alert(1)`, `" autofocus onfocus="alert(1)`, `</title><script>`, `</textarea>`, `--><b>`, `{{.}}`,
	"javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)", "\x01javascript:alert(1)", "javascript", "script:alert(1)", ":alert(1)", "data:text/html,<b>", "vbscript:x",
	"https://example.com/a?b=c&d=e#f", "HTTPS://example.com", "mailto:ada@example.com", "//example.com/x", "/a:b", "a/b:c", "?a:b", "#a:b", "tel:123", "a%20b%zz%", "[::1]", "a!$()*,;~-._", "com.example:/callback",
}

// asTheirs is what both must say. Where an address may lead nowhere, they name it in
// their way.
func asTheirs(s string) string {
	return strings.NewReplacer("#ZgotmplZ", "?", "%23ZgotmplZ", "?", "about:invalid", "?").Replace(s)
}

// A value is escaped as html/template does it, wherever it may stand.
func TestEscapes(t *testing.T) {
	t.Parallel()
	for _, text := range places {
		page, err := compile(true, text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		for _, v := range values {
			want, err := theirs(t, true, text, v)
			if err != nil {
				t.Fatalf("theirs: %s: %v", text, err)
			}
			if got, err := page.String(v); asTheirs(got) != asTheirs(want) || err != nil {
				t.Errorf("%s with %q\nhas made %q, %v\ntheirs   %q", text, v, got, err, want)
			}
		}
	}
}

func FuzzEscapes(f *testing.F) {
	for _, v := range values {
		f.Add(v)
	}
	pages := map[string]*markup.Template{}
	for _, text := range places {
		page, err := compile(true, text)
		if err != nil {
			f.Fatalf("%s: %v", text, err)
		}
		pages[text] = page
	}
	f.Fuzz(func(t *testing.T, v string) {
		for text, page := range pages {
			want, err := theirs(t, true, text, v)
			if err != nil {
				t.Fatalf("theirs: %s: %v", text, err)
			}
			if got, err := page.String(v); asTheirs(got) != asTheirs(want) || err != nil {
				t.Errorf("%s with %q\nhas made %q, %v\ntheirs   %q", text, v, got, err, want)
			}
		}
	})
}

// Whatever somebody takes for a template, there is an answer to it, and what has been
// compiled keeps values where they are.
func FuzzTemplates(f *testing.F) {
	for _, text := range append(language, places...) {
		f.Add(text)
	}
	const hostile = `"'><script>alert(1)</script>`
	f.Fuzz(func(t *testing.T, text string) {
		page, err := compile(true, text)
		if err != nil {
			return
		}
		got, err := page.String(hostile)
		if err == nil && strings.Contains(got, "<script>alert(1)") && !strings.Contains(text, "<script>") {
			t.Errorf("%q let it through: %q", text, got)
		}
	})
}

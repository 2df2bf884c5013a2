package markup_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"idp/internal/markup"
)

// What cannot be rendered safely, or at all, is said when it is compiled: where, and
// what to do.
func TestFaultsOfTemplates(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"\n<script>let x = {{.}}</script>":          "page:2:18: a value cannot stand in <script>: give it to an attribute",
		"<style>a { color: {{.}} }</style>":         "page:1:20: a value cannot stand in <style>",
		"<!-- {{.}} -->":                            "page:1:7: a value cannot stand in a comment",
		"<p title={{.}}>":                           "page:1:11: put quotes around the attribute's value",
		"<p {{.}}>":                                 "page:1:5: a value cannot name an attribute",
		"<p {{.}}=\"x\">":                           "a value cannot name an attribute",
		"<p data-{{.}}=\"x\">":                      "a value cannot name an attribute",
		"<p onclick=\"f('{{.}}')\">":                "a value cannot stand in an attribute that is a program or a style",
		"<p STYLE='{{.}}'>":                         "a program or a style",
		"<iframe srcdoc=\"{{.}}\">":                 "a program or a style",
		"<img srcset=\"{{.}}\">":                    "a program or a style",
		"<{{.}}>":                                   "page:1:0: a < begins no tag: write &lt;",
		"</{{.}}>":                                  "a < begins no tag",
		"<p{{if .}}x{{end}}>":                       "is put together of two pieces",
		"<p =\"x\">":                                "in the tag <p> is a '='",
		"{{if .}}<p {{end}}>":                       "page:1:5: the branches end in different places of the HTML: one in the tag <p>, the other between tags",
		"{{range .}}<p title=\"{{end}}\">":          "page:1:8: a range must end where it began",
		"<p title=\"{{range .}}{{break}}{{end}}":    "template page ends in an attribute of <p>: close what is open",
		"{{range .}}<b title=\"{{break}}\">{{end}}": "a range must be left where it began",
		"<a href=\"/{{if .}}?a={{end}}{{.}}\">":     "write the whole address in each branch",
		"<title>x":                                  "template page ends in <title>: close what is open",
		"{{template \"none\"}}":                     "page:1:11: there is no template \"none\"",
		"{{define \"a\"}}{{template \"a\"}}{{end}}{{template \"a\"}}": "template a uses itself",
		"{{.A 1}}":                         "page:1:2: .A is not a function: it takes no argument",
		"{{1 | .A}}":                       ".A is not a function",
		"{{unknown .}}":                    "page:1: function \"unknown\" not defined",
		"{{if .}}":                         "page:1: unexpected EOF",
		"{{and}}":                          "and needs something to look at",
		"{{nil}}":                          "nil is nothing that could be written",
		"{{3i}}":                           "3i is not a value",
		"{{with ($x := .A)}}{{$x}}{{end}}": "page:1:8: $x cannot be set here: set it before",
		"{{template \"page\" $x := .A}}":   "$x cannot be set here",
		"1 < 2":                            "a < begins no tag",
		"<p \"x\">":                        "in the tag <p> is a '\"'",
		// Where browsers read something else than what stands there at first sight.
		"<!-- a --!><script>-->{{.}}</script>":    "page:1:1: a comment has a --!> in it",
		"<!-- {{if .}}-->{{end}}<script>-->{{.}}": "page:1:13: a comment must stand in one piece",
		"<!x {{.}}>": "a value cannot stand in a comment",
		"<!x {{if .}}>{{end}}<!-- ><script> -->{{.}}":  "a comment must stand in one piece",
		"<!--><script>-->{{.}}</script>":               "page:1:18: a value cannot stand in <script>",
		"<!---><script>-->{{.}}</script>":              "a value cannot stand in <script>",
		"<svg><title><a href=\"{{.}}\"></title></svg>": "page:1:12: in <title> is a <: write &lt;",
		"<textarea></text{{if .}}area>{{end}}":         "in <textarea> is a <",
		"<script><!--<script></script>{{.}}</script>":  "page:1:8: in <script> is a <!: leave it out",
		"<svg><script><![CDATA[</script>{{.}}":         "in <script> is a <!",
		"<svg><iframe><!--</iframe>{{.}}-->":           "page:1:13: in <iframe> is a <",
		"<svg><![CDATA[><a title=']]><script>{{.}}'>":  "page:1:6: HTML has no <![CDATA[",
		// What a script or a browser does with the whole of it cannot be known of a part.
		"<a href=\"javascript:f('{{.}}')\">":             "page:1:25: a value cannot stand behind a scheme other than http, https and mailto",
		"<a href=' JavaScript:f?{{.}}'>":                 "behind a scheme other than",
		"<a href=\"data:text/html,{{.}}\">":              "behind a scheme other than",
		"<a href=\"{{.}}:{{.}}\">":                       "page:1:17: a value cannot stand behind a scheme",
		"<a href=\"{{if .}}tel:{{else}}/{{end}}{{.}}\">": "write the whole address in each branch",
		"<set to=\"{{.}}\">":                             "a program or a style",
		"<a data-onclick=\"{{.}}\">":                     "a program or a style",
		// The place is that of the fault, not of the text that it is in.
		"<p>\n1 < 2":                     "page:2:2: a < begins no tag",
		"<p>\n<p class=\"a dir=\"b\">":   "page:2:17: in the tag <p> a name is put together of two pieces, or a quote or a space is missing before \"b\"",
		"<p>\n<p a=\"b\"c=\"d\">":        "page:2:8: in the tag <p> a name is put together of two pieces, or a quote or a space is missing before \"c\"",
		"<a href=/x/{{.}}>":              "page:1:8: put quotes around the attribute's value",
		"{{range .}}x{{else}}<p {{end}}": "page:1:8: a range must end where it began: it began between tags, and ends in the tag <p>",
	} {
		if _, err := compile(true, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v\nwant %s", text, err, want)
		}
	}
}

// What a template asks of its data and cannot have is an error with its place.
func TestFaultsOfValues(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{{.Nope}}":                "page:1:2: there is no Nope here",
		"\n {{.Text.Nope}}":        "page:2:8: a string has no Nope",
		"{{.Nil.A}}":               "page:1:6: there is nothing that could have a A",
		"{{.Till.IsZero}}":         "page:1:7: there is nothing that could have a IsZero",
		"{{.embedded}}":            "there is no embedded here",
		"{{.Map.x.y}}":             "there is nothing that could have a y",
		"{{fail}}":                 "page:1:2: fail: it failed",
		"{{twice .Number}}":        "page:1:2: twice: value 1 is a int, and must be a string",
		"{{safe .Text}}":           "page:1:2: safe: value 1 is a string, and must be a markup.HTML",
		"{{twice}}":                "twice: it takes 1 values, and is given 0",
		"{{len .Number}}":          "a int has no length",
		"{{lt .Text .Number}}":     "a string and a int cannot be compared",
		"{{index .List 9}}":        "there is no number 9 in 3 values",
		"{{slice .List 2 1}}":      "there is no piece from 2 to 1 in 3",
		"{{range .Number}}{{end}}": "page:1:8: a range needs a list or a map, and this is a int",
		"{{.At.Format \"2006\"}}":  ".At.Format is not a function: it takes no argument, and methods cannot be called",
		"{{.Spoken.String}}":       "a markup_test.spoken has no String",
	} {
		if got, err := ours(true, text, data); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %q, %v\nwant %s", text, got, err, want)
		}
	}
}

// What is HTML already loses its tags where tags mean nothing.
func TestHTMLWithoutTags(t *testing.T) {
	t.Parallel()
	html := markup.HTML(`a <b title="x > y" id='"'>b&amp;"c"</b> <i>d</i> <u`)
	for text, want := range map[string]string{
		`<p>{{.}}</p>`: "<p>" + string(html) + "</p>", `<title>{{.}}</title>`: "<title>a b&amp;&#34;c&#34; d </title>", `<p title='{{.}}'>`: "<p title='a b&amp;&#34;c&#34; d '>",
		`<a href="{{.}}">`: `<a href="a%20%3cb%20title=%22x%20%3e%20y%22%20id=%27%22%27%3eb&amp;amp;%22c%22%3c/b%3e%20%3ci%3ed%3c/i%3e%20%3cu">`,
	} {
		if got, err := ours(true, text, html); got != want || err != nil {
			t.Errorf("%s: %q, %v\nwant %q", text, got, err, want)
		}
	}
}

// Where a page goes on to is an address.
func TestRefresh(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{`<meta http-equiv="refresh" content="0;url={{.}}">`, "/a b?c=d&e", `<meta http-equiv="refresh" content="0;url=/a%20b?c=d&amp;e">`},
		{`<meta http-equiv="refresh" content="0; URL='{{.}}'">`, "javascript:alert(1)", `<meta http-equiv="refresh" content="0; URL='about:invalid'">`},
		{`<meta http-equiv="refresh" content="0;url={{own .}}">`, "com.example:/x", `<meta http-equiv="refresh" content="0;url=com.example:/x">`},
		{`<meta name="description" content="a: {{.}}">`, "b: c", `<meta name="description" content="a: b: c">`},
	} {
		if got, err := ours(true, c[0], c[1]); got != c[2] || err != nil {
			t.Errorf("%s: %q, %v, want %q", c[0], got, err, c[2])
		}
	}
}

// A comment of HTML stays: mail programs read some.
func TestCommentsStay(t *testing.T) {
	t.Parallel()
	const text = `<!--[if mso]><table width="480"><![endif]-->`
	if got, err := ours(true, text+"{{.}}", "<"); got != text+"&lt;" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// A template with other functions has their words, and the first keeps its own.
func TestWithOtherFunctions(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	say := func(text string) markup.Funcs {
		return markup.Funcs{"say": func(args []any) (any, error) { asked.Add(1); return fmt.Sprint(text, args), nil }}
	}
	s := markup.NewHTML(say("yes"))
	if err := s.Parse("page", `<p>{{say "a" 1}}{{say .}}{{say}}</p>`); err != nil {
		t.Fatal(err)
	}
	english, err := s.Compile("page")
	if err != nil {
		t.Fatal(err)
	}
	german := english.With(say("ja"))
	for range 3 {
		for want, page := range map[string]*markup.Template{"<p>yes[a 1]yes[x]yes[]</p>": english, "<p>ja[a 1]ja[x]ja[]</p>": german} {
			if got, err := page.String("x"); got != want || err != nil {
				t.Errorf("%q, %v, want %q", got, err, want)
			}
		}
	}
	// What has constant arguments only is asked once in each.
	if n := asked.Load(); n != 2*2+2*3 {
		t.Errorf("the functions were asked %d times", n)
	}
}

// A function that fails with constant arguments is asked again.
func TestFailureIsNotKept(t *testing.T) {
	t.Parallel()
	broken := true
	s := markup.NewHTML(markup.Funcs{"say": func([]any) (any, error) {
		if broken {
			return nil, fmt.Errorf("not yet")
		}
		return "now", nil
	}})
	if err := s.Parse("page", `{{say}}`); err != nil {
		t.Fatal(err)
	}
	page, err := s.Compile("page")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := page.String(nil); err == nil {
		t.Errorf("%q", got)
	}
	broken = false
	if got, err := page.String(nil); got != "now" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// A later file replaces what an earlier one defines, unless it has nothing to say.
func TestFilesReplaceParts(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{}
	for name, text := range map[string]string{
		"layout.html": `<h1>{{block "title" .}}untitled{{end}}</h1>{{template "main" .}}`, "one.html": `{{define "title"}}one{{end}}{{define "main"}}[{{.}}]{{end}}`, "two.html": `{{define "main"}}two{{end}}`,
	} {
		files["t/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	base := markup.NewHTML(nil)
	if err := base.ParseFiles(files, "t/layout.html"); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{"one": "<h1>one</h1>[&lt;]", "two": "<h1>untitled</h1>two"} {
		s := base.Clone()
		if err := s.ParseFiles(files, "t/"+file+".html"); err != nil {
			t.Fatal(err)
		}
		page, err := s.Compile("layout.html")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := page.String("<"); got != want || err != nil {
			t.Errorf("%s: %q, %v", file, got, err)
		}
	}
	if _, err := base.Compile("layout.html"); err == nil || !strings.Contains(err.Error(), `there is no template "main"`) {
		t.Errorf("the copies were one: %v", err)
	}
	if err := base.ParseFiles(files, "t/none.html"); err == nil {
		t.Error("a file that is not there")
	}
}

// One template serves everybody at once, whatever type their data has.
func TestEverybodyAtOnce(t *testing.T) {
	t.Parallel()
	page, err := compile(true, `{{range .A}}{{twice "x"}}{{end}}{{.B}}`)
	if err != nil {
		t.Fatal(err)
	}
	one := struct {
		A []int
		B string
	}{[]int{1, 2}, "b"}
	other := struct {
		B int
		A []string
	}{3, []string{"a"}}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 200 {
				if got, err := page.String(one); got != "xxxxb" || err != nil {
					t.Errorf("%q, %v", got, err)
				}
				if got, err := page.String(&other); got != "xx3" || err != nil {
					t.Errorf("%q, %v", got, err)
				}
			}
		})
	}
	all.Wait()
}

package markup_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// pieces are what the templates of TestNothingBreaksOut are put together of.
var pieces = []string{
	"{{.}}", "{{.}}", "{{.}}", "{{bold .}}", "{{if .}}", "{{else}}", "{{end}}", "{{/* */}}", "{{with .}}", `{{"k"}}`,
	"<", ">", "/", "!", "--", "-", "'", `"`, "=", " ", "\n", "?", "#", ":", "&", "\x00", "\r", "x", "href", `"x"`, "'y'", "<!--", "-->", "--!>", "<!", "</", "<![CDATA[", "]]>",
	"<p ", "<p>", "</p>", "<svg>", "</svg>", "<math>", "</math>", "<title>", "</title>", "<textarea>", "</textarea>", "<script>", "</script>", "<style>", "</style>", "<noscript>", "</noscript>", "<xmp>", "</xmp>", "<iframe>", "</iframe>",
	"<select>", "<option>", "<table>", "<td>", "<template>", "</template>", "<plaintext>", "<desc>", "<foreignObject>", "<mtext>",
	" href=", " title=", " onclick=", " style=", `<a href="`, `<a title="`, "<a title='", `<meta content="0;url=`, `">`, "'>", "/>", "javascript", "javascript:", "http://",
}

// anatomy is a page as browsers read it, without its text and without what
// attributes say, but for what runs.
func anatomy(t *testing.T, page string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for n := range root.Descendants() {
		switch {
		case n.Type == html.CommentNode, n.Type == html.TextNode && slices.Contains([]string{"script", "style"}, n.Parent.Data):
			b.WriteString(n.Data)
		case n.Type == html.ElementNode:
			b.WriteString("\n" + n.Namespace + " " + n.Data)
			for _, a := range n.Attr {
				b.WriteString(" " + a.Key)
				if a.Key == "onclick" || a.Key == "style" || strings.HasPrefix(strings.TrimSpace(a.Val), "javascript:") && a.Key != "title" {
					b.WriteString("=" + a.Val)
				}
			}
		}
	}
	return b.String()
}

// Whatever a template is put together of, a value changes no more than the text and the
// attribute that it stands in.
func TestNothingBreaksOut(t *testing.T) {
	t.Parallel()
	random, compiled := rand.New(rand.NewPCG(1, 2)), 0
	for range 40000 {
		var text strings.Builder
		for range 2 + random.IntN(9) {
			text.WriteString(pieces[random.IntN(len(pieces))])
		}
		page, err := compile(true, text.String())
		if err != nil || !strings.Contains(text.String(), ".}}") {
			continue
		}
		compiled++
		harmless, err := page.String("harmless")
		if err != nil {
			t.Fatal(err)
		}
		want := anatomy(t, harmless)
		for _, v := range []string{`"'><script>alert(1)</script>`, "javascript:alert(1)", " onclick=alert(1) ", "--><b>", "]]><b>", "</title></textarea></style></script><b>", "`\x00\r<"} {
			if got, err := page.String(v); err != nil || anatomy(t, got) != want {
				t.Errorf("%q with %q: %q, %v", text.String(), v, got, err)
			}
		}
	}
	if compiled < 1000 {
		t.Errorf("only %d templates were good", compiled)
	}
}

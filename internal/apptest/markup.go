package apptest

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// alive are pieces of markup that a browser would act on if it met them as such.
var alive = []string{
	"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<a href=javascript:alert(1)>x</a>", "<b>x</b>",
	"<iframe src=//x.test>", "<form action=//x.test>", "<input autofocus onfocus=alert(1)>", "<style>*{color:red}</style>", "<meta http-equiv=refresh content=0>",
	"<base href=//x.test>", "<link rel=stylesheet href=//x.test>", "<!--x", "<![CDATA[x", "<?x y?>",
	" onmouseover=alert(1) x=", "javascript:alert(1)", "data:text/html,<b>x</b>", "{{.}}", "${7*7}",
	"&lt;script&gt;", "&#60;b&#62;", "<\u017fcript>x", "<ScRiPt>x</sCrIpT>", "<table><td>x",
}

// around are what must stand in front so that a place is left: text, an attribute
// in either quotes or none, an element whose content is no markup, a comment.
var around = []string{"", `"`, "'", `">`, "'>", "x ", "</title>", "</script>", "</textarea>", "</p>", "-->", "]]>"}

// Markup returns 300 strings that come alive wherever a text is written as it is.
func Markup() []string {
	var out []string
	for _, a := range around {
		for _, m := range alive {
			out = append(out, a+m)
		}
	}
	return out
}

// Skeleton is the page without its words: every element with the names of its
// attributes. A text that came alive changes it.
func (p *Page) Skeleton() string {
	var b strings.Builder
	for name, attrs := range p.Elements {
		var names []string
		for k, v := range attrs {
			if k == "href" || k == "src" || k == "action" || strings.HasPrefix(k, "on") {
				k += "=" + strings.SplitN(v, ":", 2)[0][:min(1, len(v))]
			}
			names = append(names, k)
		}
		slices.Sort(names)
		fmt.Fprintf(&b, "%s%v\n", name, names)
	}
	return b.String()
}

// SkeletonOf is the skeleton of a mail.
func SkeletonOf(html string) (string, error) {
	d := xml.NewDecoder(strings.NewReader(html))
	d.Strict, d.Entity = false, xml.HTMLEntity
	var b strings.Builder
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return b.String(), nil
		}
		if err != nil {
			return "", fmt.Errorf("read mail: %w", err)
		}
		switch v := token.(type) {
		case xml.StartElement:
			b.WriteString("<" + v.Name.Local)
			for _, a := range v.Attr {
				b.WriteString(" " + a.Name.Local)
			}
		case xml.EndElement:
			b.WriteString("</" + v.Name.Local)
		case xml.Comment, xml.ProcInst:
			fmt.Fprintf(&b, "%T", v)
		}
	}
}

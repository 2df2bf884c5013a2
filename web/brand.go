package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"

	"idp/internal/colour"
)

// sheetOf is the style sheet of a brand's colour. The policy of our pages forbids
// styles inside of them, so it is a file; it is made from its name alone, so it is
// stored nowhere and every replica serves it. Each scheme gets the nearest shade
// that can be read there.
func sheetOf(c colour.Colour) string {
	var b strings.Builder
	b.WriteString(":root{" + tokens(c, colour.Light, colour.Black) + "}\n")
	b.WriteString("@media (prefers-color-scheme: dark){:root{" + tokens(c, colour.Dark, colour.White) + "}}\n")
	return b.String()
}

// tokens are those of app.css that a brand replaces. strong is the end towards
// which a button goes when it is pointed at.
func tokens(c colour.Colour, backgrounds []colour.Colour, strong colour.Colour) string {
	accent := c.On(backgrounds...)
	return fmt.Sprintf("--accent:%s;--accent-strong:%s;--accent-ink:%s;--tint:%s",
		accent, accent.Mix(strong, 0.2), accent.Ink(), backgrounds[0].Mix(accent, 0.08))
}

const sheetPrefix, sheetSuffix = "brand-", ".css"

// sheetURL is the template function: the address of a colour's style sheet, with
// the hash of what is in it.
func sheetURL(text string) (string, error) {
	c, err := colour.Parse(text)
	if err != nil {
		return "", fmt.Errorf("brand colour: %w", err)
	}
	return AssetPrefix + sheetName(c), nil
}

func sheetName(c colour.Colour) string {
	sum := sha256.Sum256([]byte(sheetOf(c)))
	return sheetPrefix + strings.TrimPrefix(c.String(), "#") + "." + hex.EncodeToString(sum[:4]) + sheetSuffix
}

// brandSheet is the file of a name that sheetURL made.
func brandSheet(name string) (asset, bool) {
	digits, _, ok := strings.Cut(strings.TrimPrefix(name, sheetPrefix), ".")
	c, err := colour.Parse("#" + digits)
	if !ok || err != nil || name != sheetName(c) {
		return asset{}, false
	}
	return asset{[]byte(sheetOf(c)), "text/css; charset=utf-8"}, true
}

// reach is how a support address reads.
func reach(uri string) string {
	if address, ok := strings.CutPrefix(uri, "mailto:"); ok {
		return address
	}
	if u, err := url.Parse(uri); err == nil && u.Host != "" {
		return u.Host + strings.TrimSuffix(u.Path, "/")
	}
	return uri
}

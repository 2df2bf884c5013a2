package app

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"idp/internal/idp"
	"idp/internal/words"
	"idp/web"
)

// forAll is the directory whose words and letters are for every client.
const forAll = "default"

// overrides are the administrator's own words and letters, not yet checked.
type overrides struct {
	words     []words.Override
	templates []web.LetterTemplate
}

// readOverrides reads a directory:
//
//	{client}/{locale}.words            words
//	{client}/{locale}/login.txt, .html whole letters; invitation.txt, .html too
//
// where client is one of the declared ones, or default. Any other file is a
// mistake, and reported: it would do nothing.
func readOverrides(dir string, declared []idp.Client) (overrides, error) {
	var o overrides
	if dir == "" {
		return o, nil
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		steps := strings.Split(filepath.ToSlash(rel), "/")
		client := steps[0]
		if known := slices.ContainsFunc(declared, func(c idp.Client) bool { return c.ID == client }); !known && client != forAll {
			return fmt.Errorf("%s: there is no client %q in this configuration, and it is not %q", path, client, forAll)
		}
		if client == forAll {
			client = ""
		}
		text, err := os.ReadFile(path) //nolint:gosec // the administrator names the directory
		if err != nil {
			return err
		}
		return o.add(client, path, steps[1:], string(text))
	})
	return o, err
}

// add sorts one file in by its name below the client's directory.
func (o *overrides) add(client, path string, steps []string, text string) error {
	locale := ""
	switch {
	case len(steps) == 1 && strings.HasSuffix(steps[0], ".words"):
		locale = strings.TrimSuffix(steps[0], ".words")
		o.words = append(o.words, words.Override{Client: client, Locale: locale, File: path, Text: text})
	case len(steps) == 2 && slices.Contains([]string{"login.txt", "login.html", "invitation.txt", "invitation.html"}, steps[1]):
		locale = steps[0]
		o.templates = append(o.templates, web.LetterTemplate{Client: client, Locale: locale, Name: steps[1], File: path, Text: text})
	default:
		return fmt.Errorf("%s: nothing reads this file; a client's directory holds {locale}.words, {locale}/login.txt and {locale}/login.html", path)
	}
	if !slices.Contains(words.Locales(), locale) {
		return fmt.Errorf("%s: there is no locale %q; there are %s", path, locale, strings.Join(words.Locales(), ", "))
	}
	return nil
}

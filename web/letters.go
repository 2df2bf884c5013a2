package web

import (
	"fmt"
	htmltemplate "html/template"
	"io"
	texttemplate "text/template"
	"time"
)

// Letters renders mails: each has a text and an HTML form that say the same.
type Letters struct {
	text *texttemplate.Template
	html *htmltemplate.Template
}

// LoadLetters parses every mail template.
func LoadLetters() (*Letters, error) {
	funcs := map[string]any{"hm": func(t time.Time) string { return t.UTC().Format("15:04") + " UTC" }}
	text, err := texttemplate.New("").Option("missingkey=error").Funcs(funcs).ParseFS(files, "templates/mail/*.txt")
	if err != nil {
		return nil, fmt.Errorf("load letters: %w", err)
	}
	html, err := htmltemplate.New("").Option("missingkey=error").Funcs(funcs).ParseFS(files, "templates/mail/*.html")
	if err != nil {
		return nil, fmt.Errorf("load letters: %w", err)
	}
	return &Letters{text, html}, nil
}

// Render writes both forms of the letter name.
func (l *Letters) Render(name string, text, html io.Writer, data any) error {
	if err := l.text.ExecuteTemplate(text, name+".txt", data); err != nil {
		return fmt.Errorf("render letter %s: %w", name, err)
	}
	if err := l.html.ExecuteTemplate(html, name+".html", data); err != nil {
		return fmt.Errorf("render letter %s: %w", name, err)
	}
	return nil
}

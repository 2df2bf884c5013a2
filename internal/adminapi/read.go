package adminapi

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"idp/web"
)

// unescape reads a part of a path: an address may have its @ escaped. What is no
// text stays as it is, because nothing is called so and databases refuse it.
func unescape(part string) string {
	text, err := url.PathUnescape(part)
	if err != nil || !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
		return part
	}
	return text
}

const (
	usualPage = 100
	maxPage   = 1000
)

func (c *call) limit() int {
	text := c.query("limit")
	if text == "" {
		return usualPage
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxPage {
		c.badly("limit is not a number of things", "It must be a whole number from 1 to 1000.")
	}
	return n
}

func (c *call) flag(name string) bool {
	switch c.query(name) {
	case "":
		return false
	case "true":
		return true
	case "false":
		return false
	}
	c.badly(name+" is neither true nor false", "Leave it out, or say true or false.")
	return false
}

// moment is a time of RFC 3339; zero if it is left out.
func (c *call) moment(name string) time.Time {
	text := c.query(name)
	if text == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		c.badly(name+" is not a time", "Write it like 2026-01-31T10:00:00Z.")
	}
	return t
}

// body reads the request's JSON into to. What is not known there is a fault: it
// would not do what somebody meant.
func (c *call) body(to any) bool {
	if kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		c.fault = &web.Problem{
			Status: http.StatusUnsupportedMediaType, About: "not_json", Title: "The request is not JSON", Text: "Send JSON with Content-Type: application/json.",
		}
		return false
	}
	d := json.NewDecoder(c.r.Body)
	d.DisallowUnknownFields()
	err := d.Decode(to)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something follows the object")
		}
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		c.fault = &web.Problem{Status: http.StatusRequestEntityTooLarge, About: "too_large", Cause: err}
		return false
	}
	if err != nil {
		c.badly("The JSON cannot be used", "It must be one object with the members that /api/openapi.json names: "+err.Error()+".")
	}
	return err == nil
}

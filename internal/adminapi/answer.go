package adminapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"idp/internal/admin"
	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/web"
)

// write sends JSON, or nothing with 204.
func write(w http.ResponseWriter, status int, answer any) error {
	if answer == nil {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(answer); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a caller who left needs no error
	return nil
}

// problem says in the API's words what went wrong. What is nobody's business but the
// server's goes on as it is.
func problem(err error) error {
	if _, ok := errors.AsType[*web.Problem](err); ok {
		return err
	}
	for _, known := range []struct {
		is     error
		status int
		about  string
		text   string
	}{
		{idp.ErrNotFound, http.StatusNotFound, "not_found", "Look it up in the lists of this API."},
		{magiclink.ErrAddress, http.StatusBadRequest, "bad_address", "Write the address like ada@example.com."},
		{admin.ErrGroup, http.StatusBadRequest, "bad_group", "Choose other names for the groups."},
		{admin.ErrGroups, http.StatusBadRequest, "too_many_groups", "Take the person out of others first."},
		{admin.ErrInvitation, http.StatusUnprocessableEntity, "not_invited", "Change what is asked for, or the configuration."},
		{admin.ErrAlgorithm, http.StatusBadRequest, "bad_algorithm", "Say RS256, PS256, ES256 or EdDSA, or leave it out for all."},
		{admin.ErrDeclared, http.StatusConflict, "declared", "Take it out of the configuration."},
		{admin.ErrMail, http.StatusBadGateway, "mail_failed", "The invitation was not sent. Look at the mail provider, then invite again."},
		{idp.ErrUsed, http.StatusConflict, "signed_in_before", "This address signed in before; it needs no invitation."},
		{idp.ErrConflict, http.StatusConflict, "conflict", "Somebody else changed the same thing at this moment. Look at it, and try again."},
	} {
		if errors.Is(err, known.is) {
			return &web.Problem{Status: known.status, About: known.about, Title: sentence(err, known.is), Text: known.text, Cause: err}
		}
	}
	return err
}

// sentence is what our own error says, without the sentinel that others only match.
func sentence(err, sentinel error) string {
	text := strings.TrimSuffix(err.Error(), ": "+sentinel.Error())
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

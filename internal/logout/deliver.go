package logout

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"idp/internal/idp"
)

// finish delivers a notice that is ours and records what became of it.
func (w *Worker) finish(ctx context.Context, n idp.LogoutNotice, client idp.Client) {
	began := w.Now()
	fate := w.try(ctx, n, client)
	err := w.Queue.NoticeDone(ctx, n.ID, fate)
	level := slog.LevelInfo
	if fate.State == idp.NoticeFailed {
		level = slog.LevelWarn
	}
	w.Log.Log(ctx, level, "logout notice", "notice", n.ID, "client", n.ClientID, "user", n.UserID, "state", string(fate.State), "try", n.Tries,
		"reply", fate.Reply, "ms", w.Now().Sub(began).Milliseconds())
	if err != nil && !errors.Is(err, idp.ErrConflict) { // on a conflict, the lease ran out and another worker has it
		w.Log.Error("logout notice", "error", err)
	}
}

func (w *Worker) try(ctx context.Context, n idp.LogoutNotice, client idp.Client) idp.NoticeFate {
	if client.BackchannelLogoutURI == "" {
		return idp.NoticeFate{State: idp.NoticeFailed, Tries: n.Tries, Reply: "the client no longer has a backchannel_logout_uri"}
	}
	reply, err := w.send(ctx, n, &client)
	if err != nil {
		return n.Failed(clip(err.Error()), rand.Float64(), w.Now()) //nolint:gosec // nothing depends on nobody guessing it
	}
	return idp.NoticeFate{State: idp.NoticeDelivered, Tries: n.Tries, DeliveredAt: w.Now(), Reply: reply}
}

// send posts the logout token (Back-Channel Logout §2.5). The client answers 200;
// some frameworks make that 204 (§2.8), and some clients only queue it: any 2xx
// is a yes.
func (w *Worker) send(ctx context.Context, n idp.LogoutNotice, client *idp.Client) (string, error) {
	token, err := w.Token(client, n)
	if err != nil {
		return "", fmt.Errorf("make logout token: %w", err)
	}
	form := url.Values{"logout_token": {token}}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, client.BackchannelLogoutURI, strings.NewReader(form))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := w.Out.Do(req)
	if answer == nil { // nobody needs the whole of a long page, or of one that broke off
		if plain := new(url.Error); errors.As(err, &plain) {
			err = plain.Err // without the address, which everybody knows
		}
		return "", err
	}
	reply := clip(fmt.Sprintf("%d%s", answer.Status, reason(answer.Body)))
	if answer.Status < 200 || answer.Status > 299 {
		return "", errors.New(reply)
	}
	return reply, nil
}

// reason is what the body of a refusal says (Back-Channel Logout §2.8).
func reason(body []byte) string {
	var fault struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(body, &fault) != nil || fault.Error == "" {
		return ""
	}
	return strings.TrimRight(" "+fault.Error+": "+fault.Description, ": ")
}

const maxReply = 200

// clip keeps what fits into a log line.
func clip(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
	if r := []rune(text); len(r) > maxReply {
		return string(r[:maxReply]) + "…"
	}
	return text
}

package login

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/reqlog"
	"idp/internal/secret"
)

// Under pressure a mail costs its asker some work: a number for which the SHA-256
// of a task and the number begins with so many zero bits. A browser finds one in
// seconds; a program that wants a thousand mails pays a thousand times. The task
// is sealed for one browser and an end, so nothing is stored until it is used, and
// then a hash that makes the use single.

// Spender records what works once.
type Spender interface {
	// Spend returns idp.ErrUsed if somebody was first.
	Spend(ctx context.Context, all ...idp.Once) error
}

const (
	workLabel = "work"
	workTTL   = 5 * time.Minute
)

// newTask makes a task for a browser.
func (h *Handlers) newTask(b secret.Hash) string {
	var plain [8]byte
	binary.BigEndian.PutUint64(plain[:], uint64(h.Now().Add(workTTL).Unix()))
	return h.Keyring.Seal(workLabel, plain[:], []byte(b))
}

// worked reports whether the form carries a task of this browser with its answer,
// for the first time.
func (h *Handlers) worked(r *http.Request, b secret.Hash) (bool, error) {
	task, answer := r.PostForm.Get("task"), r.PostForm.Get("answer")
	plain, err := h.Keyring.Open(workLabel, task, []byte(b))
	if err != nil || len(plain) != 8 || len(answer) > 20 {
		return false, nil
	}
	ends := time.Unix(int64(binary.BigEndian.Uint64(plain)), 0)
	if !h.Now().Before(ends) || zeroBits(task, answer) < h.WorkBits {
		return false, nil
	}
	err = h.Spent.Spend(r.Context(), idp.Once{Hash: secret.TokenOf(task).Hash(secret.KindWork), Expires: ends})
	if errors.Is(err, idp.ErrUsed) {
		return false, nil
	}
	return err == nil, err
}

// zeroBits is how many zero bits the hash of a task and an answer begins with.
func zeroBits(task, answer string) int {
	sum := sha256.Sum256([]byte(task + ":" + answer))
	return bits.LeadingZeros64(binary.BigEndian.Uint64(sum[:8]))
}

// needsWork says that the form has to come back with work done. A text that is no
// address needs none: nothing is sent for it.
func (h *Handlers) needsWork(r *http.Request, typed string, a *magiclink.Asker) (bool, error) {
	email, err := magiclink.ParseAddress(typed)
	if err != nil || h.WorkBits == 0 || !h.Login.NeedsWork(email, a.Marks) {
		return false, nil
	}
	a.Worked, err = h.worked(r, a.Browser)
	if err != nil {
		return false, fmt.Errorf("check work: %w", err)
	}
	return !a.Worked, nil
}

// toWork leads to the page where the browser works.
func (h *Handlers) toWork(w http.ResponseWriter, r *http.Request, sealed, typed string) error {
	reqlog.From(r.Context()).Outcome = "login.asked_for_work"
	return seeOther(w, "/login?"+url.Values{"flow": {sealed}, "work": {h.Keyring.Seal(typedLabel, []byte(typed), nil)}}.Encode())
}

// showWork is the page where the browser works.
func (h *Handlers) showWork(w http.ResponseWriter, r *http.Request, sealed string, f *idp.Flow, c *idp.Client) error {
	b := h.Callers.Cookies.EnsureBrowser(w, r)
	return h.Pages.Render(w, r, http.StatusOK, page("work", f, c, map[string]string{
		"Flow": sealed, "Email": h.openTyped(r.Form.Get("work")), "Task": h.newTask(b), "Bits": strconv.Itoa(h.WorkBits),
	}))
}

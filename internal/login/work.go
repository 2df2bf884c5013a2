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
	"time"

	"idp/internal/captcha"
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

// Captcha is a provider's test, in place of work.
type Captcha interface {
	// Widget is nil while the provider does not answer.
	Widget() *captcha.Widget
	// Passed says whether the form carries a test that was passed, or returns
	// captcha.ErrSilent.
	Passed(ctx context.Context, form url.Values, ip string) (bool, error)
}

// besides is how many bits harder the work is that stands in for a test which the
// provider would have shown: its script can be blocked by people who cannot help
// it, and a program can say so too.
const besides = 3

// newTask makes a task for a browser, of so many bits.
func (h *Handlers) newTask(b secret.Hash, zeros int) string {
	var plain [9]byte
	binary.BigEndian.PutUint64(plain[:], uint64(h.Now().Add(workTTL).Unix()))
	plain[8] = byte(zeros)
	return h.Keyring.Seal(workLabel, plain[:], []byte(b))
}

// worked reports whether the form carries a task of this browser with its answer,
// for the first time.
func (h *Handlers) worked(r *http.Request, b secret.Hash) (bool, error) {
	task, answer := r.PostForm.Get("task"), r.PostForm.Get("answer")
	plain, err := h.Keyring.Open(workLabel, task, []byte(b))
	if err != nil || len(plain) != 9 || len(answer) > 20 {
		return false, nil
	}
	ends := time.Unix(int64(binary.BigEndian.Uint64(plain)), 0)
	if !h.Now().Before(ends) || zeroBits(task, answer) < int(plain[8]) {
		return false, nil
	}
	err = h.Spent.Spend(r.Context(), idp.Once{Hash: secret.TokenOf(task).Hash(secret.KindWork), Expires: ends, Earliest: ends.Add(-workTTL)})
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
	email, err := h.Login.ParseAddress(typed)
	if err != nil || h.WorkBits == 0 || !h.Login.NeedsWork(email, a.Marks) {
		return false, nil
	}
	if h.Captcha != nil {
		if a.Worked, err = h.Captcha.Passed(r.Context(), r.PostForm, a.IP); a.Worked {
			return false, nil
		}
		reqlog.From(r.Context()).Err = err // then work has to do
	}
	a.Worked, err = h.worked(r, a.Browser)
	if err != nil {
		return false, fmt.Errorf("check work: %w", err)
	}
	return !a.Worked, nil
}

// workView is what the page shows.
type workView struct {
	Flow, Email, Task string
	Bits              int
	Widget            *captcha.Widget // nil for work alone
	Refused           bool            // the test that the form came from was not passed
}

// toWork leads to the page where the browser works.
func (h *Handlers) toWork(w http.ResponseWriter, r *http.Request, b secret.Hash, sealed, typed string) error {
	reqlog.From(r.Context()).Outcome = "login.asked_for_work"
	to := url.Values{"flow": {sealed}, "work": {h.sealTyped(b, typed)}}
	if r.PostForm.Get("task") != "" && r.PostForm.Get("answer") == "" {
		to.Set("refused", "1") // a person pressed the button; work goes on by itself
	}
	return seeOther(w, "/login?"+to.Encode())
}

// showWork is the page where the browser works.
func (h *Handlers) showWork(w http.ResponseWriter, r *http.Request, b secret.Hash, sealed string, f *idp.Flow, c *idp.Client) error {
	typed, ok := h.openTyped(b, r.Form.Get("work"))
	if !ok {
		return seeOther(w, addressURL(sealed))
	}
	if email, err := h.Login.ParseAddress(typed); err == nil {
		typed = email // as the mail is addressed
	}
	v := workView{Flow: sealed, Email: typed, Bits: h.WorkBits}
	if h.Captcha != nil {
		if v.Widget = h.Captcha.Widget(); v.Widget != nil {
			v.Bits += besides
			v.Refused = r.Form.Get("refused") != ""
		}
	}
	v.Task = h.newTask(b, v.Bits)
	p := page("work", f, c, v)
	if v.Widget != nil {
		p.Scripts, p.Styles = v.Widget.Sources, v.Widget.Styled
	}
	return h.Pages.Render(w, r, http.StatusOK, p)
}

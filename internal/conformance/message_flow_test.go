package conformance_test

import (
	"maps"
	"net/url"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// object is the request as one signed text. change may spoil its claims.
func (a *attempt) object(by client, change func(*rp, map[string]any)) string {
	a.t.Helper()
	now := a.provider.Clock.Now().Unix()
	claims := map[string]any{"iss": a.client.id, "aud": a.issuer(), "iat": now, "nbf": now, "exp": now + 300}
	for name := range a.request {
		claims[name] = a.request.Get(name)
	}
	if change != nil {
		change(a.rp, claims)
	}
	return a.signedWith(a.keyOf(by), (&jose.SignerOptions{}).WithType("oauth-authz-req+jwt"), claims)
}

// pushObject pushes an object, with what else stands beside it.
func (a *attempt) pushObject(object string, beside url.Values) reply {
	a.t.Helper()
	request := a.request
	defer func() { a.request = request }()
	a.request = url.Values{"client_id": {a.client.id}, "request": {object}}
	maps.Copy(a.request, beside)
	return a.pushReply(a.assertion(a.client, nil), "")
}

func newMessage(r *rp, c client) *attempt {
	a := newAttempt(r, c)
	a.request.Set("response_mode", "jwt")
	return a
}

// answered opens the pushed request and unpacks the signed answer in place (JARM
// §4.4): what is checked of plain answers is checked of it too.
func (a *attempt) answered(pushed reply) {
	t := a.t
	t.Helper()
	a.accepted(pushed)
	a.approve()
	left := a.agent.left
	if left == nil || !left.query.Has("response") {
		t.Fatalf("no signed answer: %+v at %s", left, a.agent.page.at)
	}
	a.only(left.query, "response")
	claims := a.verify(left.query.Get("response"))
	now := a.provider.Clock.Now()
	if exp := a.moment(claims, "exp"); !exp.After(now) || exp.After(now.Add(10*time.Minute)) || claims["aud"] != a.client.id {
		t.Errorf("the signed answer is for %v until %s, now %s", claims["aud"], exp, now)
	}
	left.query = url.Values{}
	for name, value := range claims {
		if text, ok := value.(string); ok && name != "aud" {
			left.query.Set(name, text)
		}
	}
}

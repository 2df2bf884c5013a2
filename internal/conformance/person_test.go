package conformance_test

import "slices"

// person is who sits at the agent: the one with the mailbox.
type person struct {
	*op
	agent  *agent
	email  string
	denies bool
	wrote  int // mails that the person asked for: each is a login page that was seen
}

// act does what pages ask for until the browser leaves for a client, or shows a
// page that asks for nothing.
func (p *person) act() {
	p.t.Helper()
	for range 8 {
		if p.agent.left != nil || !p.step() {
			return
		}
	}
	p.t.Fatalf("eight pages and no end, at %s: %q", p.agent.page.at.Path, heading(p.agent.page.body))
}

// step does what the page asks for and reports whether it asked for anything.
func (p *person) step() bool {
	p.t.Helper()
	for _, f := range forms(p.agent.page.body) {
		switch {
		case f.has("email"):
			p.signIn(f)
		case p.denies && hasButton(f, "deny"):
			p.agent.press(f, "deny")
		case f.attrs["data-auto"] != "", hasButton(f, "allow"), hasButton(f, "stay"):
			p.agent.press(f, "") // the first one: going on, allowing, staying
		default:
			continue
		}
		return true
	}
	return false
}

// signIn types the address, and then the code of the mail that comes.
func (p *person) signIn(f *form) {
	p.t.Helper()
	after := p.provider.Inbox.Last()
	p.wrote++
	p.agent.press(filled(f, "email", p.email), "")
	mail := p.provider.NextMail(after, p.email)
	for _, f := range forms(p.agent.page.body) {
		if f.has("code") {
			p.agent.press(filled(f, "code", mail.Code), "")
			return
		}
	}
	p.t.Fatalf("no form for the code on %q", heading(p.agent.page.body))
}

func filled(f *form, name, value string) *form {
	for i := range f.fields {
		if f.fields[i][0] == name {
			f.fields[i][1] = value
		}
	}
	return f
}

func hasButton(f *form, id string) bool {
	return slices.ContainsFunc(f.buttons, func(b tag) bool { return b.attrs["id"] == id })
}

package captcha

// Provider is a service that tells people from programs.
type Provider string

// The providers.
const (
	Turnstile Provider = "turnstile"
	HCaptcha  Provider = "hcaptcha"
)

// Action names what a test of ours was for, where a provider keeps that.
const Action = "sign-in"

// Widget is what a page needs to show a test.
type Widget struct {
	Script  string // address of the provider's script
	Class   string // of the element that the script turns into the test
	SiteKey string
	Action  string
	// Sources are the origins of its scripts and frames; with Styled, of styles and
	// calls too.
	Sources []string
	Styled  bool
}

// dialect is how a provider wants to be spoken to.
type dialect struct {
	verify string
	field  string // of the form, with what the test came to
	busy   string // what it says in place of a host while it has very much to do; "" if it always names it
	widget Widget
}

var dialects = map[Provider]dialect{
	// https://developers.cloudflare.com/turnstile/get-started/server-side-validation/
	// and reference/content-security-policy/
	Turnstile: {
		"https://challenges.cloudflare.com/turnstile/v0/siteverify", "cf-turnstile-response", "",
		Widget{
			Script: "https://challenges.cloudflare.com/turnstile/v0/api.js", Class: "cf-turnstile", Action: Action,
			Sources: []string{"https://challenges.cloudflare.com"},
		},
	},
	// https://docs.hcaptcha.com/#verify-the-user-response-server-side. Its host is
	// what the browser said; the site key, which goes along, is what binds a test to us.
	HCaptcha: {
		"https://api.hcaptcha.com/siteverify", "h-captcha-response", "not-provided",
		Widget{
			Script: "https://js.hcaptcha.com/1/api.js", Class: "h-captcha",
			Sources: []string{"https://hcaptcha.com", "https://*.hcaptcha.com"}, Styled: true,
		},
	},
}

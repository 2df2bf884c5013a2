package idp

import (
	"strings"
	"time"
	"unicode/utf8"
)

// FailureKind says in which way a request of an application did not fit. The words
// are stable: scripts read them from idp explain --json.
type FailureKind string

// The kinds of failures. What Seen and Wanted of a Failure hold is behind each.
const (
	FailNoClient       FailureKind = "client_missing"           // -
	FailUnknownClient  FailureKind = "client_unknown"           // the id
	FailRedirect       FailureKind = "redirect_uri"             // the URI, the nearest registered one
	FailNoRedirect     FailureKind = "redirect_uri_missing"     // -, the nearest registered one
	FailRedirectMoved  FailureKind = "redirect_uri_differs"     // the URI at the token endpoint, that at the authorization endpoint
	FailPostLogout     FailureKind = "post_logout_redirect_uri" // the URI, those registered
	FailPKCEMissing    FailureKind = "pkce_missing"             // -
	FailPKCEMethod     FailureKind = "pkce_method"              // the method, S256
	FailPKCEChallenge  FailureKind = "pkce_challenge"           // its length
	FailVerifier       FailureKind = "pkce_verifier"            // what is wrong with it
	FailAuthMethod     FailureKind = "auth_method"              // the method used, the one configured
	FailAuthForm       FailureKind = "auth_form"                // what is wrong with how the client authenticates
	FailSecret         FailureKind = "client_secret"            // the method used, or SeenRaw
	FailContentType    FailureKind = "content_type"             // the type
	FailScope          FailureKind = "scope"                    // the scopes asked for, those configured
	FailGrantType      FailureKind = "grant_type"               // the type, those configured
	FailResponseType   FailureKind = "response_type"            // the type, code
	FailResponseMode   FailureKind = "response_mode"            // the mode, those configured
	FailUnsupported    FailureKind = "parameter"                // the parameter
	FailTarget         FailureKind = "resource"                 // the resource, those configured
	FailCode           FailureKind = "code_unknown"             // -
	FailCodeExpired    FailureKind = "code_expired"             // -
	FailCodeUsed       FailureKind = "code_used"                // -
	FailCodeOther      FailureKind = "code_of_another_client"   // -
	FailSessionOver    FailureKind = "session_over"             // -
	FailRefresh        FailureKind = "refresh_token"            // unknown, expired, used before, of another client, or revoked: why
	FailAssertion      FailureKind = "assertion"                // why
	FailAssertionClock FailureKind = "assertion_clock"          // why
	FailAssertionUsed  FailureKind = "assertion_used"           // -
	FailObject         FailureKind = "request_object"           // why
	FailNotPushed      FailureKind = "par_required"             // -
	FailNotSigned      FailureKind = "signed_request_required"  // -
	FailPushed         FailureKind = "pushed_request"           // expired, used or unknown
	FailProof          FailureKind = "dpop"                     // why
	FailHint           FailureKind = "id_token_hint"            // why
	FailPolicy         FailureKind = "policy"                   // the address, masked
	FailSignup         FailureKind = "signup_policy"            // the address, masked
	FailDeclined       FailureKind = "declined"                 // -
	FailNotSignedIn    FailureKind = "login_required"           // why
	FailConsent        FailureKind = "consent_required"         // -
	FailOtherBrowser   FailureKind = "other_browser"            // -
	FailFlowOver       FailureKind = "flow_over"                // -
	FailOrigin         FailureKind = "cors_origin"              // the origin, those configured
	FailOther          FailureKind = "other"                    // the description that the application got
)

// What was seen of a client that sends its secret in HTTP Basic without the encoding of
// RFC 6749 §2.3.1, where that shows.
const (
	SeenRaw     = "the secret would fit, but was sent without URL-encoding"
	SeenPercent = "a % without two hexadecimal digits behind it: the secret was sent without URL-encoding"
)

// Failure is one request of an application that was refused, with what did not fit.
// It holds no secret, code, token or full address.
type Failure struct {
	ID        string
	Bucket    string // whose share of the table it takes: the declared client, or ""
	ClientID  string // as the request says
	Kind      FailureKind
	Seen      string // of the request
	Wanted    string // of the configuration as it was then
	Answer    string // the OAuth error code, if the application got one
	Route     string
	RequestID string
	At        time.Time
}

// MaskAddress keeps of a mail address what tells its owner which one it is:
// a***@example.com.
func MaskAddress(email string) string {
	local, domain, found := strings.Cut(email, "@")
	if !found || local == "" {
		return "***"
	}
	_, size := utf8.DecodeRuneInString(local)
	return local[:size] + "***@" + domain
}

// FailureTTL is how long failures are kept.
const FailureTTL = 7 * 24 * time.Hour

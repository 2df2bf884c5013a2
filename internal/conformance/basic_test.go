package conformance_test

const unsignedRequest = "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported"

// basicModules are the 35 modules that the Basic and Form Post plans run with a
// static client, in the suite's order.
var basicModules = []module{
	{"oidcc-server", "code, tokens, ID token with at_hash, userinfo; nothing about the person that was not asked for", happyFlow, false},
	{"oidcc-response-type-missing", "invalid_request or unsupported_response_type goes back to the client", responseTypeMissing, false},
	{"oidcc-userinfo-get", "userinfo by GET: JSON, types, sub of the ID token", func(r *rp) { r.userinfo(r.login(basic)) }, false},
	{"oidcc-userinfo-post-header", "the same by POST, token in the header", func(r *rp) { r.userinfoByPost(r.login(basic)) }, false},
	{"oidcc-userinfo-post-body", "the same by POST, token in the body", func(r *rp) { r.userinfoByBody(r.login(basic)) }, false},
	{"oidcc-ensure-request-without-nonce-succeeds-for-code-flow", "a code without nonce, and an ID token without one", withoutNonce, false},
	{"oidcc-scope-profile", "claims of profile at userinfo, not in the ID token", scopeProfile, false},
	{"oidcc-scope-email", "claims of email at userinfo, not in the ID token, no name", scopeEmail, false},
	{"oidcc-scope-address", "not in scopes_supported (the suite skips); asked for, it is left out", unsupportedScope("address"), false},
	{"oidcc-scope-phone", "not in scopes_supported (the suite skips); asked for, it is left out", unsupportedScope("phone"), false},
	{"oidcc-scope-all", "two of them not in scopes_supported (the suite skips); the others are given", scopeAll, false},
	{"oidcc-alternate-happy-flow", "order of scopes and of parameters does not matter", alternateFlow, false},
	{"oidcc-display-page", "display=page is no error", happyWith("display", "page"), false},
	{"oidcc-display-popup", "display=popup is no error", happyWith("display", "popup"), false},
	{"oidcc-prompt-login", "prompt=login shows the login again, auth_time is later", promptLogin, true},
	{"oidcc-prompt-none-not-logged-in", "an error that asks for a page, by redirect, without a page; state of 128 characters", promptNoneNobody, false},
	{"oidcc-prompt-none-logged-in", "a code without a page, same sub and auth_time", promptNoneSomebody, true},
	{"oidcc-max-age-1", "after 2 s the login is shown again; auth_time is there, later, recent", maxAge1, true},
	{"oidcc-max-age-10000", "auth_time is there; no second login, same sub and auth_time", maxAge10000, true},
	{"oidcc-ensure-request-with-unknown-parameter-succeeds", "extra=foobar is ignored", happyWith("extra", "foobar"), false},
	{"oidcc-id-token-hint", "prompt=none with a hint: a code without a page, same sub and auth_time", idTokenHint, true},
	{"oidcc-login-hint", "a login_hint is no error, and somebody else may sign in", loginHint, false},
	{"oidcc-ui-locales", "an unknown ui_locales is no error", happyWith("ui_locales", "se"), false},
	{"oidcc-claims-locales", "an unknown claims_locales is no error", happyWith("claims_locales", "se"), false},
	{"oidcc-ensure-request-with-acr-values-succeeds", "acr of the ID token is one that was asked for", acrValues, false},
	{"oidcc-codereuse", "a code's second use is invalid_grant", codeReuse, false},
	{"oidcc-codereuse-30seconds", "the same 30 s later; the access token is revoked", codeReuse30Seconds, true},
	{"oidcc-ensure-registered-redirect-uri", "an unregistered redirect_uri gets a page, no redirect", unregisteredRedirect, false},
	{"oidcc-ensure-post-request-succeeds", "the authorization request may be posted", postRequest, false},
	{"oidcc-server-client-secret-post", "client_secret_post", func(r *rp) { r.login(post) }, false},
	{unsignedRequest, "a request object is refused with request_not_supported, not ignored", requestObject, false},
	{"oidcc-claims-essential", "the claims parameter is no error and is not advertised (the suite warns that name is missing)", claimsEssential, false},
	{"oidcc-ensure-request-object-with-redirect-uri", "a bad redirect_uri beside a request object with a good one gets a page", requestObjectRedirect, false},
	{"oidcc-refresh-token", "refresh for two clients: JSON, entropy, iss, sub, aud and auth_time stay; not one client's token for the other", refreshToken, true},
	{"oidcc-ensure-request-with-valid-pkce-succeeds", "PKCE with S256, and only with the right verifier", validPKCE, false},
}

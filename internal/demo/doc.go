// Package demo is the demo application of `idp dev`: a small relying party
// that signs a person in and shows everything it was told about them.
//
// It owns its pages, its sessions (in memory, gone at restart) and the client
// side of OpenID Connect: discovery, the code flow with PKCE, the checks of an
// ID token, userinfo, refresh, sign-out, and third-party-initiated login.
//
//	GET /               the person, or a way to sign in
//	GET /login      ──► provider: state, nonce, PKCE; one cookie per attempt
//	GET /callback   ◄── provider: code, state, iss ──► session ──► /
//	POST /refresh       new tokens for this session
//	POST /logout    ──► provider's end_session_endpoint ──► /signed-out
//	/initiate-login ──► /login, for a sign-in that starts at the provider
//
// It refuses to know more than any other application could: it imports nothing
// of this module and reaches the provider over HTTP only. It keeps no token in
// the browser, and it shows none.
package demo

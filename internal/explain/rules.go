package explain

import "idp/internal/idp"

// rule says in words what a kind of failure is. The key is that of the client's
// entry, and after a bar that of the installation where no client is known.
type rule struct {
	what, change, key string
	look              func(*subject, *Explanation) // adds what the configuration knows
}

var rules = map[idp.FailureKind]rule{
	idp.FailNoClient:       {what: "The request names no client.", change: "Set the client id in the application."},
	idp.FailUnknownClient:  {what: "No client has this client_id.", key: "|clients", look: (*subject).unknownClient},
	idp.FailRedirect:       {what: "The application sent a redirect_uri that is not registered; they are compared character by character.", key: "redirect_uris", look: (*subject).redirect},
	idp.FailNoRedirect:     {what: "The application sent no redirect_uri.", change: "Set it in the application, to one that is registered.", key: "redirect_uris", look: (*subject).redirects},
	idp.FailRedirectMoved:  {what: "At the token endpoint the application sent another redirect_uri than at the start.", change: "Set one and the same redirect URI in the application; behind a proxy it often takes its own inner address the second time.", key: "redirect_uris"},
	idp.FailPostLogout:     {what: "The application sent a post_logout_redirect_uri that is not registered.", key: "post_logout_redirect_uris", look: (*subject).postLogout},
	idp.FailPKCEMissing:    {what: "The application does not use PKCE.", key: "pkce", look: (*subject).pkce},
	idp.FailPKCEMethod:     {what: "The application uses PKCE with another method than S256; plain protects nothing.", change: "Set the code challenge method S256 in the application.", key: "pkce"},
	idp.FailPKCEChallenge:  {what: "The code_challenge is no SHA-256 in base64url without padding, which has 43 characters.", change: "The application's PKCE is at fault: report it to its makers, or turn PKCE off there and set pkce: optional.", key: "pkce"},
	idp.FailVerifier:       {what: "The code_verifier of PKCE does not fit the sign-in.", change: "The application lost or mixed up its own session: look for several replicas without a shared session, or two sign-ins at once in one browser.", key: "pkce"},
	idp.FailAuthMethod:     {what: "The application authenticates in another way than its entry says.", key: "auth_method", look: (*subject).authMethod},
	idp.FailAuthForm:       {what: "The way in which the application authenticates is not well formed.", change: "Set one method of client authentication in the application.", key: "auth_method", look: (*subject).authForm},
	idp.FailSecret:         {what: "The client secret is wrong.", change: "Put the secret into the application again, without blanks around it; or make a new one (idp client secret) and put its hash here.", key: "secrets", look: (*subject).secrets},
	idp.FailContentType:    {what: "The request is no form.", change: "The application must post application/x-www-form-urlencoded, not JSON."},
	idp.FailScope:          {what: "None of the scopes asked for may be given to the client.", key: "scopes", look: (*subject).scopes},
	idp.FailGrantType:      {what: "The client may not use this grant type.", key: "grant_types", look: (*subject).grantTypes},
	idp.FailResponseType:   {what: "The application asks for another response_type than code.", change: "Set the authorization code flow in the application: response_type code."},
	idp.FailResponseMode:   {what: "The client may not have its answer in this response_mode.", change: "Add it to response_modes, or set another in the application.", key: "response_modes"},
	idp.FailUnsupported:    {what: "The request has a parameter that is not supported for this client.", change: "Turn it off in the application; for request, register keys of the application.", key: "jwks"},
	idp.FailTarget:         {what: "The client may not ask for tokens for this resource.", change: "Add it to resources, and let the application name it in its authorization request too; or take it out of the application.", key: "resources"},
	idp.FailCode:           {what: "The authorization code is none that this server made.", change: "Look whether the application sends what it got unchanged, and to this server."},
	idp.FailCodeExpired:    {what: "The authorization code came too late.", change: "Look why the application takes so long, and whether the clocks of this server's machines agree."},
	idp.FailCodeUsed:       {what: "The authorization code was redeemed a second time, which ends what the first gave.", change: "Look for a retry, a reload of the callback or two replicas that handle the same answer."},
	idp.FailCodeOther:      {what: "The authorization code was made for another client.", change: "Set the same client id for both halves of the sign-in in the application."},
	idp.FailSessionOver:    {what: "The person signed out, disconnected the application, or was disabled, before the code was redeemed.", change: "Nothing: the next sign-in works."},
	idp.FailRefresh:        {what: "The refresh token is not valid.", key: "refresh_idle_ttl", look: (*subject).refresh},
	idp.FailAssertion:      {what: "The client assertion is not valid.", change: "Compare the application's key with the registered ones; iss and sub must be the client_id, and aud the issuer.", key: "jwks", look: (*subject).keys},
	idp.FailAssertionClock: {what: "The times in what the application signed do not fit this server's clock.", change: "Set the clock of the application's machine (NTP), or let it sign anew for each request."},
	idp.FailAssertionUsed:  {what: "The client assertion was used a second time.", change: "The application must sign a new one, with a new jti, for each request."},
	idp.FailObject:         {what: "The signed request is not valid.", change: "Compare the application's key and algorithm with the registered ones; aud must be the issuer.", key: "jwks", look: (*subject).keys},
	idp.FailNotPushed:      {what: "The client must push its authorization requests, and did not.", change: "Turn pushed authorization requests (PAR) on in the application, or set require_par: false.", key: "require_par"},
	idp.FailNotSigned:      {what: "The client must sign its authorization requests, and did not.", change: "Turn signed requests (JAR) on in the application, or set require_signed_request: false.", key: "require_signed_request"},
	idp.FailPushed:         {what: "The pushed request cannot be used.", change: "The application must push a new request for each sign-in and send the browser at once."},
	idp.FailProof:          {what: "The DPoP proof is missing or not valid.", change: "Compare the application's key, and the address that its proof is for, with this server's; or set dpop: optional.", key: "dpop"},
	idp.FailHint:           {what: "The id_token_hint cannot be used.", change: "The application must send an ID token that this server gave to the same client; an expired one is good."},
	idp.FailPolicy:         {what: "The person proved the address, but may not use this application.", change: "Add the address, its domain or a group of it to allow, if that is a mistake.", key: "allow"},
	idp.FailSignup:         {what: "Nobody is mailed at this address: it never signed in, and the policy for sign-ups does not admit it.", change: "Add the address or its domain, or invite the person: idp invite.", key: "signup|signup", look: (*subject).signup},
	idp.FailDeclined:       {what: "The person said no.", change: "Nothing, or consent: skip, if the application is your own.", key: "consent"},
	idp.FailNotSignedIn:    {what: "The application asked with prompt=none, and nobody who fits is signed in.", change: "Nothing: the application then sends the person to sign in. If it does not, take prompt=none out of it.", key: "max_session_age"},
	idp.FailConsent:        {what: "The application asked with prompt=none, and the person has not allowed it yet.", change: "Set consent: skip for an application of your own, or let the application ask without prompt=none.", key: "consent"},
	idp.FailOtherBrowser:   {what: "A sign-in was continued in another browser, or the browser keeps no cookies of this server.", change: "Nothing, if it is rare. If it is everybody, look at the proxy: idp doctor."},
	idp.FailFlowOver:       {what: "A sign-in was continued after its time.", change: "Nothing: the person starts again at the application."},
	idp.FailOrigin:         {what: "A page of an origin that is not registered called an endpoint for programs; browsers hide the answer from it.", key: "cors_origins|clients", look: (*subject).origin},
	idp.FailOther:          {what: "The request did not fit.", change: "The text beside \"seen\" is what the application was told."},
}

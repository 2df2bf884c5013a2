package demo

import "slices"

// entry explains one standard claim (OpenID Connect Core §2 and §5.1).
type entry struct {
	name    string
	meaning string
	isTime  bool
}

// dictionary lists the claims in the order they are read best: who, how, when,
// and then the parts that only machines look at.
var dictionary = []entry{
	{name: "sub", meaning: "Who you are, for this provider. It never changes; the address may."},
	{name: "email", meaning: "Your e-mail address."},
	{name: "email_verified", meaning: "Whether you proved that you hold that address."},
	{name: "name", meaning: "Your name, as you wrote it."},
	{name: "given_name", meaning: "Your first name."},
	{name: "family_name", meaning: "Your last name."},
	{name: "middle_name", meaning: "Your middle name."},
	{name: "nickname", meaning: "What friends call you."},
	{name: "preferred_username", meaning: "The short name you like to go by."},
	{name: "picture", meaning: "Where your picture is."},
	{name: "profile", meaning: "Where your profile page is."},
	{name: "website", meaning: "Your web site."},
	{name: "locale", meaning: "The language you read."},
	{name: "zoneinfo", meaning: "Your time zone."},
	{name: "groups", meaning: "The groups you belong to."},
	{name: "updated_at", meaning: "When your profile last changed.", isTime: true},
	{name: "auth_time", meaning: "When you last proved who you are.", isTime: true},
	{name: "amr", meaning: "How you proved it."},
	{name: "acr", meaning: "How strong that proof is."},
	{name: "iss", meaning: "The provider that says all this."},
	{name: "aud", meaning: "The application it says it to."},
	{name: "azp", meaning: "The application that asked."},
	{name: "iat", meaning: "When this statement was made.", isTime: true},
	{name: "nbf", meaning: "From when on it counts.", isTime: true},
	{name: "exp", meaning: "Until when it counts.", isTime: true},
	{name: "nonce", meaning: "Our own random word, sent back: nobody replayed this."},
	{name: "sid", meaning: "Your session at the provider, for signing out."},
	{name: "at_hash", meaning: "Ties this statement to the access token beside it."},
	{name: "c_hash", meaning: "Ties this statement to the code it came for."},
	{name: "jti", meaning: "The number of this statement."},
}

func inDictionary(name string) bool {
	return slices.ContainsFunc(dictionary, func(e entry) bool { return e.name == name })
}

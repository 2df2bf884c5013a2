package apptest

import _ "embed"

//go:embed clients_grants.yaml
var grantClientsYAML string

// The clients of the grants beside the authorization code. clients_grants.yaml
// says how each is registered.
var (
	Machine    = machine("machine")       // client_credentials and nothing else
	MachineJWT = machine("machine-jwt")   // the same with at+jwt
	Both       = Confidential("both")     // client_credentials beside the code
	Agent      = Confidential("agent")    // resources API and Files
	Audience   = Confidential("audience") // at+jwt for my-api
	Club       = Confidential("club")     // bob, club.example.com and the group staff (ada, staff.example.com); scope groups
	TV         = Client{ID: "tv"}         // public, the device grant and refresh tokens
	Console    = machine("console")       // confidential, the device grant, for bob alone
	Front      = Confidential("front")    // resources API and Files, scopes notes.read and notes.write, for ada and bob
	Service    = machine("service")       // exchanges tokens of Front and its own for API, scope notes.read
	Pair       = Confidential("pair")     // pairwise, at+jwt, signed userinfo, consent, branded
	Pear       = Confidential("pear")     // pairwise, of Pair's sector
	Apart      = Confidential("apart")    // pairwise, of its own
	Strict     = Confidential("strict")   // sign-ins of the last hour
)

// The resources of Agent.
const (
	API   = "https://api.example.com"
	Files = "https://files.example.com/v1"
)

// machine is a confidential client that takes nobody anywhere.
func machine(id string) Client {
	c := Confidential(id)
	c.Redirect = ""
	return c
}

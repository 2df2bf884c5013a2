package adminapi

import (
	"cmp"
	"net/http"
)

// operation is one line of the table.
type operation struct {
	method, path string // below Prefix, with {variables}
	id           string // in the document and in the log
	summary      string
	query        []param
	in           any // a value of the type of the body; nil for none
	out          any // one of the answer's type; nil for 204
	ok           int // the status of the answer; 0 for 200, or 204 without one
	slow         bool
	do           func(c *call) (any, error)
}

// param is something in the query, or in the path.
type param struct{ name, kind, about string }

func (o *operation) status() int {
	if o.out == nil {
		return http.StatusNoContent
	}
	return cmp.Or(o.ok, http.StatusOK)
}

var (
	limit  = param{"limit", "integer", "At most so many, 1 to 1000; 100 if it is left out."}
	search = []param{
		{"search", "string", "Only those with this text in their address or name."},
		{"disabled", "boolean", "Only those who are disabled."},
		{"after", "string", "Begin behind this address: next of the page before."}, limit,
	}
	events = []param{
		{"user", "string", "About this person: the id of a user, or an address."},
		{"name", "string", "With this name, or its first part, such as login."}, {"actor", "string", "Done by this actor."},
		{"client", "string", "Of this application."}, {"result", "string", "With this result."}, {"ip", "string", "From this address."},
		{"request", "string", "Of this request."},
		{"since", "date-time", "Made then or later."}, {"until", "date-time", "Made before then."},
		{"before", "string", "Made before the event with this id: goes on to older ones."},
		{"after", "string", "Made after the event with this id, the oldest first: follows the log."}, limit,
	}
	failed = []param{{"client", "string", "Only those of this application."}, {"request", "string", "Only that of this request."}, limit}
	whose  = []param{{"address", "string", "Whose budgets to tell beside the installation's."}, {"network", "string", "An IP address whose network's to tell."}}
)

// table is the API.
func table() []operation {
	get, post, put, del := http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
	return []operation{
		{method: get, path: "/v1/users", id: "listUsers", summary: "List the people who signed in, by their addresses.", query: search, out: UserPage{}, do: listUsers},
		{method: get, path: "/v1/users/{user}", id: "showUser", summary: "Show a person.", out: User{}, do: showUser},
		{method: post, path: "/v1/users/{user}/disable", id: "disableUser", summary: "Keep a person out: their sessions and grants end.", out: User{}, do: disableUser},
		{method: post, path: "/v1/users/{user}/enable", id: "enableUser", summary: "Let a disabled person in again; what ended stays ended.", out: User{}, do: enableUser},
		{method: del, path: "/v1/users/{user}", id: "deleteUser", summary: "Delete a person and all that is held on them, for good.", do: deleteUser},
		{method: get, path: "/v1/users/{user}/export", id: "exportUser", summary: "All that is held on a person, by table.", out: Export{}, slow: true, do: exportUser},
		{method: put, path: "/v1/users/{user}/groups", id: "setGroups", summary: "Replace the groups that the database has a person in.", in: Groups{}, out: User{}, do: setGroups},
		{method: post, path: "/v1/users/{user}/groups", id: "changeGroups", summary: "Put a person into groups, and take them out of others.", in: GroupChange{}, out: User{}, do: changeGroups},
		{method: get, path: "/v1/users/{user}/sessions", id: "listSessions", summary: "List where a person is signed in.", out: SessionList{}, do: listSessions},
		{method: del, path: "/v1/users/{user}/sessions", id: "endSessions", summary: "End all sessions of a person.", out: Ended{}, do: endSessions},
		{method: del, path: "/v1/sessions/{session}", id: "endSession", summary: "End one session with all that came of it.", do: endSession},
		{method: get, path: "/v1/users/{user}/grants", id: "listGrants", summary: "List the applications that hold tokens for a person, by their newest 500 grants.", out: GrantList{}, do: listGrants},
		{method: del, path: "/v1/grants/{grant}", id: "revokeGrant", summary: "Take an application's tokens for a person away.", do: revokeGrant},

		{method: get, path: "/v1/clients", id: "listClients", summary: "List the applications, in use or not.", out: ClientList{}, do: listClients},
		{method: get, path: "/v1/clients/{client}", id: "showClient", summary: "Show an application as the database has it, without its secrets.", out: Client{}, do: showClient},
		{method: del, path: "/v1/clients/{client}", id: "removeClient", summary: "Take away an application that registered itself, with all tokens that it holds.", do: removeClient},
		{method: get, path: "/v1/keys", id: "listKeys", summary: "List the keys that sign tokens.", out: KeyList{}, do: listKeys},
		{method: post, path: "/v1/keys/rotate", id: "rotateKeys", summary: "Replace keys before their time.", in: Rotation{}, out: Rotated{}, do: rotateKeys},
		{method: post, path: "/v1/invitations", id: "invite", summary: "Send somebody a link that lets them in for the first time.", in: Invitation{}, out: Invited{}, ok: http.StatusCreated, slow: true, do: invite},

		{method: get, path: "/v1/limits", id: "showLimits", summary: "Show the budgets against abuse and how full they are.", query: whose, out: LimitList{}, do: showLimits},
		{method: get, path: "/v1/mail", id: "showMail", summary: "Show the letters that are still to be sent.", query: []param{limit}, out: MailQueue{}, do: showMail},
		{method: get, path: "/v1/audit", id: "searchAudit", summary: "Find what happened, the newest first.", query: events, out: EventPage{}, do: searchAudit},
		{method: post, path: "/v1/audit/verify", id: "verifyAudit", summary: "Walk along the whole audit log and say whether anything was changed.", out: Verified{}, slow: true, do: verifyAudit},
		{method: get, path: "/v1/failures", id: "listFailures", summary: "Why sign-ins failed, the newest first, and what to change.", query: failed, out: FailureList{}, do: listFailures},
		{method: get, path: "/v1/configuration", id: "showConfiguration", summary: "Which configuration is in force, and how the last change went.", out: Configuration{}, do: showConfiguration},
		{method: get, path: "/v1/health", id: "showHealth", summary: "How every part is that requests need.", out: Health{}, do: showHealth},
	}
}

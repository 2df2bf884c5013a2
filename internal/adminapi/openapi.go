package adminapi

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"sync"

	"idp/internal/server"
)

// Document is the OpenAPI description of the table, as JSON.
func Document() ([]byte, error) {
	schemas := &schemas{byName: object{}}
	paths := object{}
	for _, op := range table() {
		path := Prefix + op.path
		if paths[path] == nil {
			paths[path] = object{}
		}
		paths[path].(object)[lower[op.method]] = op.describe(schemas)
	}
	problem := object{"description": "What went wrong, and what to do.", "content": object{"application/problem+json": object{"schema": schemas.of(server.ProblemJSON{})}}}
	return json.MarshalIndent(object{
		"openapi": "3.1.0",
		"info": object{
			"title": "Administration of idp", "version": "1",
			"description": "The verbs of administration, on the administrator's listener. Errors are problems of RFC 9457. docs/admin.md says how to begin.",
		},
		"paths":    paths,
		"security": []any{object{"bearer": []any{}}},
		"components": object{
			"schemas":   schemas.byName,
			"responses": object{"Problem": problem},
			"securitySchemes": object{"bearer": object{
				"type": "http", "scheme": "bearer", "description": "An opaque access token of this provider with the scope admin, of a client that admin.clients names.",
			}},
		},
	}, "", "  ")
}

type object = map[string]any

var lower = map[string]string{http.MethodGet: "get", http.MethodPost: "post", http.MethodPut: "put", http.MethodDelete: "delete"}

var variable = regexp.MustCompile(`{(\w+)}`)

// describe is the operation object (OpenAPI 3.1.1 §4.8.10).
func (o *operation) describe(s *schemas) object {
	answer := object{"description": "Done."}
	if o.out != nil {
		answer = object{"description": "The answer.", "content": object{"application/json": object{"schema": s.of(o.out)}}}
	}
	refused := object{"$ref": "#/components/responses/Problem"}
	out := object{
		"operationId": o.id, "summary": o.summary,
		"responses": object{strconv.Itoa(o.status()): answer, "4XX": refused, "5XX": refused},
	}
	params := []any{}
	for _, m := range variable.FindAllStringSubmatch(o.path, -1) {
		params = append(params, object{"name": m[1], "in": "path", "required": true, "description": variables[m[1]], "schema": object{"type": "string"}})
	}
	for _, p := range o.query {
		params = append(params, object{"name": p.name, "in": "query", "description": p.about, "schema": p.schema()})
	}
	if len(params) > 0 {
		out["parameters"] = params
	}
	if o.in != nil {
		out["requestBody"] = object{"required": true, "content": object{"application/json": object{"schema": s.of(o.in)}}}
	}
	return out
}

// variables says what the parts of paths are.
var variables = map[string]string{
	"user": "The id of a user, or their address.", "session": "The id of a session.", "grant": "The id of a grant.", "client": "The id of an application.",
}

func (p param) schema() object {
	switch p.kind {
	case "integer":
		return object{"type": "integer", "minimum": 1, "maximum": maxPage}
	case "date-time":
		return object{"type": "string", "format": "date-time"}
	}
	return object{"type": p.kind}
}

// described is Document, made once.
var described = sync.OnceValues(Document)

// document serves the description to whoever reaches the listener: it holds nothing
// that the program's own pages do not.
func document(w http.ResponseWriter, r *http.Request) error {
	text, err := described()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = bytes.NewReader(text).WriteTo(w) // a caller who left needs no error
	return nil
}

package main

import (
	"html/template"
	"net/http"
)

// partner is the application of somebody else. It understands nothing: its page
// shows how the provider's answer came and what was in it.
type partner struct{}

var partnerPage = template.Must(template.New("").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Partner</title><link rel="icon" href="data:,">
<h1>Partner</h1>
<p>Came by <span id="method">{{.Method}}</span>.</p>
<dl>{{range $name, $values := .Form}}<dt>{{$name}}</dt>{{range $values}}<dd id="{{$name}}">{{.}}</dd>{{end}}{{end}}</dl>
</html>
`))

func (partner) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = partnerPage.Execute(w, r) // only a lost reader can fail this
}

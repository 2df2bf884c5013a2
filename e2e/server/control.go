package main

import (
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// clock is the system's, moved ahead. The zero value is the system's.
type clock struct{ ahead atomic.Int64 }

// Now returns the time in this world.
func (c *clock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// control is how a test changes the world:
//
//	POST /clock?advance=11m    time passes; the answer is the new time
//	POST /smtp?state=down|up   the mail server stops taking connections, or takes them again
//	POST /keys                 the application that publishes its keys has those of the body
func control(c *clock, p *postOffice, d *documents) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /clock", func(w http.ResponseWriter, r *http.Request) {
		d, err := time.ParseDuration(r.FormValue("advance"))
		if err != nil || d < 0 {
			http.Error(w, "advance must be a duration such as 11m", http.StatusBadRequest)
			return
		}
		c.ahead.Add(int64(d))
		fmt.Fprint(w, c.Now().Format(time.RFC3339Nano))
	})
	mux.HandleFunc("POST /smtp", func(w http.ResponseWriter, r *http.Request) {
		var err error
		switch state := r.FormValue("state"); state {
		case "down":
			p.close()
		case "up":
			err = p.open()
		default:
			err = fmt.Errorf("state must be down or up, not %q", state)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
	})
	mux.HandleFunc("POST /keys", func(w http.ResponseWriter, r *http.Request) {
		keys, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		d.publish(string(keys))
	})
	return mux
}

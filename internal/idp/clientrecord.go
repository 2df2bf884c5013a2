package idp

import (
	"encoding/json"
	"fmt"
	"time"
)

// Settings are what the application is registered with, without anything that is
// kept of its secrets. Spans of time are in seconds.
func (r *ClientRecord) Settings() (map[string]any, error) {
	public := r.Client
	public.SecretHashes = nil
	text, err := json.Marshal(public)
	if err != nil {
		return nil, fmt.Errorf("write a client down: %w", err)
	}
	var out map[string]any
	if err := json.Unmarshal(text, &out); err != nil {
		return nil, fmt.Errorf("write a client down: %w", err)
	}
	for _, span := range []string{"access_token_ttl", "id_token_ttl", "refresh_idle_ttl", "refresh_absolute_ttl", "max_session_age"} {
		if ns, ok := out[span].(float64); ok {
			out[span] = ns / float64(time.Second)
		}
	}
	return out, nil
}

package inbox

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
)

func (h *handler) listMessages(w http.ResponseWriter, r *http.Request) {
	h.answerList(w, r, "")
}

func (h *handler) searchMessages(w http.ResponseWriter, r *http.Request) {
	query := strings.TrimSpace(r.URL.Query().Get("query"))
	if query == "" {
		http.Error(w, "Error: no search query", http.StatusBadRequest)
		return
	}
	h.answerList(w, r, query)
}

func (h *handler) answerList(w http.ResponseWriter, r *http.Request, query string) {
	start, limit := paging(r)
	if limit == 0 {
		limit = h.store.limits.Messages // Mailpit's "no limit"
	}
	messages, matching := h.store.Find(query, start, limit)
	writeJSON(w, newMessageList(messages, h.store.Len(), matching, start))
}

func (h *handler) getMessage(w http.ResponseWriter, r *http.Request) {
	if message := h.requested(w, r); message != nil {
		writeJSON(w, newMessageJSON(message))
	}
}

func (h *handler) getHeaders(w http.ResponseWriter, r *http.Request) {
	if message := h.requested(w, r); message != nil {
		writeJSON(w, message.Header)
	}
}

func (h *handler) getRaw(w http.ResponseWriter, r *http.Request) {
	message := h.requested(w, r)
	if message == nil {
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if r.URL.Query().Get("dl") == "1" {
		w.Header().Set("Content-Disposition", `attachment; filename="`+message.ID+`.eml"`)
	}
	_, _ = w.Write(message.Raw)
}

func (h *handler) deleteMessages(w http.ResponseWriter, r *http.Request) {
	var body struct{ IDs []string }
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&body)
	if err != nil && !errors.Is(err, io.EOF) {
		http.Error(w, "Error: the body is not the JSON expected", http.StatusBadRequest)
		return
	}
	if len(body.IDs) == 0 {
		h.store.DeleteAll()
	} else {
		h.store.Delete(body.IDs...)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "ok")
}

// requested returns the mail the path names, or answers 404 and returns nil.
// As in Mailpit, a query narrows what "latest" means.
func (h *handler) requested(w http.ResponseWriter, r *http.Request) *Message {
	id, query := r.PathValue("id"), r.URL.Query().Get("query")
	if id == Latest && query != "" {
		if messages, _ := h.store.Find(query, 0, 1); len(messages) > 0 {
			return messages[0]
		}
	} else if message, err := h.store.Get(id); err == nil {
		return message
	}
	http.Error(w, "Message not found", http.StatusNotFound)
	return nil
}

// paging passes over numbers that are none, as Mailpit does.
func paging(r *http.Request) (start, limit int) {
	limit = perPage
	if n, err := strconv.Atoi(r.URL.Query().Get("start")); err == nil && n > 0 {
		start = n
	}
	if n, err := strconv.Atoi(r.URL.Query().Get("limit")); err == nil && n >= 0 {
		limit = n
	}
	return start, limit
}

func writeJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value) // plain structs: only a lost reader can fail this
}

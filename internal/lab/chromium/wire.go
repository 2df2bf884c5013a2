package chromium

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// patience is how long the browser may take over one command or one event.
const patience = 30 * time.Second

// wire is the protocol: JSON in both directions, a zero byte after each message.
type wire struct {
	mu      sync.Mutex
	out     io.Writer
	last    int
	waiting map[int]chan message
	events  map[event]chan struct{}
	done    chan struct{}
}

// event is something that a tab tells: its session and the event's name.
type event struct{ session, method string }

// message is a command, an answer or an event.
type message struct {
	ID        int             `json:"id,omitempty"`
	SessionID string          `json:"sessionId,omitempty"`
	Method    string          `json:"method,omitempty"`
	Params    any             `json:"params,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     *fault          `json:"error,omitempty"`
}

type fault struct {
	Code    int
	Message string
}

func newWire(out io.Writer, in io.Reader) *wire {
	w := &wire{out: out, waiting: map[int]chan message{}, events: map[event]chan struct{}{}, done: make(chan struct{})}
	go w.listen(bufio.NewReader(in))
	return w
}

// end waits until nothing more can come.
func (w *wire) end() { <-w.done }

func (w *wire) listen(in *bufio.Reader) {
	defer close(w.done)
	for {
		text, err := in.ReadBytes(0)
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(bytes.TrimSuffix(text, []byte{0}), &m) == nil {
			w.deliver(m)
		}
	}
}

func (w *wire) deliver(m message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if answer, ok := w.waiting[m.ID]; ok && m.ID != 0 {
		delete(w.waiting, m.ID)
		answer <- m
		return
	}
	if told, ok := w.events[event{m.SessionID, m.Method}]; ok {
		delete(w.events, event{m.SessionID, m.Method})
		close(told)
	}
}

// next is closed at the next event of this name. Ask before the act that causes it.
func (w *wire) next(session, method string) <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	told, ok := w.events[event{session, method}]
	if !ok {
		told = make(chan struct{})
		w.events[event{session, method}] = told
	}
	return told
}

// send sends a command, waits for its answer, and reads that into result, which
// may be nil.
func (w *wire) send(session, method string, params, result any) error {
	answer := make(chan message, 1)
	w.mu.Lock()
	w.last++
	text, err := json.Marshal(message{ID: w.last, SessionID: session, Method: method, Params: params})
	if err == nil {
		w.waiting[w.last] = answer
		_, err = w.out.Write(append(text, 0))
	}
	w.mu.Unlock()
	if err != nil {
		return fmt.Errorf("tell Chromium %s: %w", method, err)
	}
	select {
	case m := <-answer:
		if m.Error != nil {
			return fmt.Errorf("the browser refuses %s: %s (%d)", method, m.Error.Message, m.Error.Code)
		}
		if result == nil {
			return nil
		}
		return json.Unmarshal(m.Result, result)
	case <-w.done:
		return errors.New("the browser is gone: " + method)
	case <-time.After(patience):
		return errors.New("the browser does not answer: " + method)
	}
}

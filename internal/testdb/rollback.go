package testdb

import (
	"encoding/binary"
	"net"
	"sync/atomic"
)

// rollback ends the server's transaction behind the client's back. A server that
// refuses a COMMIT has ended it; a proxy that only says so would leave it open, and
// whoever has the connection next would write into it.
type rollback struct {
	asked atomic.Bool
	said  []byte        // what the server answered so far
	done  chan struct{} // it answered
	gone  chan struct{} // it will not any more
}

func newRollback() *rollback {
	return &rollback{done: make(chan struct{}, 1), gone: make(chan struct{})}
}

// send asks the server and waits for its answer; false if it is gone.
func (r *rollback) send(server net.Conn) bool {
	const text = "ROLLBACK\x00"
	r.asked.Store(true)
	query := binary.BigEndian.AppendUint32([]byte{'Q'}, uint32(len(text)+4))
	if _, err := server.Write(append(query, text...)); err != nil {
		return false
	}
	select {
	case <-r.done:
		return true
	case <-r.gone:
		return false
	}
}

// takes reports whether an answer is for us and not for the client, who waits.
func (r *rollback) takes(answer []byte) bool {
	if !r.asked.Load() {
		return false
	}
	r.said = append(r.said, answer...)
	for len(r.said) >= 5 {
		kind, size := r.said[0], 1+int(binary.BigEndian.Uint32(r.said[1:5]))
		if len(r.said) < size {
			break
		}
		if r.said = r.said[size:]; kind == 'Z' { // ReadyForQuery: nothing follows
			r.asked.Store(false)
			r.done <- struct{}{}
		}
	}
	return true
}

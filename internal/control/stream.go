package control

import (
	"bytes"
	"encoding/json"
	"net/http"
	"time"
)

// write writes messages until one side ends the stream.
func (s *Server) write(w http.ResponseWriter, r *http.Request, queued <-chan message) {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	sent := map[string]json.RawMessage{}
	for next := (message{Type: "hello"}); send(w, next) == nil; {
		broadcast, changed := s.current()
		if sendNew(w, broadcast, sent) != nil {
			return
		}
		next = message{Type: "ping"}
		select {
		case <-r.Context().Done():
			return
		case <-s.stop:
			return
		case next = <-queued:
		case <-ping.C:
		case <-changed:
		}
	}
}

// sendNew sends what is not in sent, and adds it there.
func sendNew(w http.ResponseWriter, broadcast, sent map[string]json.RawMessage) error {
	for kind, body := range broadcast {
		if bytes.Equal(sent[kind], body) {
			continue
		}
		if err := send(w, message{kind, body}); err != nil {
			return err
		}
		sent[kind] = body
	}
	return nil
}

// send writes one message, and gives up on a process that takes none.
func send(w http.ResponseWriter, m message) error {
	rc := http.NewResponseController(w)
	if err := rc.SetWriteDeadline(time.Now().Add(deadAfter)); err != nil {
		return err
	}
	if err := json.NewEncoder(w).Encode(m); err != nil {
		return err
	}
	return rc.Flush()
}

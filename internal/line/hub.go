package line

import (
	"bytes"
	"cmp"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Process is one end of a line that holds.
type Process struct {
	Registration
	// URL is where the server reaches the process: its address, or, where that
	// says "all interfaces", the one that its line came from.
	URL         string    `json:"url"`
	ConnectedAt time.Time `json:"connected_at"`

	number uint64 // of its line: later ones have higher
}

// Hub is the server's end of all lines.
type Hub struct {
	token string
	stop  chan struct{}

	mu    sync.Mutex
	lines map[*Process]chan message // with what waits to be told to it alone
	ended bool
	count uint64 // of all lines so far

	published map[string]json.RawMessage // by kind
	changed   chan struct{}              // closed when published is another
}

// NewHub takes lines from processes that know token. An empty token lets
// everybody in: only for a listener that others cannot reach.
func NewHub(token string) *Hub {
	return &Hub{token: token, stop: make(chan struct{}), lines: map[*Process]chan message{},
		published: map[string]json.RawMessage{}, changed: make(chan struct{})}
}

// Publish sends body, as JSON, to all processes, and to those that come later,
// in place of what was published under the same kind. Sending takes no time.
func (h *Hub) Publish(kind string, body any) error {
	text, err := encode(body)
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.published = maps.Clone(h.published)
	h.published[kind] = text
	close(h.changed)
	h.changed = make(chan struct{})
	return nil
}

// Tell sends body, as JSON, to the process of that instance, once and at once.
// It does not wait: an error says that no such process is there, or that it
// takes less than it is told. What is told to a line that then breaks is lost.
func (h *Hub) Tell(instance, kind string, body any) error {
	text, err := encode(body)
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	var newest *Process // a process that calls again may still have its last line
	for p := range h.lines {
		if p.Instance == instance && (newest == nil || newest.number < p.number) {
			newest = p
		}
	}
	if newest == nil {
		return fmt.Errorf("no process %s keeps a line", instance)
	}
	select {
	case h.lines[newest] <- message{kind, text}:
		return nil
	default:
		return fmt.Errorf("%s %s has not taken the last %d messages yet", newest.Service, instance, maxTold)
	}
}

func encode(body any) (json.RawMessage, error) {
	text, err := json.Marshal(body)
	if err == nil && len(text) > maxMessage/2 {
		err = fmt.Errorf("%d bytes are too many for a line", len(text))
	}
	return text, err
}

// now returns what is published, and what tells of a change of it.
func (h *Hub) now() (map[string]json.RawMessage, <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.published, h.changed
}

// Processes lists who is there, by service and then by age.
func (h *Hub) Processes() []Process {
	h.mu.Lock()
	all := make([]Process, 0, len(h.lines))
	for p := range h.lines {
		all = append(all, *p)
	}
	h.mu.Unlock()
	slices.SortFunc(all, func(a, b Process) int {
		return cmp.Or(strings.Compare(a.Service, b.Service), a.StartedAt.Compare(b.StartedAt), strings.Compare(a.Instance, b.Instance))
	})
	return all
}

// Close ends all lines; a server calls it when it stops, since lines do not
// end by themselves.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.ended {
		h.ended = true
		close(h.stop)
	}
}

// ServeHTTP holds one line.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !h.trusts(r) {
		http.Error(w, "the line needs the server's token: set TRACELAB_TOKEN to the same value on both sides", http.StatusUnauthorized)
		return
	}
	p := &Process{ConnectedAt: time.Now().UTC().Truncate(time.Millisecond)}
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxMessage)).Decode(&p.Registration)
	if err != nil || p.Service == "" || p.Instance == "" {
		http.Error(w, fmt.Sprintf("registration: want JSON with service and instance: %v", err), http.StatusBadRequest)
		return
	}
	p.URL = reach(p.Addr, r.RemoteAddr)
	told, ok := h.add(p)
	if !ok {
		http.Error(w, fmt.Sprintf("the server holds %d lines already, or is stopping", maxLines), http.StatusServiceUnavailable)
		return
	}
	defer h.remove(p)
	w.Header().Set("Content-Type", "application/x-ndjson")
	h.hold(w, r, told)
}

func reach(addr, remote string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return ""
	}
	if ip := net.ParseIP(host); host == "" || ip.IsUnspecified() {
		host, _, _ = net.SplitHostPort(remote)
	}
	return "http://" + net.JoinHostPort(host, port)
}

func (h *Hub) trusts(r *http.Request) bool {
	if h.token == "" {
		return true
	}
	given, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return subtle.ConstantTimeCompare([]byte(given), []byte(h.token)) == 1
}

func (h *Hub) add(p *Process) (told <-chan message, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended || len(h.lines) >= maxLines {
		return nil, false
	}
	h.count++
	p.number = h.count
	waiting := make(chan message, maxTold)
	h.lines[p] = waiting
	return waiting, true
}

func (h *Hub) remove(p *Process) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.lines, p)
}

// hold writes until one side ends the line.
func (h *Hub) hold(w http.ResponseWriter, r *http.Request, told <-chan message) {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	sent := map[string]json.RawMessage{}
	for next := (message{Type: "hello"}); send(w, next) == nil; {
		published, changed := h.now()
		if sendNew(w, published, sent) != nil {
			return
		}
		next = message{Type: "ping"}
		select {
		case <-r.Context().Done():
			return
		case <-h.stop:
			return
		case next = <-told:
		case <-ping.C:
		case <-changed:
		}
	}
}

// sendNew sends what is not in sent, and adds it there.
func sendNew(w http.ResponseWriter, published, sent map[string]json.RawMessage) error {
	for kind, body := range published {
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

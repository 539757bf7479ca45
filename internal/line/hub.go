package line

import (
	"cmp"
	"crypto/subtle"
	"encoding/json"
	"fmt"
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
}

// Hub is the server's end of all lines.
type Hub struct {
	token string
	stop  chan struct{}

	mu    sync.Mutex
	lines map[*Process]struct{}
	ended bool
}

// NewHub takes lines from processes that know token. An empty token lets
// everybody in: only for a listener that others cannot reach.
func NewHub(token string) *Hub {
	return &Hub{token: token, stop: make(chan struct{}), lines: map[*Process]struct{}{}}
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
	if !h.add(p) {
		http.Error(w, fmt.Sprintf("the server holds %d lines already, or is stopping", maxLines), http.StatusServiceUnavailable)
		return
	}
	defer h.remove(p)
	w.Header().Set("Content-Type", "application/x-ndjson")
	h.hold(w, r)
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

func (h *Hub) add(p *Process) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended || len(h.lines) >= maxLines {
		return false
	}
	h.lines[p] = struct{}{}
	return true
}

func (h *Hub) remove(p *Process) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.lines, p)
}

// hold writes until one side ends the line.
func (h *Hub) hold(w http.ResponseWriter, r *http.Request) {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for kind := "hello"; send(w, message{Type: kind}) == nil; kind = "ping" {
		select {
		case <-r.Context().Done():
			return
		case <-h.stop:
			return
		case <-ping.C:
		}
	}
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

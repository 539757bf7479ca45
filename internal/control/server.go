package control

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/tracelab/internal/jsonerr"
)

// Process is one that has a control stream open.
type Process struct {
	Registration
	// URL is where the server reaches the process: its address, or, where that
	// says "all interfaces", the one that its stream came from.
	URL         string    `json:"url"`
	ConnectedAt time.Time `json:"connected_at"`

	number uint64 // of its stream: later ones have higher
}

// Server is the control server: the server's end of all control streams.
type Server struct {
	token string
	stop  chan struct{}

	mu      sync.Mutex
	streams map[*Process]chan message // with what waits to be sent to it alone
	ended   bool
	count   uint64 // of all streams so far

	broadcast map[string]json.RawMessage // by kind
	changed   chan struct{}              // closed when broadcast is another map
}

// NewServer takes control streams from processes that know token. An empty token
// accepts all processes: only for a listener that others cannot reach.
func NewServer(token string) *Server {
	return &Server{token: token, stop: make(chan struct{}), streams: map[*Process]chan message{},
		broadcast: map[string]json.RawMessage{}, changed: make(chan struct{})}
}

// Broadcast sends body, as JSON, to all processes, and to those that connect
// later, in place of what was broadcast under the same kind. It does not wait.
func (s *Server) Broadcast(kind string, body any) error {
	text, err := encode(body)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broadcast = maps.Clone(s.broadcast)
	s.broadcast[kind] = text
	close(s.changed)
	s.changed = make(chan struct{})
	return nil
}

// Send sends body, as JSON, to the process of that instance, once and at once.
// It does not wait: an error says that no such process is connected, or that it
// reads more slowly than it is sent messages. What is sent on a stream that then
// breaks is lost.
func (s *Server) Send(instance, kind string, body any) error {
	text, err := encode(body)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var newest *Process // a process that connects again may still have its last stream
	for p := range s.streams {
		if p.Instance == instance && (newest == nil || newest.number < p.number) {
			newest = p
		}
	}
	if newest == nil {
		return fmt.Errorf("no process %s has a control stream", instance)
	}
	select {
	case s.streams[newest] <- message{kind, text}:
		return nil
	default:
		return fmt.Errorf("%s %s has not taken the last %d messages yet", newest.Service, instance, maxQueued)
	}
}

func encode(body any) (json.RawMessage, error) {
	text, err := json.Marshal(body)
	if err == nil && len(text) > maxMessage/2 {
		err = fmt.Errorf("%d bytes are too many for a control message", len(text))
	}
	return text, err
}

// current returns what is broadcast, and a channel that is closed when it changes.
func (s *Server) current() (map[string]json.RawMessage, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.broadcast, s.changed
}

// Processes lists those connected, by service and then by age.
func (s *Server) Processes() []Process {
	s.mu.Lock()
	all := make([]Process, 0, len(s.streams))
	for p := range s.streams {
		all = append(all, *p)
	}
	s.mu.Unlock()
	slices.SortFunc(all, func(a, b Process) int {
		return cmp.Or(strings.Compare(a.Service, b.Service), a.StartedAt.Compare(b.StartedAt), strings.Compare(a.Instance, b.Instance))
	})
	return all
}

// Close ends all streams; it is called when the process stops, since streams do
// not end by themselves.
func (s *Server) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		s.ended = true
		close(s.stop)
	}
}

// ServeHTTP serves one control stream.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.token != "" && !ShowsToken(r, s.token) {
		http.Error(w, "the control stream needs the server's token: set TRACELAB_TOKEN to the same value on both sides", http.StatusUnauthorized)
		return
	}
	p := &Process{ConnectedAt: time.Now().UTC().Truncate(time.Millisecond)}
	err := jsonerr.Read(http.MaxBytesReader(w, r.Body, maxMessage), &p.Registration)
	if err == nil && (p.Service == "" || p.Instance == "") {
		err = errors.New("it has no service or no instance")
	}
	if err != nil {
		http.Error(w, fmt.Sprintf("the registration: %v", err), http.StatusBadRequest)
		return
	}
	p.URL = reachableURL(p.Addr, r.RemoteAddr)
	queued, ok := s.add(p)
	if !ok {
		http.Error(w, fmt.Sprintf("the server holds %d control streams already, or is stopping", MaxStreams), http.StatusServiceUnavailable)
		return
	}
	defer s.remove(p)
	w.Header().Set("Content-Type", streamType)
	s.write(w, r, queued)
}

func reachableURL(addr, remote string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return ""
	}
	if ip := net.ParseIP(host); host == "" || ip.IsUnspecified() {
		host, _, _ = net.SplitHostPort(remote)
	}
	return "http://" + net.JoinHostPort(host, port)
}

func (s *Server) add(p *Process) (queued <-chan message, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || len(s.streams) >= MaxStreams {
		return nil, false
	}
	s.count++
	p.number = s.count
	queue := make(chan message, maxQueued)
	s.streams[p] = queue
	return queue, true
}

func (s *Server) remove(p *Process) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.streams, p)
}

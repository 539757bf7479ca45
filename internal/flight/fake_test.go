package flight

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"go.opencensus.io/trace"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/tracing"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

// delivery is what the server was sent.
type delivery struct {
	labapi.Upload
	body []byte
	at   time.Time
}

// server takes the place of the server that takes snapshots: for an http.Client, or for an
// httptest.Server. Its zero value takes all.
type server struct {
	mu     sync.Mutex
	away   bool
	status int // instead of 202
	tries  int
	got    []delivery
	more   chan struct{} // closed when something comes
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d := delivery{at: time.Now()}
	body, err := io.ReadAll(r.Body)
	if err == nil {
		d.body = body
		err = json.Unmarshal([]byte(r.Header.Get(labapi.UploadHeader)), &d.Upload)
	}
	if err != nil || r.Method != "POST" || r.URL.Path != labapi.SnapshotsPath || r.Header.Get("Authorization") != "Bearer secret" {
		http.Error(w, fmt.Sprint(r.Method, r.URL, r.Header, err), http.StatusTeapot)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tries++
	if s.status != 0 {
		w.Header().Set("Location", "/login")
		w.WriteHeader(s.status)
		return
	}
	s.got = append(s.got, d)
	if s.more != nil {
		close(s.more)
		s.more = nil
	}
	w.WriteHeader(http.StatusAccepted)
}

// RoundTrip answers without a network, which a synctest bubble cannot wait for.
func (s *server) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if s.isAway() {
		return nil, errors.New("connection refused")
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result(), nil
}

func (s *server) isAway() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away {
		s.tries++
	}
	return s.away
}

func (s *server) set(away bool, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.away, s.status = away, status
}

func (s *server) deliveries() []delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.got)
}

// await returns the first delivery of which ok is true.
func (s *server) await(t *testing.T, ok func(delivery) bool) delivery {
	t.Helper()
	late := time.After(time.Minute)
	for {
		s.mu.Lock()
		i, more := slices.IndexFunc(s.got, ok), s.more
		if more == nil {
			more = make(chan struct{})
			s.more = more
		}
		s.mu.Unlock()
		if i >= 0 {
			return s.deliveries()[i]
		}
		select {
		case <-more:
		case <-late:
			t.Fatalf("never delivered; there is %+v", s.deliveries())
		}
	}
}

// fakeSource takes the place of the runtime's recorder.
type fakeSource struct {
	took  time.Duration
	bytes int
	err   error

	mu    sync.Mutex
	inUse bool
	at    []time.Time // when WriteTo was called
	wrong []string
}

func (f *fakeSource) Start() error { return nil }
func (f *fakeSource) Stop()        {}

func (f *fakeSource) WriteTo(w io.Writer) (int64, error) {
	f.mu.Lock()
	if f.inUse {
		f.wrong = append(f.wrong, "two snapshots at once")
	}
	f.inUse = true
	f.at = append(f.at, time.Now())
	n := len(f.at)
	f.mu.Unlock()
	time.Sleep(f.took) // the bubble's time
	f.mu.Lock()
	defer f.mu.Unlock()
	f.inUse = false
	if f.err != nil {
		return 0, f.err
	}
	body := make([]byte, max(f.bytes, 8))
	binary.BigEndian.PutUint64(body, uint64(n))
	return io.Copy(w, bytes.NewReader(body))
}

func (f *fakeSource) times() []time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.at)
}

// startFake starts a recorder with a fakeSource for a server, until the test ends.
func startFake(t *testing.T, f *fakeSource, s *server, slow string) *Recorder {
	t.Helper()
	rules, err := ParseSlow(slow)
	if err != nil {
		t.Fatal(err)
	}
	r := New(Config{Service: "test", Instance: "1", Host: "here", ServerURL: "http://server", Token: "secret", Slow: rules})
	r.source, r.client.Transport = f, s
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if r.Recording() {
			r.Stop(t.Context())
		}
		for _, wrong := range f.wrong {
			t.Error(wrong)
		}
		c := r.Stats()
		if sum := c.Sent + c.Waiting + total(c.Dropped); sum != total(c.Taken)-c.Taken[reasonRead] {
			t.Errorf("the counts do not add up: %+v", c)
		}
	})
	return r
}

func total(counts map[string]uint64) (sum uint64) {
	for _, n := range counts {
		sum += n
	}
	return sum
}

// id is the n-th trace id.
func id(n int) (id trace.TraceID) {
	binary.BigEndian.PutUint64(id[8:], uint64(n))
	return id
}

func hexID(n int) string {
	id := id(n)
	return hex.EncodeToString(id[:])
}

// request serves one for the n-th trace that ends now, and began so long ago.
func request(r *Recorder, n int, took time.Duration, also func(*tracing.Root)) {
	root := tracing.Root{TraceID: id(n), Name: "GET /", Start: time.Now().Add(-took), Sampled: true}
	if also != nil {
		also(&root)
	}
	r.RootStarted(root)
	root.Duration = took
	r.RootEnded(root)
}

func debugged(root *tracing.Root) { root.Debug = true }

func ask(r *Recorder, n int) {
	r.OnMessage(labapi.SnapshotRequested, json.RawMessage(`{"traceId":"`+hexID(n)+`"}`))
}

// askSince asks for what is new of the n-th trace.
func askSince(r *Recorder, n int, since time.Time) {
	r.OnMessage(labapi.SnapshotRequested, json.RawMessage(fmt.Sprintf(`{"traceId":"%s","known_us":%d}`, hexID(n), since.UnixMicro())))
}

// parts are the traces that a delivery is for, in order.
func (d delivery) parts() (traces []string) {
	for _, p := range d.Traces {
		traces = append(traces, p.TraceID)
	}
	slices.Sort(traces)
	return traces
}

// answers counts the deliveries that list each trace.
func answers(all []delivery) map[string]int {
	n := map[string]int{}
	for _, d := range all {
		for _, p := range d.Traces {
			n[p.TraceID]++
		}
	}
	return n
}

var background = context.Background()

// Package faults has every fault of the catalogue happen in a running stack and
// holds the traces against what the catalogue declares.
package faults

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
)

func TestMain(m *testing.M) { os.Exit(stacktest.Main(m)) }

var client = &http.Client{Timeout: time.Minute}

// stack is a running `tracelab up`.
type stack struct {
	*stacktest.Stack
	t     testing.TB
	third string            // URL of the third party
	debug map[string]string // base URL of a service's debug port
	pid   map[string]int
}

func up(t testing.TB) *stack {
	t.Helper()
	s := &stack{Stack: stacktest.Up(t), t: t, debug: map[string]string{}, pid: map[string]int{}}
	var who struct {
		Processes []struct {
			Service   string
			DebugAddr string `json:"debug_addr"`
			PID       int
		}
	}
	err := testbed.Eventually(func() error {
		who.Processes = nil
		s.json("GET", s.UI+"/tracelab/v1/stack", "", &who)
		if len(who.Processes) < 3 {
			return fmt.Errorf("only %d processes are connected", len(who.Processes))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range who.Processes {
		s.debug[p.Service], s.pid[p.Service] = "http://"+p.DebugAddr, p.PID
	}
	visit := s.visit("GET", "/visit", "")
	s.third = strings.TrimSuffix(visit.Visits[0].URL, "/get")
	return s
}

// json asks and reads the answer, whatever its status, which it returns.
func (s *stack) json(method, u, fault string, v any) int {
	s.t.Helper()
	req, err := http.NewRequest(method, u, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if fault != "" {
		req.Header.Set("Fault", fault)
	}
	resp, err := client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil {
		err = json.Unmarshal(body, v)
	}
	if err != nil {
		s.t.Fatalf("%s %s: %s: %v: %s", method, u, resp.Status, err, body)
	}
	return resp.StatusCode
}

// visit is what came of one request.
type visit struct {
	Status  int
	Took    time.Duration
	TraceID string
	Detail  string
	Visits  []struct{ URL string }
}

func (s *stack) visit(method, path, fault string) visit {
	s.t.Helper()
	var v visit
	began := time.Now()
	v.Status = 0
	status := s.json(method, s.Gateway+path, fault, &v)
	v.Status, v.Took = status, time.Since(began)
	return v
}

// urls are a query that visits paths of the third party.
func (s *stack) urls(paths ...string) string {
	q := url.Values{}
	for _, p := range paths {
		q.Add("url", s.third+p)
	}
	return "?" + q.Encode()
}

// span is one of Zipkin's.
type span struct {
	TraceID, ID, ParentID, Kind, Name string
	Timestamp, Duration               int64
	LocalEndpoint                     struct{ ServiceName string }
	Tags                              map[string]string
}

func (sp span) end() int64   { return sp.Timestamp + sp.Duration }
func (sp span) failed() bool { _, ok := sp.Tags["error"]; return ok }
func (sp span) of() string   { return sp.LocalEndpoint.ServiceName }

// explains reports whether a span is the partial span of an explanation.
func (sp span) explains() bool {
	return sp.Kind+sp.Name == "" && sp.Duration == 0 && sp.Tags["go.why"] != ""
}

// trace is the spans of one as they were reported, by the time that they begin.
type trace []span

func (s *stack) trace(id string) trace {
	s.t.Helper()
	resp, err := client.Get(s.UI + "/api/v2/trace/" + id)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	var spans trace
	if resp.StatusCode == http.StatusOK {
		if err := json.NewDecoder(resp.Body).Decode(&spans); err != nil {
			s.t.Fatal(err)
		}
	}
	spans = slices.DeleteFunc(spans, span.explains)
	slices.SortStableFunc(spans, func(a, b span) int { return cmp.Compare(a.Timestamp, b.Timestamp) })
	return spans
}

// all returns the spans of a service with a name, and a kind if it is not "-".
func (tr trace) all(service, kind, name string) (found trace) {
	for _, sp := range tr {
		if sp.of() == service && (kind == "-" || sp.Kind == kind) && (name == "" || strings.EqualFold(sp.Name, name)) {
			found = append(found, sp)
		}
	}
	return found
}

// one returns the only such span.
func (tr trace) one(service, kind, name string) (span, error) {
	found := tr.all(service, kind, name)
	if len(found) != 1 {
		return span{}, fmt.Errorf("%d spans %s %s of the %s", len(found), kind, name, service)
	}
	return found[0], nil
}

func (tr trace) children(of span) (found trace) {
	for _, sp := range tr {
		if sp.ParentID == of.ID && sp.ID != of.ID {
			found = append(found, sp)
		}
	}
	return found
}

func (tr trace) errors() (n int) {
	for _, sp := range tr {
		if sp.failed() {
			n++
		}
	}
	return n
}

// awaitTrace waits until the trace is as ok wants it, and returns it with what
// ok said last.
func (s *stack) awaitTrace(id string, ok func(trace) error) (trace, error) {
	s.t.Helper()
	var tr trace
	err := testbed.Within(20*time.Second, func() error {
		tr = s.trace(id)
		if len(tr) == 0 {
			return fmt.Errorf("no trace %s", id)
		}
		return ok(tr)
	})
	return tr, err
}

package compare

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkin/codec"
)

// stack is a running `tracelab up`.
type stack struct {
	*stacktest.Stack
	t     testing.TB
	third string // base URL of the third party
}

var client = &http.Client{Timeout: time.Minute}

func up(t testing.TB) *stack {
	t.Helper()
	s := &stack{Stack: stacktest.Up(t), t: t}
	var visit struct{ Visits []struct{ URL string } }
	s.json(s.Gateway+"/visit", &visit)
	if len(visit.Visits) != 1 {
		t.Fatalf("a visit without a URL made %d", len(visit.Visits))
	}
	s.third = strings.TrimSuffix(visit.Visits[0].URL, "/get")
	for range 2 { // until all is warm
		s.load(plan{query: s.query("/get", "/delay/0.002"), rate: 50}, "none", 100)
	}
	return s
}

func (s *stack) json(url string, v any) {
	s.t.Helper()
	resp, err := client.Get(url)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(v); err != nil || resp.StatusCode != http.StatusOK {
		s.t.Fatalf("%s: %s, %v", url, resp.Status, err)
	}
}

// query has paths of the third party visited.
func (s *stack) query(paths ...string) string {
	query := ""
	for i, p := range paths {
		query += map[bool]string{true: "?url=", false: "&url="}[i == 0] + s.third + p
	}
	return query
}

// plan is how load is sent.
type plan struct {
	query string
	rate  float64 // requests a second
	block int     // requests of A before those of B; zero: ten
	a     string  // variant A; empty: none
	torn  bool    // spans are missing on purpose
}

// load sends n requests of A and as many of the variant b, and returns the ids of
// their traces.
func (s *stack) load(p plan, b string, n int) (sides [2][]string) {
	s.t.Helper()
	a, block := p.a, p.block
	if a == "" {
		a = "none"
	}
	if block == 0 {
		block = 10
	}
	cmd := exec.Command(stacktest.Program, "load", s.Gateway+"/visit"+p.query, "--ab", a, b, "--json",
		"--rate", strconv.FormatFloat(p.rate, 'f', -1, 64), "--count", strconv.Itoa(2*n), "--block", strconv.Itoa(block))
	cmd.Stderr = new(bytes.Buffer)
	out, err := cmd.Output()
	var result struct {
		Variants []struct {
			TraceIDs []string `json:"traceIds"`
		}
	}
	// That requests fail, as some faults want it, is an exit status of 1.
	if wrong := json.Unmarshal(out, &result); wrong != nil || len(result.Variants) != 2 || err != nil && cmd.ProcessState.ExitCode() != 1 {
		s.t.Fatalf("%v: %v: %v: %s %s", cmd.Args, err, wrong, out, cmd.Stderr)
	}
	for i, v := range result.Variants {
		if sides[i] = v.TraceIDs; len(v.TraceIDs) != n {
			s.t.Fatalf("%v: %d traces of %d", cmd.Args, len(v.TraceIDs), n)
		}
	}
	return sides
}

// side is the traces of one variant, in the order of their requests.
type side [][]zipkin.Span

// pair is the traces of both.
type pair struct{ a, b side }

// run sends load and returns its traces, once they are whole.
func (s *stack) run(p plan, b string, n int) pair {
	s.t.Helper()
	sides := s.load(p, b, n)
	lacks := whole
	if p.torn {
		lacks = rooted
	}
	return pair{s.collect(sides[0], lacks), s.collect(sides[1], lacks)}
}

func (s *stack) collect(ids []string, lacks func([]zipkin.Span) error) (all side) {
	s.t.Helper()
	for some := range slices.Chunk(ids, 50) {
		var traces side
		err := testbed.Eventually(func() (err error) {
			traces, err = s.traces(some)
			for _, tr := range traces {
				if err == nil {
					err = lacks(tr)
				}
			}
			return err
		})
		if err != nil {
			s.t.Errorf("traces that are not whole: %v", err)
		}
		all = append(all, traces...)
	}
	return all.inOrder()
}

func (s *stack) traces(ids []string) (side, error) {
	resp, err := client.Get(s.UI + "/api/v2/traceMany?traceIds=" + strings.Join(ids, ","))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s, %v: %.200s", resp.Status, err, body)
	}
	traces, err := codec.DecodeTraces(string(body))
	if err == nil && len(traces) != len(ids) {
		err = fmt.Errorf("%d traces of %d", len(traces), len(ids))
	}
	return traces, err
}

// inOrder is the traces that have a root, by the time that it began.
func (s side) inOrder() side {
	s = slices.DeleteFunc(s, func(tr []zipkin.Span) bool { return rootOf(tr) == nil })
	slices.SortStableFunc(s, func(x, y []zipkin.Span) int { return cmp.Compare(rootOf(x).Timestamp, rootOf(y).Timestamp) })
	return s
}

func rooted(spans []zipkin.Span) error {
	if rootOf(spans) == nil {
		return fmt.Errorf("a trace of %d spans has no root", len(spans))
	}
	return nil
}

// whole says what a trace lacks. A service reports its spans in the order in which
// they end: with that of a request, all below it that was waited for is there.
func whole(spans []zipkin.Span) error {
	if err := rooted(spans); err != nil {
		return err
	}
	served := map[zipkin.SpanID]bool{}
	for i := range spans {
		if spans[i].Kind == zipkin.Server {
			served[spans[i].ParentID] = true
		}
	}
	for i := range spans {
		sp := &spans[i]
		_, failed := sp.Tag("error")
		if sp.Local.ServiceName == "gateway" && sp.Kind == zipkin.Client && !failed && !served[sp.ID] {
			return fmt.Errorf("trace %s: nobody serves %s", sp.TraceID, sp.Name)
		}
	}
	return nil
}

// rootOf is the span of the request that the gateway answered, or nil.
func rootOf(spans []zipkin.Span) *zipkin.Span {
	for i := range spans {
		sp := &spans[i]
		if sp.Kind == zipkin.Server && sp.Local.ServiceName == "gateway" && sp.ParentID == 0 && sp.Duration > 0 {
			return sp
		}
	}
	return nil
}

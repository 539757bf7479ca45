package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

type endpoint struct {
	ServiceName, IPv4 string
	Port              int
}

type span struct {
	TraceID, ParentID, ID, Kind, Name string
	Timestamp, Duration               int64 // µs
	LocalEndpoint, RemoteEndpoint     endpoint
	Annotations                       []struct{ Value string }
	Tags                              map[string]string
}

func (s span) String() string {
	return fmt.Sprintf("%s %s %s > %s %v", s.LocalEndpoint.ServiceName, s.Kind, s.Name, s.RemoteEndpoint.ServiceName, s.Tags)
}

// explains reports whether a span is the partial span of an explanation.
func (s span) explains() bool {
	return s.Kind+s.Name == "" && s.Duration == 0 && s.Tags["go.why"] != ""
}

// trace asks Zipkin's API at url for a trace, until it has n spans or more, as
// they were reported, and every one's parent.
func (s *stack) trace(url, id string, n int) (spans []span) {
	s.t.Helper()
	s.eventually("whole", func() error {
		spans = nil
		status, _, body := do(s.t, "GET", url+"/api/v2/trace/"+id)
		if status != 200 {
			return fmt.Errorf("%d: %s", status, body)
		}
		if err := json.Unmarshal(body, &spans); err != nil {
			return err
		}
		spans = slices.DeleteFunc(spans, span.explains)
		if len(spans) < n {
			return fmt.Errorf("%d spans of %d: %v", len(spans), n, spans)
		}
		return whole(spans)
	})
	return spans
}

// whole checks that the spans are one tree.
func whole(spans []span) error {
	ids, roots := map[string]bool{"": true}, 0
	for _, s := range spans {
		if ids[s.ID] {
			return fmt.Errorf("two spans have the id %s", s.ID)
		}
		ids[s.ID] = true
		if s.ParentID == "" {
			roots++
		}
	}
	for _, s := range spans {
		if !ids[s.ParentID] {
			return fmt.Errorf("orphan %v: no span %s", s, s.ParentID)
		}
	}
	if roots != 1 {
		return fmt.Errorf("%d roots", roots)
	}
	return nil
}

// path is a span with all above it, outermost first.
func path(spans []span, s span) string {
	parts := []string{}
	for {
		part := strings.Trim(s.LocalEndpoint.ServiceName+" "+s.Kind+" "+s.Name, " ")
		parts = append(parts, strings.ReplaceAll(part, "  ", " "))
		i := slices.IndexFunc(spans, func(p span) bool { return p.ID == s.ParentID })
		if s.ParentID == "" || i < 0 {
			slices.Reverse(parts)
			return strings.Join(parts, " > ")
		}
		s = spans[i]
	}
}

func leaves(spans []span) (paths []string) {
	for _, s := range spans {
		if !slices.ContainsFunc(spans, func(c span) bool { return c.ParentID == s.ID }) {
			paths = append(paths, path(spans, s))
		}
	}
	slices.Sort(paths)
	return paths
}

func find(spans []span, name string) (span, error) {
	i := slices.IndexFunc(spans, func(s span) bool { return s.Name == name })
	if i < 0 {
		return span{}, fmt.Errorf("no span %q among %v", name, spans)
	}
	return spans[i], nil
}

const (
	fetchPath = "gateway SERVER get /visit > gateway main > gateway CLIENT get /fetch > fetcher SERVER get /fetch > fetcher httprequest > fetcher CLIENT get"
	storePath = "gateway SERVER get /visit > gateway main > gateway CLIENT put /values/{key} > writer SERVER put /values/{key} > writer rediswrite > writer CLIENT set"
)

// checkVisit judges the trace of one visit, wherever it is kept.
func checkVisit(t *testing.T, spans []span) {
	t.Helper()
	if got, want := leaves(spans), []string{fetchPath, storePath}; !slices.Equal(got, want) {
		t.Errorf("the tree's leaves are\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
	request, err := find(spans, "httprequest")
	if err != nil {
		t.Fatal(err)
	}
	if len(request.Annotations) != 1 || request.Annotations[0].Value != "HTTP Response Status Code:200 OK" || request.Tags["URL Response Code"] != "200" {
		t.Errorf("httpRequest has %v and %v", request.Annotations, request.Tags)
	}
	if get, err := find(spans, "get"); err != nil || get.Tags["connection"] == "" || len(get.Annotations) == 0 {
		t.Errorf("the fetcher's call tells nothing of its connection: %v %v (%v)", get, get.Annotations, err)
	}
	for _, s := range spans {
		if s.Kind == "SERVER" && (s.RemoteEndpoint.IPv4 != "127.0.0.1" || s.RemoteEndpoint.Port == 0 || s.RemoteEndpoint.ServiceName != "") {
			t.Errorf("the caller of %v is %+v; want an address", s, s.RemoteEndpoint)
		}
	}
	set, err := find(spans, "set")
	if err != nil || set.RemoteEndpoint.ServiceName != "redis" {
		t.Errorf("the Redis span is %v (%v)", set, err)
	}
}

func TestOneVisitIsOneTrace(t *testing.T) {
	t.Parallel()
	s := up(t)
	var status int
	var a answer
	var spans []span
	s.eventually("readable soon", func() error { // on a busy machine not each time
		status, a = s.visit("GET", "/visit")
		answered := time.Now()
		spans = s.trace(s.ui, a.TraceID, 10)
		if took := time.Since(answered); took > soon {
			return fmt.Errorf("the trace was readable only %s after the answer", took)
		}
		return nil
	})
	if status != 200 || !a.Sampled || len(a.Visits) != 1 || a.Visits[0].Status != 200 || a.Visits[0].StatusText != "200 OK" {
		t.Fatalf("%d %+v", status, a)
	}
	if want := s.ui + "/zipkin/traces/" + a.TraceID; a.TraceURL != want {
		t.Errorf("traceUrl %s; want %s", a.TraceURL, want)
	}
	checkVisit(t, spans)
	if status, _, page := do(t, "GET", a.TraceURL); status != 200 || !strings.Contains(string(page), a.TraceID) {
		t.Errorf("traceUrl leads to %d: %.200s", status, page)
	}
	checkDependencies(s, s.ui, "gateway>fetcher", "gateway>writer", "fetcher>thirdparty", "writer>redis")
}

func checkDependencies(s *stack, url string, want ...string) {
	s.t.Helper()
	s.eventually("linked", func() error {
		_, _, body := do(s.t, "GET", fmt.Sprintf("%s/api/v2/dependencies?endTs=%d&lookback=3600000", url, time.Now().UnixMilli()+1000))
		var links []struct{ Parent, Child string }
		if err := json.Unmarshal(body, &links); err != nil {
			return err
		}
		got := map[string]bool{}
		for _, l := range links {
			got[l.Parent+">"+l.Child] = true
			if net.ParseIP(l.Parent) != nil || net.ParseIP(l.Child) != nil {
				s.t.Errorf("an address is a service: %+v", l)
			}
		}
		for _, w := range want {
			if !got[w] {
				return fmt.Errorf("no link %s in %s", w, body)
			}
		}
		return nil
	})
}

func TestAQueuedVisitIsOneTrace(t *testing.T) {
	t.Parallel()
	s := up(t)
	status, a := s.visit("POST", "/visits")
	if status != 202 || len(a.Visits) != 0 {
		t.Fatalf("%d %+v", status, a)
	}
	spans := s.trace(s.ui, a.TraceID, 14)
	queued := "gateway SERVER post /visits > gateway main > gateway CLIENT post /queue > writer SERVER post /queue > writer PRODUCER publish visits"
	consumed := queued + " > writer CONSUMER process visits"
	for _, want := range []string{
		queued + " > writer CLIENT xadd",
		consumed + " > writer CLIENT get /fetch > fetcher SERVER get /fetch > fetcher httprequest > fetcher CLIENT get",
		consumed + " > writer rediswrite > writer CLIENT set",
	} {
		if !slices.Contains(leaves(spans), want) {
			t.Errorf("no leaf\n  %s\namong\n  %s", want, strings.Join(leaves(spans), "\n  "))
		}
	}
	s.eventually("stored", func() error {
		if status, a := s.ask("GET", "/visits?url="+s.thirdParty()+"/get"); status != 200 || a.Visits[0].Status != 200 {
			return fmt.Errorf("%d %+v", status, a)
		}
		return nil
	})
}

func TestRoundsAndModes(t *testing.T) {
	t.Parallel()
	s := up(t)
	third := s.thirdParty()
	query := "/visit?rounds=2&url=" + third + "/status/404&url=" + third + "/status/500"
	for _, mode := range []string{"", "&mode=parallel", "&mode=serial"} {
		status, a := s.visit("GET", query+mode)
		var got []string
		for _, v := range a.Visits {
			got = append(got, fmt.Sprintf("%d:%s", v.Round, v.StatusText))
		}
		want := []string{"1:404 Not Found", "1:500 Internal Server Error", "2:404 Not Found", "2:500 Internal Server Error"}
		if status != 200 || !slices.Equal(got, want) {
			t.Errorf("mode %q: %d %v; want a target's own errors as results: %v", mode, status, got, want)
		}
	}
}

func TestTheCallersTraceGoesOn(t *testing.T) {
	t.Parallel()
	s := up(t)
	const id = "463ac35c9f6413ad48485a3953bb6124"
	_, a := s.ask("GET", "/visit", "X-B3-TraceId", id, "X-B3-SpanId", "a2fb4a1d1a96d312", "X-B3-Sampled", "1")
	if a.TraceID != id {
		t.Errorf("traceId %s; want the caller's", a.TraceID)
	}
	if status, a := s.visit("GET", "/visit", "X-B3-TraceId", "563ac35c9f6413ad48485a3953bb6124", "X-B3-SpanId", "a2fb4a1d1a96d312", "X-B3-Sampled", "0"); status != 200 || a.Sampled || a.TraceURL != "" {
		t.Errorf("a trace that the caller does not record: %d %+v", status, a)
	}
	// The spans of the last visit come after those of the one before it, if at all.
	_, last := s.visit("GET", "/visit")
	s.trace(s.ui, last.TraceID, 10)
	if status, _, _ := do(t, "GET", s.ui+"/api/v2/trace/563ac35c9f6413ad48485a3953bb6124"); status != 404 {
		t.Errorf("the unsampled trace was stored: %d", status)
	}
}

// thirdParty is the base URL of the offline third party, as the program says it.
func (s *stack) thirdParty() string {
	s.t.Helper()
	_, a := s.visit("GET", "/visit")
	if len(a.Visits) != 1 {
		s.t.Fatal(errors.New("a visit without URL visits nothing"))
	}
	return strings.TrimSuffix(a.Visits[0].URL, "/get")
}

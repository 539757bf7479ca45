package clients

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"time"

	"example.com/tracelab/internal/testbed"
)

type span struct {
	TraceID, ParentID, ID, Kind, Name string
	LocalEndpoint, RemoteEndpoint     struct{ ServiceName, IPv4, IPv6 string }
	Annotations                       []any
	Tags                              map[string]string
	Debug, Shared                     bool
}

func (s span) String() string {
	return fmt.Sprintf("%s < %s %s %s %s", s.ID, s.ParentID, s.LocalEndpoint.ServiceName, s.Kind, s.Name)
}

// explains tells a piece of a span in which our server says why it took so long.
func (s span) explains() bool { return s.Kind+s.Name == "" && s.Tags["go.why"] != "" }

var browser = &http.Client{Timeout: time.Minute}

// get returns a page's status and body.
func get(url string) (int, []byte, error) {
	resp, err := browser.Get(url)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp.StatusCode, body, err
}

// trace asks Zipkin until it has all spans of a visit and ok says that they are
// what they should be: spans of four programs arrive in any order.
func trace(zipkin, id string, ok func([]span) error) error {
	return testbed.Eventually(func() error {
		status, body, err := get(zipkin + "/api/v2/trace/" + id)
		if err != nil {
			return err
		}
		if status != http.StatusOK {
			return fmt.Errorf("trace %s: Zipkin answers %d: %s", id, status, body)
		}
		var spans []span
		if err := json.Unmarshal(body, &spans); err != nil {
			return fmt.Errorf("trace %s: %w: %s", id, err, body)
		}
		spans = slices.DeleteFunc(spans, span.explains)
		if err := ok(spans); err != nil {
			return fmt.Errorf("trace %s: %w, among %v", id, err, spans)
		}
		return nil
	})
}

// expected are the spans of one visit by service, without the caller's.
var expected = map[string]int{"gateway": 4, "fetcher": 3, "writer": 3}

// count checks how many spans each service has, and n the caller.
func count(spans []span, caller string, n int) error {
	got, want := map[string]int{}, maps.Clone(expected)
	for _, s := range spans {
		got[s.LocalEndpoint.ServiceName]++
	}
	if n > 0 {
		want[caller] = n
	}
	if !maps.Equal(got, want) {
		return fmt.Errorf("it has the spans %v; want %v", got, want)
	}
	return nil
}

// tree checks that the spans, and one with the id missing if that is not
// empty, are one tree on one trace id, and returns its root.
//
// B3 lets a server report under its caller's span id ("shared"); Brave and
// zipkin-js do so as servers. Ours never do: each span is reported by one
// program, and the gateway's SERVER span has the caller's CLIENT span as its
// parent. To a client that reports its call that is all the same. So all ids
// must differ, and no span may say that it is shared. A client that leaves its
// call to a sharing server (newSpan) gets a gap of one span.
func tree(spans []span, traceID, missing string) (root span, err error) {
	ids := map[string]bool{missing: true}
	for _, s := range spans {
		switch {
		case ids[s.ID] || s.Shared:
			return root, fmt.Errorf("the span id %s is shared", s.ID)
		case s.TraceID != traceID:
			return root, fmt.Errorf("span %v is on trace %s; want %s", s, s.TraceID, traceID)
		}
		ids[s.ID] = true
	}
	for _, s := range spans {
		switch {
		case s.ParentID != "" && !ids[s.ParentID]:
			return root, fmt.Errorf("span %v is an orphan", s)
		case s.ParentID == "" && root.ID != "":
			return root, fmt.Errorf("two roots: %v and %v", root, s)
		case s.ParentID == "":
			root = s
		}
	}
	return root, nil
}

// find returns the only span of a service and kind.
func find(spans []span, service, kind string) (span, error) {
	is := func(s span) bool { return s.LocalEndpoint.ServiceName == service && s.Kind == kind }
	i := slices.IndexFunc(spans, is)
	if i < 0 || slices.IndexFunc(spans[i+1:], is) >= 0 {
		return span{}, fmt.Errorf("not one %s span of %s", kind, service)
	}
	return spans[i], nil
}

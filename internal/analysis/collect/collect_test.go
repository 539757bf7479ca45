package collect_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/analysis/collect"
	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// stored is a store with n traces of two spans, a ms apart, the last of which ended a
// minute ago.
func stored(n int) zipkinapi.Reader {
	st := store.New(store.Config{})
	last := time.Now().Add(-time.Minute)
	for i := range n {
		begun := last.Add(-time.Duration(n-1-i) * time.Millisecond).UnixMicro()
		root := zipkin.Span{TraceID: zipkin.TraceID{Low: uint64(i + 1)}, ID: 1, Name: "get", Timestamp: begun, Duration: 500, Local: zipkin.Endpoint{ServiceName: "gateway"}}
		child := root
		child.ID, child.ParentID = 2, 1
		st.Add([]zipkin.Span{root, child})
	}
	return zipkinapi.Local(st)
}

// find finds a set, and reads it.
func find(t *testing.T, r collect.Reader, text string) (found *collect.Found, traces [][]zipkin.Span, err error) {
	t.Helper()
	if found, err = r.Find(t.Context(), text); err != nil {
		t.Fatal(err)
	}
	for spans, err := range found.Traces {
		if err != nil {
			return found, traces, err
		}
		traces = append(traces, spans)
	}
	return found, traces, nil
}

// TestWhatIsNeitherIsRefused: no id, and no query.
func TestWhatIsNeitherIsRefused(t *testing.T) {
	for _, text := range []string{"gateway", "", "lookbak=7"} {
		if _, err := (collect.Reader{Reader: stored(1)}).Find(t.Context(), text); err == nil {
			t.Errorf("%q is found", text)
		}
	}
}

// TestAllOfAQueryIsFound beyond what one answer of a Zipkin has, or a part, and then why.
func TestAllOfAQueryIsFound(t *testing.T) {
	reader := stored(1200)
	for name, test := range map[string]struct {
		query  string
		bounds collect.Bounds
		n      int
		cut    string
	}{
		"all":                   {"serviceName=gateway", collect.Bounds{Traces: 5000, Spans: 50_000}, 1200, ""},
		"just all":              {"serviceName=gateway", collect.Bounds{Traces: 1200, Spans: 2400}, 1200, ""},
		"a limit":               {"serviceName=gateway&limit=10", collect.Bounds{Traces: 5000, Spans: 50_000}, 10, "its limit is 10"},
		"a limit that suffices": {"serviceName=gateway&limit=1200", collect.Bounds{Traces: 5000, Spans: 50_000}, 1200, ""},
		"traces":                {"serviceName=gateway", collect.Bounds{Traces: 700, Spans: 50_000}, 700, "more than 700 are not read"},
		"spans":                 {"serviceName=gateway", collect.Bounds{Traces: 5000, Spans: 501}, 250, "more than 501 spans are not read"},
	} {
		found, traces, err := find(t, collect.Reader{Reader: reader, Max: test.bounds}, test.query)
		if err != nil {
			t.Fatal(err)
		}
		if len(traces) != test.n || found.N != test.n || found.Cut != test.cut || found.Growing != 0 || found.Label != test.query {
			t.Errorf("%s: %d traces, %d told, %+v", name, len(traces), found.N, found.Cut)
		}
		warned := strings.Join(found.Warnings("A"), "\n")
		if want := fmt.Sprintf("A is not all that the search finds: %s. It is the newest %d traces.", test.cut, test.n); test.cut != "" && warned != want || test.cut == "" && warned != "" {
			t.Errorf("%s: %q", name, warned)
		}
		ids := map[zipkin.TraceID]bool{}
		for _, spans := range traces {
			ids[spans[0].TraceID] = true
		}
		if len(ids) != test.n || test.n == 10 && !ids[zipkin.TraceID{Low: 1200}] {
			t.Errorf("%s: %d different traces", name, len(ids))
		}
	}
}

func TestATraceByItsID(t *testing.T) {
	r := collect.Reader{Reader: stored(3), Max: collect.Bounds{Traces: 1, Spans: 1}}
	found, traces, err := find(t, r, "0000000000000002")
	if err != nil || len(traces) != 1 || len(traces[0]) != 2 {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestNothingIsFound(t *testing.T) {
	r := collect.Reader{Reader: stored(3), Max: collect.Bounds{Traces: 9, Spans: 99}}
	for text, want := range map[string]string{
		"00000000000000ff":    "no trace has the id 00000000000000ff",
		"serviceName=nobody":  "no trace of the 24 h 00 m before",
		"endTs=9&lookback=10": "answers the query",
	} {
		if _, _, err := find(t, r, text); !errors.Is(err, collect.ErrNothing) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// failing is a Zipkin that has gone.
type failing struct{ zipkinapi.Reader }

var errGone = errors.New("gone")

func (failing) Traces(context.Context, zipkin.Query) ([][]zipkin.Span, error) { return nil, errGone }
func (failing) Trace(context.Context, zipkin.TraceID) ([]zipkin.Span, error)  { return nil, errGone }

func TestAZipkinThatHasGone(t *testing.T) {
	for _, text := range []string{"serviceName=a", "00000000000000ff"} {
		if _, _, err := find(t, collect.Reader{Reader: failing{}, Max: collect.Bounds{Traces: 1, Spans: 1}}, text); !errors.Is(err, errGone) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestWhatMayGrowIsCounted: what ended a moment ago.
func TestWhatMayGrowIsCounted(t *testing.T) {
	st := store.New(store.Config{})
	for i, ago := range []time.Duration{time.Hour, time.Minute, 100 * time.Millisecond} {
		st.Add([]zipkin.Span{{TraceID: zipkin.TraceID{Low: uint64(i + 1)}, ID: 1, Timestamp: time.Now().Add(-ago).UnixMicro(), Duration: 5, Local: zipkin.Endpoint{ServiceName: "a"}}})
	}
	found, _, err := find(t, collect.Reader{Reader: zipkinapi.Local(st), Max: collect.Bounds{Traces: 9, Spans: 9}}, "serviceName=a")
	if err != nil || found.Growing != 1 || !strings.HasPrefix(strings.Join(found.Warnings("B"), ""), "1 trace of B ended less than 2 s ago") {
		t.Errorf("%+v, %v", found, err)
	}
}

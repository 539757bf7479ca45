package zipkinapi_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/testbed/spantext"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// calls fills a store with traces of which each is a call of the writer by the gateway and
// one of Redis by the writer: the i-th from the newest takes i ms and i times 100 µs.
func calls(t *testing.T, n int, end time.Time) *store.Store {
	t.Helper()
	st := store.New(store.Config{})
	for i := 1; i <= n; i++ {
		at := end.Add(-time.Duration(i) * time.Second).UnixMicro()
		spans := spantext.Spans(t,
			fmt.Sprintf("1 CLIENT gateway>writer | @%d+%d", at, i*1000),
			fmt.Sprintf("2<1 SERVER writer | @%d+%d", at+1, i*500),
			fmt.Sprintf("3<2 CLIENT writer>redis error | @%d+%d", at+2, i*100))
		for k := range spans {
			spans[k].TraceID.Low = uint64(i)
		}
		st.Add(spans)
	}
	return st
}

// TestReadEdges of a store in this process, which has all durations, and of another
// Zipkin, of which the newest traces are read.
func TestReadEdges(t *testing.T) {
	end := time.Now()
	st := calls(t, 30, end)
	remote, _ := counted(t, st)
	for _, c := range []struct {
		name    string
		reader  zipkinapi.Reader
		most    int
		timed   int
		sampled int
	}{
		{"the store", zipkinapi.Local(st), 1, 30, 0},
		{"a Zipkin", remote, 100, 30, 0},
		{"as many as there are", remote, 30, 30, 0},
		{"a sample of a Zipkin", remote, 10, 10, 10},
	} {
		e, err := zipkinapi.ReadEdges(t.Context(), c.reader, end, time.Hour, zipkinapi.Sample{Traces: c.most, Within: time.Minute})
		if err != nil || e.Failed != nil {
			t.Fatalf("%s: %v, %v", c.name, err, e.Failed)
		}
		if got, want := edgesText(e), fmt.Sprintf("[gateway>writer 30/0, %d timed writer>redis 30/30, %[1]d timed], %d sampled", c.timed, c.sampled); got != want {
			t.Errorf("%s: %s, want %s", c.name, got, want)
		}
		if d := slices.Sorted(slices.Values(e.List[0].Durations)); d[0] != 1000 || d[len(d)-1] != int64(c.timed)*1000 || !e.List[0].Caller {
			t.Errorf("%s: durations %d, %+v: want those of the newest %d clients", c.name, d, e.List[0].Names, c.timed)
		}
	}
}

func edgesText(e zipkinapi.Edges) string {
	var list []string
	for _, edge := range e.List {
		list = append(list, fmt.Sprintf("%s>%s %d/%d, %d timed", edge.Parent, edge.Child, edge.CallCount, edge.ErrorCount, len(edge.Durations)))
	}
	return fmt.Sprintf("%s, %d sampled", list, e.Sampled)
}

// partOf is a Zipkin that answers in part.
type partOf struct {
	zipkinapi.Reader
	links  []zipkin.Link
	failed error
}

func (p partOf) Dependencies(context.Context, time.Time, time.Duration) ([]zipkin.Link, error) {
	return p.links, nil
}

func (p partOf) Traces(ctx context.Context, q zipkin.Query) ([][]zipkin.Span, error) {
	if p.failed != nil {
		return nil, p.failed
	}
	return p.Reader.Traces(ctx, q)
}

// TestReadEdgesInPart: what there is is shown, and what is missing is said.
func TestReadEdgesInPart(t *testing.T) {
	end := time.Now()
	local := zipkinapi.Local(calls(t, 3, end))
	links := []zipkin.Link{{Parent: "gateway", Child: "writer", CallCount: 7}, {Parent: "a", Child: "b", CallCount: 1, ErrorCount: 1}}
	refused := errors.New("searching is disabled")
	for _, c := range []struct {
		name      string
		reader    zipkinapi.Reader
		want      string
		failed    error
		uncounted bool
	}{
		{"links of traces that are gone", partOf{local, links, nil}, "[gateway>writer 7/0, 3 timed a>b 1/1, 0 timed], 0 sampled", nil, false},
		{"a Zipkin that does not search", partOf{local, links, refused}, "[gateway>writer 7/0, 0 timed a>b 1/1, 0 timed], 0 sampled", refused, false},
		{"a Zipkin whose job has not run", partOf{local, nil, nil}, "[gateway>writer 3/0, 3 timed writer>redis 3/3, 3 timed], 0 sampled", nil, true},
		{"nothing", partOf{zipkinapi.Local(store.New(store.Config{})), nil, nil}, "[], 0 sampled", nil, false},
	} {
		e, err := zipkinapi.ReadEdges(t.Context(), c.reader, end, time.Hour, zipkinapi.Sample{Traces: 10, Within: time.Minute})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if got := edgesText(e); got != c.want || !errors.Is(e.Failed, c.failed) || e.Uncounted != c.uncounted {
			t.Errorf("%s: %s, %v, %v; want %s", c.name, got, e.Failed, e.Uncounted, c.want)
		}
	}
}

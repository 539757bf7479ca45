package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/server"
	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/testbed/zipkintest"
	"example.com/tracelab/internal/zipkinapi"
)

// homes are where the spans may be. Each keeps ten.
var homes = map[string]func(*testing.T) *world{
	"embedded store": func(t *testing.T) *world {
		return begin(t, server.Config{Token: secret, Store: store.New(store.Config{MaxSpans: 10})})
	},
	"Zipkin": func(t *testing.T) *world {
		z := zipkintest.Start(t, "MEM_MAX_SPANS=10")
		w := begin(t, server.Config{Token: secret, ZipkinURL: z.URL})
		w.zipkin = z.URL
		return w
	},
}

// TestAnExplanationBecomesTags of the span, by itself, and disturbs nothing.
func TestAnExplanationBecomesTags(t *testing.T) {
	for name, start := range homes {
		t.Run(name, func(t *testing.T) {
			w := start(t)
			older, spans := ago(visit(5, 100*time.Millisecond), time.Minute), visit(9, 200*time.Millisecond)
			w.report(older...)
			w.report(spans...)
			eventually(t, "they can be read", func() bool { return len(w.stored(9)) == 4 })
			before := w.lists()
			w.unconnected("gateway").upload(labapi.ReasonSlow, padded(9))
			eventually(t, "the root has tags", func() bool { return len(w.stored(9)) == 5 })
			w.checkPartial(w.stored(9)[:], spans[0])
			if after := w.lists(); after != before {
				t.Errorf("names and links were\n%s\nand are\n%s", before, after)
			}
			if resp, err := http.Head(w.url + "/traces/" + padded(9)); err != nil || resp.Header.Get("Trace-Spans") != "4" {
				t.Errorf("the page counts other spans: %v %v", resp.Header, err)
			}
			w.evict(t)
		})
	}
}

// evict adds spans until the oldest trace has to go, which has no tags.
func (w *world) evict(t *testing.T) {
	w.report(visit(11, 10*time.Millisecond)[:3]...)
	eventually(t, "the oldest has gone", func() bool { return len(w.stored(5)) == 0 })
	if n := len(w.stored(9)); n != 5 {
		t.Errorf("of the trace with tags %d spans are left", n)
	}
}

// checkPartial looks for the only partial span, which belongs to original.
func (w *world) checkPartial(spans []zipkin.Span, original zipkin.Span) {
	w.t.Helper()
	i := slices.IndexFunc(spans, func(sp zipkin.Span) bool { return sp.Duration == 0 })
	if i < 0 {
		w.t.Fatalf("there is no partial span: %+v", spans)
	}
	p := spans[i]
	if _, ok := p.Tag("go.why"); !ok {
		w.t.Errorf("no tag says why: %v", p.Tags)
	}
	for _, tag := range p.Tags {
		if tag.Key != "go.why" && (!strings.HasPrefix(tag.Key, "go.") || !strings.HasSuffix(tag.Value, " ms")) {
			w.t.Errorf("the tag %+v", tag)
		}
	}
	p.Tags = nil
	want := zipkin.Span{TraceID: original.TraceID, ID: original.ID, ParentID: original.ParentID, Timestamp: original.Timestamp, Local: original.Local}
	if got, want := fmt.Sprintf("%+v", p), fmt.Sprintf("%+v", want); got != want {
		w.t.Errorf("the partial span is\n%s\nwant\n%s", got, want)
	}
}

// TestATagIsSentOnce, of the span that was asked for, however often.
func TestATagIsSentOnce(t *testing.T) {
	t.Parallel()
	w := begin(t, server.Config{Token: secret})
	spans := visit(9, 200*time.Millisecond)
	w.report(spans...)
	w.unconnected("gateway").upload(labapi.ReasonAsked, padded(9))
	w.flight(padded(9))
	ask := func(id zipkin.SpanID) {
		if _, err := w.client.Why(t.Context(), zipkin.TraceID{Low: 9}, zipkin.SpanAt{ID: id}); err != nil {
			t.Error(err)
		}
	}
	ask(3)
	eventually(t, "it has tags", func() bool { return len(w.stored(9)) == 5 })
	w.checkPartial(w.stored(9), spans[2])
	p := w.unconnected("other") // explains nothing, and has it explained anew
	p.upload(labapi.ReasonAsked, padded(9))
	eventually(t, "it is stored", func() bool { return w.metric("tracelab_snapshots_received_total") == 2 })
	ask(3)
	ask(0)
	eventually(t, "the root has tags", func() bool {
		return slices.ContainsFunc(w.stored(9), func(sp zipkin.Span) bool { return sp.ID == 1 && sp.Duration == 0 })
	})
	if n := len(w.stored(9)); n != 6 {
		t.Errorf("%d spans are stored: %+v", n, w.stored(9))
	}
	// What was not reported gets none: Zipkin would show a trace of a tag.
	p.upload(labapi.ReasonSlow, padded(77))
	w.report(visit(10, 200*time.Millisecond)...)
	p.upload(labapi.ReasonSlow, padded(10))
	eventually(t, "the next one has tags", func() bool { return len(w.stored(10)) == 5 })
	if n := len(w.stored(77)); n != 0 {
		t.Errorf("%d spans of a trace that was not reported", n)
	}
}

// api is the base URL of Zipkin's API.
func (w *world) api() string {
	if w.zipkin != "" {
		return w.zipkin
	}
	return w.url
}

// stored are the spans of a trace as Zipkin's API answers them.
func (w *world) stored(low uint64) []zipkin.Span {
	w.t.Helper()
	client, err := zipkinapi.NewClient(w.api(), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	spans, err := client.Trace(context.Background(), zipkin.TraceID{Low: low})
	if err != nil && !strings.Contains(err.Error(), "404") {
		w.t.Fatal(err)
	}
	return spans
}

// lists is what the API lists of services, names and links.
func (w *world) lists() string {
	w.t.Helper()
	var all []string
	for _, path := range []string{"services", "spans?serviceName=gateway", "spans?serviceName=writer", "remoteServices?serviceName=gateway",
		fmt.Sprintf("dependencies?lookback=86400000&endTs=%d", time.Now().Add(time.Minute).UnixMilli())} {
		resp, err := http.Get(w.api() + "/api/v2/" + path)
		if err != nil {
			w.t.Fatal(err)
		}
		defer resp.Body.Close()
		text, _ := io.ReadAll(resp.Body)
		var list []any
		if json.Unmarshal(text, &list) != nil || len(list) == 0 {
			w.t.Errorf("%s lists %s", path, text)
		}
		all = append(all, string(text))
	}
	return strings.Join(all, "\n")
}

// ago are spans that were earlier.
func ago(spans []zipkin.Span, d time.Duration) []zipkin.Span {
	for i := range spans {
		spans[i].Timestamp -= d.Microseconds()
	}
	return spans
}

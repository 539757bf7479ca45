package zipkinapi_test

import (
	"context"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/zipkinapi"
)

// TestAllFindsEveryTrace makes traces in ways that a search by time finds hard.
func TestAllFindsEveryTrace(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	now := time.Now().UnixMicro()
	starts := map[string]func(i int) int64{
		"none":               nil,
		"spread over a week": func(int) int64 { return now - r.Int64N(7*24*3600_000_000) },
		"in one ms":          func(int) int64 { return now - 5_000_000 + r.Int64N(1000) },
		"on whole ms":        func(i int) int64 { return (now/1000 - int64(i)/200) * 1000 },
		"at the epoch":       func(int) int64 { return 1 + r.Int64N(3000) },
		"ahead of the clock": func(int) int64 { return now + r.Int64N(3600_000_000) },
	}
	for name, start := range starts {
		t.Run(name, func(t *testing.T) {
			st := store.New(store.Config{})
			want := map[zipkin.TraceID]int{}
			for i := range 3000 {
				if start == nil {
					break
				}
				id, at := zipkin.TraceID{High: uint64(i % 2), Low: r.Uint64()}, start(i)
				spans := []zipkin.Span{
					{TraceID: id, ID: 2, ParentID: 1, Timestamp: at + r.Int64N(60_000_000)},
					{TraceID: id, ID: 1, Timestamp: at},
				}
				if i%5 == 0 {
					spans[1].ParentID = 7 // no root: the earliest span stands for the trace
				}
				st.Add(spans)
				want[id] = 2
			}
			client, requests := counted(t, st)
			got := map[zipkin.TraceID]int{}
			for spans, err := range client.All(context.Background()) {
				if err != nil {
					t.Fatal(err)
				}
				got[spans[0].TraceID] += len(spans)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%d traces, want %d, each once", len(got), len(want))
			}
			if n := requests.Load(); n > 100 {
				t.Errorf("it took %d requests", n)
			}
		})
	}
}

func counted(t *testing.T, st *store.Store) (*zipkinapi.Client, *atomic.Int64) {
	t.Helper()
	var requests atomic.Int64
	api := zipkinapi.NewServer(st, zipkinapi.Options{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		api.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	client, err := zipkinapi.NewClient(srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	return client, &requests
}

// TestAllAsksForLessWhenAnAnswerIsTooLong has a server whose answers are long.
func TestAllAsksForLessWhenAnAnswerIsTooLong(t *testing.T) {
	st := store.New(store.Config{})
	for i := range 1000 {
		st.Add([]zipkin.Span{{TraceID: zipkin.TraceID{Low: uint64(i + 1)}, ID: 1, Timestamp: time.Now().Add(-time.Duration(i) * time.Hour).UnixMicro()}})
	}
	api := zipkinapi.NewServer(st, zipkinapi.Options{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if limit, _ := strconv.Atoi(r.URL.Query().Get("limit")); limit > 50 && limit < math.MaxInt32 {
			io.Copy(w, strings.NewReader(strings.Repeat(" ", 64<<20+1)))
			return
		}
		api.ServeHTTP(w, r)
	}))
	defer srv.Close()
	client, err := zipkinapi.NewClient(srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, err := range client.All(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 1000 {
		t.Errorf("%d traces of 1000", n)
	}
}

func TestAllEndsWithTheError(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Error(w, "no more", 500) }))
	defer srv.Close()
	client, err := zipkinapi.NewClient(srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	for spans, err := range client.All(context.Background()) {
		if spans != nil || err == nil || !strings.Contains(err.Error(), "no more") {
			t.Errorf("%v, %v", spans, err)
		}
	}
}

func TestReportStoresAllOrSaysWhy(t *testing.T) {
	st := store.New(store.Config{})
	client, _ := counted(t, st)
	if err := client.Report(context.Background(), someSpans()); err != nil || st.Stats().Spans != 2 {
		t.Errorf("%v, %d spans", err, st.Stats().Spans)
	}
	bad := []zipkin.Span{{ID: 1}}
	if err := client.Report(context.Background(), bad); err == nil || !strings.Contains(err.Error(), "POST http://127.0.0.1") || !strings.Contains(err.Error(), "all zeros") {
		t.Errorf("%v", err)
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hello") }))
	defer srv.Close()
	if other, _ := zipkinapi.NewClient(srv.URL, nil); other.Report(context.Background(), nil) == nil {
		t.Error("a 200 passes for a 202")
	}
}

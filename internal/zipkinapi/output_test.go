package zipkinapi_test

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkin/codec"
	"example.com/tracelab/internal/zipkinapi"
)

// longTrace are a trace with an answer of about that many kB.
func longTrace(kB int) (spans []zipkin.Span) {
	for i := range kB {
		spans = append(spans, zipkin.Span{TraceID: zipkin.TraceID{Low: 7}, ID: zipkin.SpanID(i + 1), Timestamp: clock.UnixMicro() - int64(i%7*1000), Duration: 5,
			Tags:        []zipkin.Tag{{Key: "text", Value: strings.Repeat("x", 800)}},
			Annotations: []zipkin.Annotation{{Timestamp: clock.UnixMicro(), Value: "note"}}})
	}
	return spans
}

// TestLongAnswersAreWhole asks for answers around the size of a piece.
func TestLongAnswersAreWhole(t *testing.T) {
	for _, kB := range []int{0, 1, 3, 60, 70, 130, 1000} {
		st := store.New(store.Config{})
		st.Add(longTrace(kB))
		st.Add([]zipkin.Span{{TraceID: zipkin.TraceID{Low: 8}, ID: 1, Timestamp: clock.UnixMicro()}})
		srv := httptest.NewServer(zipkinapi.NewServer(st, zipkinapi.Options{Now: func() time.Time { return clock }}))
		one, _ := st.Trace(zipkin.TraceID{Low: 7})
		two := st.TraceMany([]zipkin.TraceID{{Low: 7}, {Low: 8}})
		for path, want := range map[string][]byte{
			"/api/v2/trace/7":                  codec.AppendSpans(nil, one),
			"/api/v2/traceMany?traceIds=7,8":   codec.AppendTraces(nil, two),
			"/api/v2/traces?annotationQuery=x": []byte("[]"),
		} {
			if kB == 0 && path == "/api/v2/trace/7" {
				continue
			}
			for _, compressed := range []bool{false, true} {
				if got := fetch(t, srv.URL+path, compressed); got != string(want) {
					t.Errorf("%d kB, %s, compressed %v: %d bytes, want %d", kB, path, compressed, len(got), len(want))
				}
			}
		}
		srv.Close()
	}
}

func fetch(t *testing.T, url string, compressed bool) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	if compressed {
		req.Header.Set("Accept-Encoding", "gzip")
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body := io.Reader(resp.Body)
	if resp.Header.Get("Content-Encoding") == "gzip" {
		if body, err = gzip.NewReader(body); err != nil {
			t.Fatal(err)
		}
	}
	if !compressed && resp.ContentLength < 0 {
		t.Errorf("%s: the length of the answer is not said", url)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// gone is a client that reads the first piece only.
type gone struct {
	http.ResponseWriter
	writes int
}

func (g *gone) Write(b []byte) (int, error) {
	if g.writes++; g.writes > 1 {
		return 0, errors.New("the client has gone")
	}
	return len(b), nil
}

func TestAnAnswerEndsWithItsClient(t *testing.T) {
	st := store.New(store.Config{})
	st.Add(longTrace(1000))
	s := zipkinapi.NewServer(st, zipkinapi.Options{})
	for _, encoding := range []string{"", "gzip"} {
		g := &gone{ResponseWriter: httptest.NewRecorder()}
		r := httptest.NewRequest(http.MethodGet, "/api/v2/trace/7", nil)
		r.Header.Set("Accept-Encoding", encoding)
		if s.ServeHTTP(g, r); g.writes < 2 || g.writes > 4 {
			t.Errorf("%s: %d pieces were written for a client that has gone", encoding, g.writes)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	w := httptest.NewRecorder()
	if s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v2/trace/7", nil).WithContext(gone)); w.Body.Len() > 200_000 {
		t.Errorf("%d bytes were made for a client that had gone", w.Body.Len())
	}
}

// BenchmarkLargeTrace measures the answer of a trace of 10,000 spans, without a network.
func BenchmarkLargeTrace(b *testing.B) {
	st := store.New(store.Config{})
	var spans []zipkin.Span
	for i := range 10_000 {
		sp := longTrace(1)[0]
		sp.ID, sp.Timestamp = zipkin.SpanID(i+1), sp.Timestamp+int64(i*7919%5000)*1000
		sp.Name, sp.Kind, sp.Local = "get /a/b", zipkin.Server, zipkin.Endpoint{ServiceName: "orders", IPv4: "10.0.0.1"}
		sp.Tags = []zipkin.Tag{{Key: "http.method", Value: "GET"}, {Key: "http.path", Value: "/orders/12345"}, {Key: "http.status_code", Value: "200"}}
		spans = append(spans, sp)
	}
	st.Add(spans)
	s := zipkinapi.NewServer(st, zipkinapi.Options{})
	b.ReportAllocs()
	for b.Loop() {
		w := &nowhere{header: http.Header{}}
		s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v2/trace/7", nil))
		b.SetBytes(int64(w.bytes))
	}
}

// nowhere counts what is written.
type nowhere struct {
	header http.Header
	bytes  int
}

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) WriteHeader(int)             {}
func (n *nowhere) Write(b []byte) (int, error) { n.bytes += len(b); return len(b), nil }

package zipkinapi_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// TestSummaries are the same whether the store is here or behind a URL, and know no
// limit.
func TestSummaries(t *testing.T) {
	st := store.New(store.Config{})
	now := time.Now()
	for i := range uint64(1200) {
		root := zipkin.Span{TraceID: zipkin.TraceID{Low: i + 1}, ID: 1, Name: fmt.Sprint("get-", i%7), Timestamp: now.Add(-time.Duration(i) * time.Second).UnixMicro(),
			Duration: int64(i + 1), Local: zipkin.Endpoint{ServiceName: "a"}}
		inner := root
		inner.ID, inner.ParentID, inner.Timestamp, inner.Local.ServiceName = 2, 1, root.Timestamp+2, "b"
		inner.Tags = []zipkin.Tag{{Key: "error", Value: "x"}}
		st.Add([]zipkin.Span{root, inner})
	}
	srv := httptest.NewServer(zipkinapi.NewServer(st, zipkinapi.Options{}))
	defer srv.Close()
	remote, err := zipkinapi.NewClient(srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, q := range map[string]zipkin.Query{
		"all":         {},
		"a service":   {ServiceName: "b", SpanName: "get-3"},
		"long enough": {MinDuration: 500 * time.Microsecond},
		"none":        {AnnotationQuery: "error=y"},
	} {
		q.EndTs, q.Lookback, q.Limit = now.Add(time.Second), 2*time.Hour, 3
		local := summaries(t, zipkinapi.Summaries(t.Context(), zipkinapi.Local(st), q))
		far := summaries(t, zipkinapi.Summaries(t.Context(), remote, q))
		if wantSome := name != "none"; !slices.Equal(local, far) || wantSome && len(local) < 100 {
			t.Errorf("%s: %d here and %d behind the URL", name, len(local), len(far))
		}
	}
}

// summaries are sorted by the longest.
func summaries(t *testing.T, all iter.Seq2[zipkin.Summary, error]) (list []zipkin.Summary) {
	t.Helper()
	for s, err := range all {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b zipkin.Summary) int { return int(b.Duration - a.Duration) })
	return list
}

// TestSummariesEnd with what is asked of them, and with an error.
func TestSummariesEnd(t *testing.T) {
	st := store.New(store.Config{})
	for i := range uint64(3000) {
		st.Add([]zipkin.Span{{TraceID: zipkin.TraceID{Low: i + 1}, ID: 1, Timestamp: time.Now().UnixMicro()}})
	}
	broken := httptest.NewServer(http.NotFoundHandler())
	defer broken.Close()
	remote, _ := zipkinapi.NewClient(broken.URL, nil)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	q := zipkin.Query{EndTs: time.Now().Add(time.Second), Lookback: time.Hour}
	for name, c := range map[string]struct {
		ctx    context.Context
		reader zipkinapi.Reader
		want   func(error) bool
	}{
		"cancelled":  {cancelled, zipkinapi.Local(st), func(err error) bool { return errors.Is(err, context.Canceled) }},
		"unreadable": {t.Context(), remote, func(err error) bool { return strings.Contains(fmt.Sprint(err), "404") }},
	} {
		var last error
		n := 0
		for _, err := range zipkinapi.Summaries(c.ctx, c.reader, q) {
			last = err
			n++
		}
		if !c.want(last) || n >= 3000 {
			t.Errorf("%s: %v after %d", name, last, n)
		}
	}
	for range zipkinapi.Summaries(t.Context(), zipkinapi.Local(st), q) {
		break
	}
}

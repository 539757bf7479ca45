package analysisapi_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"example.com/tracelab/internal/analysisapi"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// answers is a Zipkin that has one trace of so many spans, or fails.
type answers struct {
	zipkinapi.Reader
	spans int
	err   error
}

func (a answers) Trace(context.Context, zipkin.TraceID) ([]zipkin.Span, error) {
	spans := make([]zipkin.Span, a.spans)
	for i := range spans {
		spans[i] = zipkin.Span{TraceID: zipkin.TraceID{Low: 7}, ID: zipkin.SpanID(i + 1), ParentID: zipkin.SpanID(min(i, 1)), Name: "get", Timestamp: 1000, Duration: 500}
	}
	return spans, a.err
}

// TestWhatIsWrongWithATrace is an error of its own kind each: what the reader says, and a
// trace that is too large for a server, which has others to answer.
func TestWhatIsWrongWithATrace(t *testing.T) {
	for name, test := range map[string]struct {
		reader answers
		code   httpapi.Code
		want   string
	}{
		"too large":  {answers{spans: 100_001}, httpapi.Invalid, "has 100001 spans: the server takes 100000 at most"},
		"large":      {answers{spans: 100_000}, "", "get of a service without a name took 500 µs"},
		"not stored": {answers{err: zipkinapi.ErrNotFound}, httpapi.NotFound, "no span of trace 0000000000000007 is stored"},
		"broken":     {answers{err: errors.New("broken")}, httpapi.Unreachable, "zipkin does not answer"},
		"slow":       {answers{err: context.DeadlineExceeded}, httpapi.Timeout, "zipkin did not answer in time"},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/tracelab/v1/path/0000000000000007", nil)
			r.SetPathValue("trace", "0000000000000007")
			r.Header.Set("Accept", "*/*")
			w := httptest.NewRecorder()
			err := analysisapi.New(analysisapi.Config{Reader: test.reader}).Path(w, r)
			said, code := w.Body.String(), httpapi.Code("")
			if err != nil {
				said, code = httpapi.AsError(err).Detail, httpapi.AsError(err).Code
			}
			if code != test.code || !strings.Contains(said, test.want) {
				t.Errorf("%s: %s, %.200s, want %s, %s", name, code, said, test.code, test.want)
			}
		})
	}
}

package zipkinapi_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// TestSlowestAndLatest of more traces than are asked for at once. What has not ended, or
// began too long ago, is neither.
func TestSlowestAndLatest(t *testing.T) {
	st := store.New(store.Config{})
	now := time.Now() // for all: traces a millisecond apart change places when they are stored late
	add := func(id uint64, ago, took time.Duration) {
		st.Add([]zipkin.Span{{TraceID: zipkin.TraceID{Low: id}, ID: 1, Name: "get", Timestamp: now.Add(-ago).UnixMicro(), Duration: took.Microseconds(), Local: zipkin.Endpoint{ServiceName: "a"}}})
	}
	reader := zipkinapi.Local(st)
	for name, choose := range map[string]func(context.Context, zipkinapi.Reader, time.Duration) ([]zipkin.Span, error){"slowest": zipkinapi.Slowest, "latest": zipkinapi.Latest} {
		if spans, err := choose(t.Context(), reader, time.Minute); !errors.Is(err, zipkinapi.ErrNotFound) {
			t.Errorf("%s of none: %v, %v", name, spans, err)
		}
	}
	add(1, 2*time.Minute, time.Hour)
	add(2, 50*time.Second, 9*time.Second)
	for i := range uint64(500) { // the longer, the older
		add(100+i, time.Duration(10+i)*time.Millisecond, time.Duration(1+i)*time.Millisecond)
	}
	add(3, time.Millisecond, 0)
	for want, choose := range map[uint64]func(context.Context, zipkinapi.Reader, time.Duration) ([]zipkin.Span, error){2: zipkinapi.Slowest, 100: zipkinapi.Latest} {
		if spans, err := choose(t.Context(), reader, time.Minute); err != nil || spans[0].TraceID.Low != want {
			t.Errorf("it is %v, %v, want trace %d", spans, err, want)
		}
	}
}

package exec

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/testbed/workload"
)

// TestARecordingThatIsEndedEarlyIsRead as far as it has come.
func TestARecordingThatIsEndedEarlyIsRead(t *testing.T) {
	whole, err := workload.Record("tasks", 1)
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	came, sends := io.Pipe()
	go func() {
		sends.Write(whole) // all of it is read, before
		end()              // Ctrl-C
		sends.CloseWithError(context.Canceled)
	}()
	file, err := toFile(&recording{ctx: ctx, from: came}, "the service", -1)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	trace, err := exectrace.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	for range trace.Tasks() {
		return
	}
	t.Error("it has no task")
}

// TestARecordingThatFailsIsNone nor is one that is ended before anything has come.
func TestARecordingThatFailsIsNone(t *testing.T) {
	for name, early := range map[string]bool{"it fails": false, "nothing has come": true} {
		ctx, end := context.WithCancel(t.Context())
		defer end()
		came, sends := io.Pipe()
		go func() {
			if early {
				end()
			} else {
				sends.Write([]byte("go 1.26 trace"))
			}
			sends.CloseWithError(io.ErrUnexpectedEOF)
		}()
		if _, err := toFile(&recording{ctx: ctx, from: came}, "the service", -1); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: %v", name, err)
		}
	}
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer srv.Close()
	u, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	end()
	if _, err := download(ctx, u); !errors.Is(err, context.Canceled) {
		t.Errorf("ended before the answer: %v", err)
	}
}

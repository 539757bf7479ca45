package proxy_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/services/fetcher/internal/proxy"
)

// get sends a request through a proxy, and returns the answer's body.
func get(ctx context.Context, p *proxy.Proxy, url string, body io.Reader) ([]byte, error) {
	transport := &http.Transport{DialContext: p.Dial(new(net.Dialer).DialContext), DisableKeepAlives: true}
	r, err := http.NewRequestWithContext(p.Watch(ctx), "POST", url, body)
	if err != nil {
		return nil, err
	}
	resp, err := transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

// TestTheAnswerComesAfterItsTime and whole; what is sent is passed on at once.
func TestTheAnswerComesAfterItsTime(t *testing.T) {
	const after = 50 * time.Millisecond
	large := bytes.Repeat([]byte("0123456789abcdef"), 200_000)
	var asked time.Time
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		asked = time.Now()
		w.Write(large)
	}))
	defer srv.Close()
	began, firsts := time.Now(), 0
	p := proxy.New(after, func(came time.Time) {
		firsts++
		if late := time.Since(came); late < after || came.Before(asked) {
			t.Errorf("the first chunk came %s ago", late)
		}
	})
	answer, err := get(t.Context(), p, srv.URL, bytes.NewReader(large))
	if err != nil || !bytes.Equal(answer, large) {
		t.Errorf("%d bytes of %d, %v", len(answer), len(large), err)
	}
	if took := time.Since(began); took < after || firsts != 1 {
		t.Errorf("it took %s, and the first chunk came %d times", took, firsts)
	}
}

// TestNothingOutlivesItsRequest has it end in the middle, by its caller and by
// its target.
func TestNothingOutlivesItsRequest(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/cut" {
			panic(http.ErrAbortHandler)
		}
		io.WriteString(w, "late")
	}))
	defer srv.Close()
	before := runtime.NumGoroutine()
	for path, wait := range map[string]time.Duration{"/": time.Hour, "/cut": 0} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		answer, err := get(ctx, proxy.New(wait, func(time.Time) {}), srv.URL+path, strings.NewReader(""))
		cancel()
		if err == nil {
			t.Errorf("%s: answered %q", path, answer)
		}
	}
	srv.CloseClientConnections()
	err := testbed.Eventually(func() error {
		if now := runtime.NumGoroutine(); now > before {
			stacks := make([]byte, 64<<10)
			return fmt.Errorf("%d goroutines, %d before:\n%s", now, before, stacks[:runtime.Stack(stacks, true)])
		}
		return nil
	})
	if err != nil {
		t.Errorf("something is left: %v", err)
	}
}

func TestATargetThatCannotBeReached(t *testing.T) {
	srv := httptest.NewServer(nil)
	srv.Close()
	if _, err := get(t.Context(), proxy.New(time.Hour, nil), srv.URL, nil); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("%v; want that it is refused", err)
	}
}

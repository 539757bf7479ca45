// Package referee puts a server of ours beside the released Zipkin server:
// spans go to both, and both are asked the same.
package referee

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/testbed/zipkintest"
	"example.com/tracelab/internal/zipkinapi"
)

// Pair is a released Zipkin server and one of ours, by their base URLs.
type Pair struct{ Zipkin, Ours string }

// Start starts both, empty and with their defaults, until the test ends.
func Start(t testing.TB) *Pair {
	t.Helper()
	zipkin := zipkintest.Start(t)
	ours := httptest.NewServer(zipkinapi.NewServer(store.New(store.Config{}), zipkinapi.Options{}))
	t.Cleanup(ours.Close)
	return &Pair{zipkin.URL, ours.URL}
}

// Tee returns the URL of a server that hands every POST to both, and all else
// to Zipkin. The client sees Zipkin's answer; that ours takes what Zipkin takes
// is part of the test.
func (p *Pair) Tee(t testing.TB) string {
	t.Helper()
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("%s %s: reading what the client sent: %v", r.Method, r.URL, err)
		}
		status, answer, err := forward(p.Zipkin, r, body)
		if err == nil && r.Method == http.MethodPost {
			var ours int
			var said []byte
			if ours, said, err = forward(p.Ours, r, body); ours != status {
				t.Errorf("%s %s (%s): Zipkin answers %d, we %d: %s", r.Method, r.URL, r.Header.Get("Content-Type"), status, ours, said)
			}
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		w.WriteHeader(status)
		w.Write(answer)
	}))
	t.Cleanup(front.Close)
	return front.URL
}

// forward repeats a request at another server.
func forward(server string, r *http.Request, body []byte) (status int, answer []byte, err error) {
	req, err := http.NewRequest(r.Method, server+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header = r.Header.Clone()
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(resp.Body)
	return resp.StatusCode, answer, err
}

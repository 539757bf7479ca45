package tracing_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/openzipkin/zipkin-go/model"

	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/tracetest"
)

// trail is what a span has of its connection: the tag, and the annotations in
// the order of their times.
func trail(s model.SpanModel) string {
	slices.SortStableFunc(s.Annotations, func(a, b model.Annotation) int { return a.Timestamp.Compare(b.Timestamp) })
	words := []string{s.Tags["connection"]}
	for _, a := range s.Annotations {
		words = append(words, a.Value)
	}
	return strings.Join(words, ", ")
}

func TestConnections(t *testing.T) {
	spans := tracetest.Start(t, "always")
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	both := httptest.NewUnstartedServer(http.NotFoundHandler())
	both.EnableHTTP2 = true
	both.StartTLS()
	defer both.Close()
	for _, srv := range []*httptest.Server{plain, secure, both} {
		first := "new, dial, connected, first byte"
		if srv != plain {
			first = "new, dial, connected, TLS handshake done, first byte"
		}
		client := &http.Client{Transport: &tracing.Transport{Base: srv.Client().Transport, Connections: true}}
		for _, want := range []string{first, "reused, first byte"} {
			get(t, client, srv.URL)
			if got := trail(only(t, spans)); got != want {
				t.Errorf("%s: %q; want %q", srv.URL, got, want)
			}
		}
	}
	get(t, &http.Client{Transport: &tracing.Transport{Base: &http.Transport{}, Connections: true}}, strings.Replace(plain.URL, "127.0.0.1", "localhost", 1))
	if got := trail(only(t, spans)); !strings.HasPrefix(got, "new, ") || !strings.Contains(got, "name looked up") {
		t.Errorf("by name: %q", got)
	}
	get(t, &http.Client{Transport: &tracing.Transport{Base: plain.Client().Transport}}, plain.URL)
	if got := trail(only(t, spans)); got != "" {
		t.Errorf("without being asked for: %q", got)
	}
}

func get(t *testing.T, client *http.Client, url string) {
	t.Helper()
	resp, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
}

// TestConnectionsThatTakeSeveralDials dials two addresses, one of which refuses,
// and one that refuses alone.
func TestConnectionsThatTakeSeveralDials(t *testing.T) {
	spans := tracetest.Start(t, "always")
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	refusing := httptest.NewServer(nil)
	refusing.Close()
	dead := refusing.Listener.Addr().String()
	dialer := &net.Dialer{}
	client := &http.Client{Transport: &tracing.Transport{Connections: true, Base: &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			if _, err := dialer.DialContext(ctx, network, dead); err == nil {
				t.Error("somebody answers at", dead)
			}
			if addr == dead {
				return nil, errors.New("refused")
			}
			return dialer.DialContext(ctx, network, addr)
		},
	}}}
	get(t, client, srv.URL)
	if got, want := trail(only(t, spans)), `new, dial, connected {"dials":2}, first byte`; got != want {
		t.Errorf("%q; want %q", got, want)
	}
	if _, err := client.Get("http://" + dead); err == nil {
		t.Error("a closed port answers")
	}
	if got := trail(only(t, spans)); got != ", dial" {
		t.Errorf("a dial that fails: %q", got)
	}
}

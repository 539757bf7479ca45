package httpserver_test

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/httpserver"
)

// serve serves h until the returned function is called, which returns what Serve did.
func serve(t *testing.T, h http.HandlerFunc, o httpserver.Options) (url string, stop func() error) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- httpserver.Serve(ctx, ln, h, o) }()
	return "http://" + ln.Addr().String(), func() error { cancel(); return <-ended }
}

// underWay sends a request whose handler waits for release, and returns when it
// is being handled.
func underWay(t *testing.T, o httpserver.Options) (release chan struct{}, answer <-chan string, stop func() error) {
	t.Helper()
	inside, release, body := make(chan struct{}), make(chan struct{}), make(chan string, 1)
	url, stop := serve(t, func(w http.ResponseWriter, r *http.Request) {
		close(inside)
		select {
		case <-release:
		case <-r.Context().Done():
		}
		io.WriteString(w, "done")
	}, o)
	go func() {
		resp, err := http.Get(url)
		if err != nil {
			body <- "no answer"
			return
		}
		defer resp.Body.Close()
		text, _ := io.ReadAll(resp.Body)
		body <- string(text)
	}()
	<-inside
	return release, body, stop
}

func TestARequestUnderWayIsFinished(t *testing.T) {
	stopping := make(chan struct{})
	release, answer, stop := underWay(t, httpserver.Options{Drain: time.Minute, OnStop: func() { close(stopping) }})
	go func() { <-stopping; close(release) }()
	if err := stop(); err != nil {
		t.Error(err)
	}
	if got := <-answer; got != "done" {
		t.Errorf("the request under way got %q", got)
	}
}

func TestWithoutDrainConnectionsAreClosed(t *testing.T) {
	_, answer, stop := underWay(t, httpserver.Options{})
	if err := stop(); err != nil {
		t.Error(err)
	}
	if got := <-answer; got != "no answer" {
		t.Errorf("the request under way got %q", got)
	}
}

func TestTheBaseContextReachesRequests(t *testing.T) {
	type key struct{}
	url, stop := serve(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.Context().Value(key{}).(string))
	}, httpserver.Options{BaseContext: context.WithValue(context.Background(), key{}, "base")})
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if text, _ := io.ReadAll(resp.Body); string(text) != "base" {
		t.Errorf("the request has %q", text)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestProtocols(t *testing.T) {
	for _, http2 := range []bool{true, false} {
		url, stop := serve(t, func(http.ResponseWriter, *http.Request) {}, httpserver.Options{HTTP2: http2})
		transport := &http.Transport{Protocols: new(http.Protocols)}
		transport.Protocols.SetUnencryptedHTTP2(true)
		resp, err := (&http.Client{Transport: transport}).Get(url)
		if (err == nil) != http2 {
			t.Errorf("HTTP2 %v: a request by HTTP/2: %v", http2, err)
		}
		if err == nil {
			resp.Body.Close()
		}
		transport.CloseIdleConnections()
		if err := stop(); err != nil {
			t.Error(err)
		}
	}
}

func TestABrokenListenerIsAnError(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	if err := httpserver.Serve(t.Context(), ln, http.NotFoundHandler(), httpserver.Options{}); err == nil {
		t.Error("Serve on a closed listener: no error")
	}
}

// TestServersAreMadeHere looks for servers that are made elsewhere, with bounds
// of their own. Labs are programs to read, which stand alone.
func TestServersAreMadeHere(t *testing.T) {
	for _, dir := range []string{"cmd", "exectrace", "internal", "services", "tracing"} {
		err := filepath.WalkDir(filepath.Join("..", "..", dir), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "internal/httpserver/") {
				return err
			}
			text, err := os.ReadFile(path)
			if bytes.Contains(text, []byte("http.Server{")) {
				t.Errorf("%s makes an http.Server: use internal/httpserver", path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

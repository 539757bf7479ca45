package fetcher

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/services/fetcher/fetchapi"
	"example.com/tracelab/tracing/tracetest"
)

// handler is the fetcher's only route, allowed to fetch from the targets.
func handler(t *testing.T, cfg Config, targets ...string) http.Handler {
	t.Helper()
	cfg.AllowTargets = targets
	if cfg.FetchTimeout == 0 {
		cfg.FetchTimeout = 5 * time.Second
	}
	if cfg.MaxBody == 0 {
		cfg.MaxBody = 1 << 20
	}
	cfg.MaxRedirects = 5
	parts, err := cfg.build()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { parts.Close() })
	mux := http.NewServeMux()
	for _, route := range parts.Routes {
		mux.HandleFunc(route.Pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := route.Handler(w, r); err != nil {
				httpapi.WriteError(w, r, err)
			}
		})
	}
	return mux
}

type answer struct {
	fetchapi.Result
	Field, Service, Detail string
}

func fetch(t *testing.T, h http.Handler, target string) (int, answer) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/fetch?url="+url.QueryEscape(target), nil))
	return w.Code, decode(t, w)
}

func decode(t testing.TB, w *httptest.ResponseRecorder) (a answer) {
	t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil && w.Code == 200 {
		t.Fatalf("%v: %s", err, w.Body)
	}
	return a
}

// webServer is a target on loopback, and its host:port.
func webServer(t *testing.T, h http.HandlerFunc) (*httptest.Server, string) {
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv, strings.TrimPrefix(srv.URL, "http://")
}

func TestFetch(t *testing.T) {
	srv, addr := webServer(t, func(w http.ResponseWriter, r *http.Request) {
		for _, name := range []string{"Authorization", "Cookie", "Referer"} {
			if v := r.Header.Get(name); v != "" {
				t.Errorf("the target was sent %s: %s", name, v)
			}
		}
		switch r.URL.Path {
		case "/teapot":
			w.WriteHeader(418)
		case "/large":
			w.Write(make([]byte, 2000))
		case "/exact":
			w.Write(make([]byte, 1000))
		case "/twice":
			w.Header().Set("Set-Cookie", "a=b")
			http.Redirect(w, r, "/once?token=secret", 302)
		case "/once":
			http.Redirect(w, r, "/", 302)
		}
	})
	h := handler(t, Config{MaxBody: 1000}, addr)
	tests := []struct {
		path      string
		status    int
		bytes     int64
		truncated bool
		redirects int
	}{
		{"/", 200, 0, false, 0},
		{"/teapot", 418, 0, false, 0},
		{"/exact", 200, 1000, false, 0},
		{"/large", 200, 1000, true, 0},
		{"/twice", 200, 0, false, 2},
	}
	for _, test := range tests {
		code, a := fetch(t, h, srv.URL+test.path)
		if code != 200 || a.Status != test.status || a.Bytes != test.bytes || a.Truncated != test.truncated || a.Redirects != test.redirects {
			t.Errorf("%s: %d %+v; want %+v", test.path, code, a, test)
		}
		if a.Timings.Total <= 0 || a.Timings.FirstByte > a.Timings.Total {
			t.Errorf("%s: timings %+v", test.path, a.Timings)
		}
	}
}

// TestAStatusLineTellsNoSecret has a target repeat in it what it was asked.
func TestAStatusLineTellsNoSecret(t *testing.T) {
	srv, addr := webServer(t, func(w http.ResponseWriter, r *http.Request) {
		conn, _, _ := w.(http.Hijacker).Hijack()
		defer conn.Close()
		io.WriteString(conn, "HTTP/1.1 404 no http://ann:secret@host/?secret for "+r.RequestURI+"\r\nContent-Length: 0\r\n\r\n")
	})
	spans := tracetest.Start(t, "always")
	code, a := fetch(t, handler(t, Config{}, addr), srv.URL+"/a?key=secret")
	if code != 200 || a.StatusText != "404 no http://host/ for /a" {
		t.Errorf("%d %+v", code, a)
	}
	for _, s := range spans.Spans() {
		if text := fmt.Sprintf("%+v", s); strings.Contains(text, "secret") {
			t.Errorf("a span tells it: %s", text)
		}
	}
}

func TestATargetThatFails(t *testing.T) {
	release := make(chan struct{})
	slow, slowAddr := webServer(t, func(_ http.ResponseWriter, r *http.Request) { <-release })
	defer close(release)
	dead, deadAddr := webServer(t, nil)
	dead.Close()
	garbage, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer garbage.Close()
	go func() {
		for {
			conn, err := garbage.Accept()
			if err != nil {
				return
			}
			conn.Write([]byte("SSH-2.0-not http\r\n"))
			conn.Close()
		}
	}()
	// Only the slow one may be too slow: a busy machine takes its time for the others.
	impatient := handler(t, Config{FetchTimeout: 200 * time.Millisecond}, slowAddr)
	patient := handler(t, Config{FetchTimeout: time.Minute}, "dead="+deadAddr, garbage.Addr().String())
	for u, want := range map[string]int{slow.URL: 504, dead.URL: 502, "http://" + garbage.Addr().String(): 502} {
		h := patient
		if u == slow.URL {
			h = impatient
		}
		if code, a := fetch(t, h, u); code != want || a.Service == "" {
			t.Errorf("%s: %d %+v; want %d naming the target", u, code, a, want)
		}
	}
	if _, a := fetch(t, patient, dead.URL); a.Service != "dead" {
		t.Errorf("the target goes by the name %q", a.Service)
	}
}

// TestTheLogTellsTheCauseOnce where the answer tells it, too.
func TestTheLogTellsTheCauseOnce(t *testing.T) {
	var log bytes.Buffer
	old := slog.Default()
	defer slog.SetDefault(old)
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	dead, deadAddr := webServer(t, nil)
	dead.Close()
	away, awayAddr := webServer(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "ftp://h/", 302) })
	h := handler(t, Config{}, deadAddr, awayAddr)
	for _, u := range []string{dead.URL, away.URL} {
		log.Reset()
		_, a := fetch(t, h, u)
		cause := a.Detail[strings.LastIndex(a.Detail, ": ")+1:]
		if n := strings.Count(log.String(), cause); n != 1 {
			t.Errorf("%q is told %d times: %s", cause, n, log.String())
		}
	}
}

// TestNamesAreJudgedWhenDialled gives a name that leads to loopback, and one
// that leads there only the second time it is asked for (DNS rebinding).
func TestNamesAreJudgedWhenDialled(t *testing.T) {
	var hits atomic.Int64
	_, addr := webServer(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) })
	_, port, _ := net.SplitHostPort(addr)
	asked := map[string]int{}
	resolveWith(t, func(name string) net.IP {
		asked[name]++
		if name == "rebind.example." && asked[name] == 1 {
			return net.IPv4(203, 0, 113, 1) // documentation: nothing answers there
		}
		return net.IPv4(127, 0, 0, 1)
	})
	h := handler(t, Config{FetchTimeout: time.Minute}) // a busy machine takes its time
	if code, a := fetch(t, h, "http://inside.example:"+port+"/"); code != 400 || a.Field != "url" {
		t.Errorf("a name of loopback: %d %+v; want 400", code, a)
	}
	fetch(t, handler(t, Config{FetchTimeout: 500 * time.Millisecond}), "http://rebind.example:"+port+"/") // of which nothing comes
	if code, a := fetch(t, h, "http://rebind.example:"+port+"/"); code != 400 || a.Field != "url" {
		t.Errorf("a name that moved to loopback: %d %+v; want 400", code, a)
	}
	redirecting, from := webServer(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://inside.example:"+port+"/", 302)
	})
	h = handler(t, Config{}, from)
	if code, a := fetch(t, h, redirecting.URL); code != 502 || !strings.Contains(a.Detail, "redirect") {
		t.Errorf("a redirect to such a name: %d %+v; want 502", code, a)
	}
	if n := hits.Load(); n != 0 {
		t.Errorf("the server on loopback was asked %d times", n)
	}
}

// resolveWith has names resolved by lookup, through a DNS server of the test's own.
func resolveWith(t *testing.T, lookup func(name string) net.IP) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	old := net.DefaultResolver
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
	t.Cleanup(func() {
		net.DefaultResolver = old
		conn.Close()
	})
	go func() {
		query := make([]byte, 512)
		for {
			n, from, err := conn.ReadFrom(query)
			if err != nil {
				return
			}
			conn.WriteTo(dnsAnswer(query[:n], lookup), from)
		}
	}()
}

// dnsAnswer answers the one question of a query (RFC 1035, section 4) with an
// A record, or with none.
func dnsAnswer(query []byte, lookup func(string) net.IP) []byte {
	var name strings.Builder
	end := 12
	for query[end] != 0 {
		size := int(query[end])
		name.Write(query[end+1 : end+1+size])
		name.WriteByte('.')
		end += 1 + size
	}
	end += 5 // the root label, type and class
	answer := append([]byte{}, query[:end]...)
	copy(answer[2:], []byte{0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0})
	if binary.BigEndian.Uint16(query[end-4:]) == 1 { // A
		answer[7] = 1
		answer = append(answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
		answer = append(answer, lookup(name.String()).To4()...)
	}
	return answer
}

package tracing_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/openzipkin/zipkin-go/model"

	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/tracetest"
)

type closeWriter interface{ CloseWrite() error }

func has[T any](v any) bool { _, ok := v.(T); return ok }

// optional lists what a body may have besides io.ReadCloser.
var optional = map[string]func(any) bool{
	"io.Writer":     has[io.Writer],
	"CloseWrite":    has[closeWriter],
	"io.WriterTo":   has[io.WriterTo],
	"io.ReaderFrom": has[io.ReaderFrom],
}

func sending(body io.ReadCloser) *tracing.Transport {
	return &tracing.Transport{Base: roundTrip(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Body: body, Request: r}, nil
	})}
}

// TestABodyHasWhatItHasWithoutTransport makes a body for each set of optional methods,
// and compares with the table of the decision.
func TestABodyHasWhatItHasWithoutTransport(t *testing.T) {
	page, err := os.ReadFile("../docs/decisions/0022-wrappers-have-what-they-wrap.md")
	if err != nil {
		t.Fatal(err)
	}
	section := regexp.MustCompile("(?s)of `http.Response.Body`.*?\n\n").Find(page)
	var rows []string
	for _, row := range regexp.MustCompile("(?m)^\\| `(.*)` \\| as without \\|$").FindAllSubmatch(section, -1) {
		rows = append(rows, string(row[1]))
	}
	slices.Sort(rows)
	if tested := slices.Sorted(maps.Keys(optional)); !slices.Equal(rows, tested) {
		t.Fatalf("the table has %q; tested are %q", rows, tested)
	}
	tracetest.Start(t, "always")
	all := []reflect.Type{reflect.TypeFor[io.Writer](), reflect.TypeFor[closeWriter](), reflect.TypeFor[io.WriterTo](), reflect.TypeFor[io.ReaderFrom]()}
	for set := range 1 << len(all) {
		fields := []reflect.StructField{{Name: "ReadCloser", Type: reflect.TypeFor[io.ReadCloser](), Anonymous: true}}
		for i, one := range all {
			if set&(1<<i) != 0 {
				fields = append(fields, reflect.StructField{Name: "O" + one.Name(), Type: one, Anonymous: true})
			}
		}
		inner := reflect.New(reflect.StructOf(fields)).Elem().Interface().(io.ReadCloser)
		resp, err := sending(inner).RoundTrip(newRequest(t, "http://host/"))
		if err != nil {
			t.Fatal(err)
		}
		for name, there := range optional {
			if got, want := there(resp.Body), there(inner); got != want {
				t.Errorf("%T: %s is there: %v; want %v", inner, name, got, want)
			}
		}
	}
}

// TestABodyThatWritesItself is copied by its own method, to its end or not.
func TestABodyThatWritesItself(t *testing.T) {
	spans := tracetest.Start(t, "always")
	resp, err := sending(io.NopCloser(strings.NewReader("text"))).RoundTrip(newRequest(t, "http://host/"))
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, resp.Body); n != 4 || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
	if s := only(t, spans); s.Tags["error"] != "" {
		t.Errorf("tags %v", s.Tags)
	}
	for name, body := range map[string]io.ReadCloser{"none": nil, "NoBody": http.NoBody} {
		resp, err := sending(body).RoundTrip(newRequest(t, "http://host/"))
		if err != nil || resp.Body != body {
			t.Errorf("%s: %v, %v", name, resp.Body, err)
		}
		only(t, spans)
	}
}

// interrupted is a body whose reading fails once it is closed, as that of a
// connection does.
type interrupted struct{ closed chan struct{} }

func (b interrupted) Read([]byte) (int, error) { <-b.closed; return 0, net.ErrClosed }
func (b interrupted) Close() error             { close(b.closed); return nil }

// TestClosingABodyIsNoError reads in one goroutine and closes in another, in both
// orders of what comes then.
func TestClosingABodyIsNoError(t *testing.T) {
	spans := tracetest.Start(t, "always")
	for range 100 {
		resp, err := sending(interrupted{make(chan struct{})}).RoundTrip(newRequest(t, "http://host/"))
		if err != nil {
			t.Fatal(err)
		}
		read := make(chan error)
		go func() { _, err := io.ReadAll(resp.Body); read <- err }()
		resp.Body.Close()
		if err := <-read; !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
		if s := only(t, spans); s.Tags["error"] != "" {
			t.Fatalf("tags %v", s.Tags)
		}
	}
}

// TestABodyClosedAfterItsContext is a call that was cancelled before it was over; one
// whose body is closed first is not.
func TestABodyClosedAfterItsContext(t *testing.T) {
	spans := tracetest.Start(t, "always")
	for name, row := range map[string]struct {
		read, first bool
		want        string
	}{
		"cancelled, then closed":       {false, true, "CANCELLED"},
		"closed, then cancelled":       {false, false, ""},
		"read, cancelled, then closed": {true, true, ""},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		resp, err := sending(io.NopCloser(strings.NewReader("text"))).RoundTrip(newRequest(t, "http://host/").WithContext(ctx))
		if err != nil {
			t.Fatal(err)
		}
		if row.read {
			io.ReadAll(resp.Body)
		}
		if row.first {
			cancel()
		}
		resp.Body.Close()
		cancel()
		if got := only(t, spans).Tags["error"]; got != row.want {
			t.Errorf("%s: error %q; want %q", name, got, row.want)
		}
	}
}

// echo answers an upgrade with how much it was sent before the other side ended its
// half of the connection.
func echo(w http.ResponseWriter, _ *http.Request) {
	conn, rw, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: count\r\n\r\n")
	n, _ := io.Copy(io.Discard, rw)
	fmt.Fprintf(conn, "%d bytes", n)
}

// TestHalfOfAnUpgradedConnectionIsClosed ends one direction, by a client and through a
// proxy, and reads the other to its end.
func TestHalfOfAnUpgradedConnectionIsClosed(t *testing.T) {
	spans := tracetest.Start(t, "always")
	upstream := httptest.NewServer(tracing.Handler(http.HandlerFunc(echo)))
	defer upstream.Close()
	to, _ := url.Parse(upstream.URL)
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.Transport = &tracing.Transport{}
	proxied := httptest.NewServer(tracing.Handler(proxy))
	defer proxied.Close()
	for addr, count := range map[string]int{upstream.URL: 2, proxied.URL: 4} {
		r := newRequest(t, addr)
		r.Header.Set("Connection", "Upgrade")
		r.Header.Set("Upgrade", "count")
		resp, err := (&tracing.Transport{}).RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(resp.Body.(io.Writer), "hello")
		if err := resp.Body.(closeWriter).CloseWrite(); err != nil {
			t.Error(err)
		}
		if got, err := io.ReadAll(resp.Body); string(got) != "5 bytes" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
		resp.Body.Close()
		all, err := spans.Await(t.Context(), count)
		if err != nil {
			t.Fatal(err)
		}
		spans.Take()
		for _, s := range all {
			if s.Tags["http.status_code"] != "101" || s.Tags["error"] != "" {
				t.Errorf("the %s span has %v", s.Kind, s.Tags)
			}
		}
	}
}

// TestARequestMadeByHand lacks what http.NewRequest sets: with and without Transport it
// is answered alike.
func TestARequestMadeByHand(t *testing.T) {
	spans := tracetest.Start(t, "always")
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	at, _ := url.Parse(srv.URL)
	for name, r := range map[string]*http.Request{
		"nothing":          {},
		"no Header":        {URL: at, Method: "GET"},
		"no URL":           {Method: "GET", Header: http.Header{}},
		"no Method":        {URL: at, Header: http.Header{}},
		"an empty URL":     {URL: &url.URL{}, Header: http.Header{}},
		"a pattern":        {URL: at, Header: http.Header{}, Pattern: "/"},
		"no URL, but such": {Header: http.Header{}, Pattern: "/"},
	} {
		without, errWithout := http.DefaultTransport.RoundTrip(r)
		with, err := (&tracing.Transport{Connections: true}).RoundTrip(r)
		if fmt.Sprint(err) != fmt.Sprint(errWithout) || err == nil && with.Status != without.Status {
			t.Errorf("%s: %v; without %v", name, err, errWithout)
		}
		if err == nil {
			without.Body.Close()
			with.Body.Close()
		}
		if s := only(t, spans); !strings.HasPrefix(s.Name, "GET") || s.Tags["http.method"] != "GET" || (s.Tags["error"] != "") != (err != nil) {
			t.Errorf("%s: the span is %+v", name, s)
		}
	}
}

// TestTheRequestIsTheCallers sends one whose trailer is known only at the end of its
// body.
func TestTheRequestIsTheCallers(t *testing.T) {
	tracetest.Start(t, "always")
	var got http.Header
	srv := httptest.NewServer(tracing.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "Sum")
		io.Copy(w, r.Body)
		w.Header().Set("Sum", "out")
		w.Header().Set(http.TrailerPrefix+"More", "out")
		got = r.Trailer.Clone()
	})))
	defer srv.Close()
	r := newRequest(t, srv.URL)
	r.Method, r.Trailer = "PUT", http.Header{"Sum": nil}
	r.Body = io.NopCloser(io.MultiReader(strings.NewReader("body"), atEnd(func() { r.Trailer.Set("Sum", "in") })))
	resp, err := (&tracing.Transport{}).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	if got.Get("Sum") != "in" || resp.Trailer.Get("Sum") != "out" || resp.Trailer.Get("More") != "out" || resp.Request != r {
		t.Errorf("the trailers are %v and %v; the request is the caller's: %v", got, resp.Trailer, resp.Request == r)
	}
	if len(r.Header) != 0 {
		t.Errorf("the caller's request has headers: %v", r.Header)
	}
}

// atEnd is a reader of nothing that calls a function.
type atEnd func()

func (f atEnd) Read([]byte) (int, error) { f(); return 0, io.EOF }

// TestNeitherResponseNorError is what no RoundTripper may return.
func TestNeitherResponseNorError(t *testing.T) {
	spans := tracetest.Start(t, "always")
	_, err := (&http.Client{Transport: &tracing.Transport{Base: roundTrip(func(*http.Request) (*http.Response, error) { return nil, nil })}}).Get("http://host/")
	if err == nil {
		t.Error("it is a response")
	}
	if s := only(t, spans); s.Tags["error"] != "UNKNOWN" || s.Kind != model.Client {
		t.Errorf("the span is %+v", s)
	}
}

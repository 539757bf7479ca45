package responsewriter_test

import (
	"errors"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"regexp"
	"slices"
	"testing"
	"time"

	"example.com/tracelab/tracing/responsewriter"
)

func has[T any](w any) bool { _, ok := w.(T); return ok }

// optional lists what a writer may have besides http.ResponseWriter.
var optional = map[string]func(any) bool{
	"http.Flusher":       has[http.Flusher],
	"http.Hijacker":      has[http.Hijacker],
	"http.CloseNotifier": has[http.CloseNotifier],
	"http.Pusher":        has[http.Pusher],
	"io.ReaderFrom":      has[io.ReaderFrom],
	"io.StringWriter":    has[io.StringWriter],
	"FlushError":         has[interface{ FlushError() error }],
	"SetReadDeadline":    has[interface{ SetReadDeadline(time.Time) error }],
	"SetWriteDeadline":   has[interface{ SetWriteDeadline(time.Time) error }],
	"EnableFullDuplex":   has[interface{ EnableFullDuplex() error }],
	"Unwrap":             has[interface{ Unwrap() http.ResponseWriter }],
}

// table is what the decision promises: the second column by the first.
func table(t *testing.T) map[string]string {
	t.Helper()
	page, err := os.ReadFile("../../docs/decisions/0022-wrappers-have-what-they-wrap.md")
	if err != nil {
		t.Fatal(err)
	}
	section := regexp.MustCompile("(?s)of `http.ResponseWriter`.*?\n\n").Find(page)
	promised := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `(.*)` \\| (.*) \\|$").FindAllSubmatch(section, -1) {
		promised[string(row[1])] = string(row[2])
	}
	if rows, known := slices.Sorted(maps.Keys(promised)), slices.Sorted(maps.Keys(optional)); !slices.Equal(rows, known) {
		t.Fatalf("the table has %q; tested are %q", rows, known)
	}
	return promised
}

func wrap(w http.ResponseWriter) http.ResponseWriter {
	return new(responsewriter.Writer).Wrap(w, httptest.NewRequest("GET", "/", nil), nil)
}

// check compares a writer and what is around it with the table.
func check(t *testing.T, promised map[string]string, name string, inner http.ResponseWriter, servers bool) {
	t.Helper()
	outer := wrap(inner)
	for method, there := range promised {
		want := there == "always"
		if there == "with `http.Flusher`" {
			want = optional["http.Flusher"](inner)
		}
		if there == "as without" || servers {
			want = optional[method](inner) || want
		}
		if got := optional[method](outer); got != want {
			t.Errorf("around %s: %s is there: %v; want %v", name, method, got, want)
		}
	}
}

// TestEverySetOfInterfaces makes a writer for each set of those by which libraries
// choose what they do.
func TestEverySetOfInterfaces(t *testing.T) {
	promised := table(t)
	all := []reflect.Type{reflect.TypeFor[http.Flusher](), reflect.TypeFor[http.Hijacker](), reflect.TypeFor[http.CloseNotifier](),
		reflect.TypeFor[http.Pusher](), reflect.TypeFor[io.ReaderFrom]()}
	for set := range 1 << len(all) {
		fields := []reflect.StructField{{Name: "ResponseWriter", Type: reflect.TypeFor[http.ResponseWriter](), Anonymous: true}}
		for i, one := range all {
			if set&(1<<i) != 0 {
				fields = append(fields, reflect.StructField{Name: one.Name(), Type: one, Anonymous: true})
			}
		}
		inner := reflect.New(reflect.StructOf(fields)).Elem().Interface().(http.ResponseWriter)
		check(t, promised, reflect.TypeOf(inner).String(), inner, false)
		var answer responsewriter.Writer
		r := httptest.NewRequest("GET", "/", nil)
		if n := testing.AllocsPerRun(10, func() { answer.Wrap(inner, r, nil) }); n != 0 {
			t.Errorf("around %T: %v allocations", inner, n)
		}
	}
}

// TestWritersOfNetHTTP compares those of the server, with HTTP/1 and HTTP/2, of an
// http.TimeoutHandler, and of a test.
func TestWritersOfNetHTTP(t *testing.T) {
	promised := table(t)
	check(t, promised, "a recorder", httptest.NewRecorder(), false)
	for name, about := range map[string]func(http.Handler) http.Handler{
		"the server's":        func(h http.Handler) http.Handler { return h },
		"that of a time-out":  func(h http.Handler) http.Handler { return http.TimeoutHandler(h, time.Minute, "") },
		"another wrapper":     wrapped,
		"a wrapper of others": behind,
		"wrappers of others":  func(h http.Handler) http.Handler { return behind(wrapped(behind(h))) },
	} {
		servers := name == "the server's" || name == "another wrapper"
		for _, http2 := range []bool{false, true} {
			exchange(t, http2, about(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				check(t, promised, name, w, servers)
				compareControllers(t, name, w)
			})))
		}
	}
}

func wrapped(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(wrap(w), r) })
}

// unwrapping is a writer as many middlewares have it: it has Unwrap and nothing
// else.
type unwrapping struct{ http.ResponseWriter }

func (u unwrapping) Unwrap() http.ResponseWriter { return u.ResponseWriter }

func behind(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(unwrapping{w}, r) })
}

// exchange has a server answer one request.
func exchange(t *testing.T, http2 bool, h http.Handler) *http.Response {
	t.Helper()
	returned := make(chan struct{}) // the server does not wait for the handlers of HTTP/2
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(returned)
		h.ServeHTTP(w, r)
	}))
	srv.EnableHTTP2 = http2
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // handlers here write more than they may
	srv.StartTLS()
	defer srv.Close()
	resp, err := srv.Client().Get(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	<-returned // a client that has gone would be an error of some calls and not of others
	resp.Body.Close()
	if want := map[bool]int{false: 1, true: 2}[http2]; resp.ProtoMajor != want {
		t.Errorf("%s; want HTTP/%d", resp.Proto, want)
	}
	return resp
}

// compareControllers asks an http.ResponseController the same with and without.
func compareControllers(t *testing.T, name string, w http.ResponseWriter) {
	t.Helper()
	without, with := http.NewResponseController(w), http.NewResponseController(wrap(w))
	for what, do := range map[string]func(*http.ResponseController) error{
		"flushing":       (*http.ResponseController).Flush,
		"full duplex":    (*http.ResponseController).EnableFullDuplex,
		"read deadline":  func(c *http.ResponseController) error { return c.SetReadDeadline(time.Now().Add(time.Minute)) },
		"write deadline": func(c *http.ResponseController) error { return c.SetWriteDeadline(time.Now().Add(time.Minute)) },
	} {
		if a, b := do(without), do(with); !errors.Is(b, a) && (a == nil || b == nil || a.Error() != b.Error()) {
			t.Errorf("around %s: %s: %v; without the wrapper %v", name, what, b, a)
		}
	}
}

package gzipped_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/gzipped"
)

var long = strings.Repeat("a row of a table ", 1000)

func TestAccepted(t *testing.T) {
	for header, want := range map[string]bool{
		"": false, "gzip": true, "br, GZIP;q=0.5": true, "gzip;q=0": false, "gzip; q=0.000": false, "deflate, br": false, "x-gzip": false, "gzip;q=0.001": true,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Encoding", header)
		if got := gzipped.Accepted(r); got != want {
			t.Errorf("%q: %v", header, got)
		}
	}
}

// ask has h answer a client that accepts gzip.
func ask(h http.HandlerFunc, method string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://localhost/", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	gzipped.Handler(h).ServeHTTP(w, r)
	return w
}

// read is the body as its reader has it.
func read(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	if w.Header().Get("Content-Encoding") == "" {
		return w.Body.String()
	}
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestWhatIsCompressed(t *testing.T) {
	file := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"one"`)
		http.ServeContent(w, r, "a.txt", time.Time{}, strings.NewReader(long))
	}
	text := func(contentType string, status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			if contentType != "" {
				w.Header().Set("Content-Type", contentType)
			}
			w.WriteHeader(status)
			for part := range strings.SplitAfterSeq(body, "table ") {
				io.WriteString(w, part)
			}
		}
	}
	for name, c := range map[string]struct {
		h          http.HandlerFunc
		method     string
		headers    []string
		status     int
		compressed bool
		body       string
	}{
		"text":                {text("text/html; charset=utf-8", 404, long), "GET", nil, 404, true, long},
		"JSON":                {text("application/json", 200, long), "GET", nil, 200, true, long},
		"no type, but text":   {text("", 200, long), "GET", nil, 200, true, long},
		"no type, an image":   {text("", 200, "\x89PNG\r\n\x1a\n"+long), "GET", nil, 200, false, "\x89PNG\r\n\x1a\n" + long},
		"an image":            {text("image/png", 200, long), "GET", nil, 200, false, long},
		"little":              {text("text/plain", 201, "little"), "GET", nil, 201, false, "little"},
		"nothing":             {func(http.ResponseWriter, *http.Request) {}, "GET", nil, 200, false, ""},
		"a file":              {file, "GET", nil, 200, true, long},
		"a part of a file":    {file, "GET", []string{"Range", "bytes=0-4999"}, 206, false, long[:5000]},
		"a file that is had":  {file, "GET", []string{"If-None-Match", `W/"one"`}, 304, false, ""},
		"the head of a file":  {file, "HEAD", nil, 200, false, ""},
		"compressed already":  {func(w http.ResponseWriter, _ *http.Request) { gzipped.Write(w, []byte(long)) }, "GET", nil, 200, true, long},
		"not accepted":        {text("text/plain", 200, long), "GET", []string{"Accept-Encoding", "br"}, 200, false, long},
		"accepted at nothing": {text("text/plain", 200, long), "GET", []string{"Accept-Encoding", "gzip;q=0"}, 200, false, long},
	} {
		w := ask(c.h, c.method, c.headers...)
		if is := w.Header().Get("Content-Encoding") == "gzip"; w.Code != c.status || is != c.compressed {
			t.Errorf("%s: status %d, headers %v", name, w.Code, w.Header())
			continue
		}
		if c.compressed && (w.Header().Get("Content-Length") != "" || w.Body.Len() > len(long)/10 || w.Header().Get("ETag") == `"one"`) {
			t.Errorf("%s: %d bytes, headers %v", name, w.Body.Len(), w.Header())
		}
		if body := read(t, w); body != c.body {
			t.Errorf("%s: the body is %.40q of %d bytes", name, body, len(body))
		}
		if w.Header().Get("Vary") == "" {
			t.Errorf("%s: caches are not told that it depends on what is accepted", name)
		}
	}
}

// TestFlushedAnswersArrive has a part of an answer read before the rest is written.
func TestFlushedAnswersArrive(t *testing.T) {
	for name, first := range map[string]string{"little": "first", "much": long} {
		rest := make(chan struct{})
		srv := httptest.NewServer(gzipped.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			io.WriteString(w, first)
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Error(err)
			}
			<-rest
			io.WriteString(w, "last")
		})))
		resp, err := http.Get(srv.URL) // which accepts gzip, and reads it
		if err != nil {
			t.Fatal(err)
		}
		b := make([]byte, len(first))
		if _, err := io.ReadFull(resp.Body, b); err != nil || !bytes.Equal(b, []byte(first)) {
			t.Errorf("%s: %v, %.40q", name, err, b)
		}
		close(rest)
		if b, err := io.ReadAll(resp.Body); err != nil || string(b) != "last" {
			t.Errorf("%s: %v, then %.40q", name, err, b)
		}
		resp.Body.Close()
		srv.Close()
	}
}

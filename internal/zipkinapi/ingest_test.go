package zipkinapi_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/testbed/conformance"
	"example.com/tracelab/internal/zipkinapi"
)

func zipped(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(z, s); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPosts(t *testing.T) {
	const (
		good = `[{"traceId":"77","id":"1"}]`
		list = "Expected a JSON_V2 encoded list\n"
		v1   = "Expected a JSON_V2 encoded list, but received: JSON_V1\n"
		json = " reading List<Span> from json"
	)
	gz := zipped(t, good)
	broken := []byte(gz)
	broken[len(broken)-8] ^= 1
	many, _ := manySpans(500_000)
	cut := zipped(t, many)
	cut = cut[:len(cut)/2]
	proto := conformance.Bytes(1, conformance.Bytes(1, "w"), conformance.Bytes(3, "1"))
	cutProto := zipped(t, strings.Repeat(proto, 20_000))
	cutProto = cutProto[:len(cutProto)/2]
	for _, c := range []struct {
		name   string
		body   string
		header []string
		status int
		want   string
	}{
		{"a list", good, nil, 202, ""},
		{"empty", "", nil, 202, ""},
		{"empty list", "[]", nil, 202, ""},
		{"empty list with a space", "[ ]", nil, 202, ""},
		{"empty whatever it says it is", "", []string{"Content-Type", "application/x-protobuf"}, 202, ""},
		{"garbage after the list", good + "xyz", nil, 202, ""},
		{"any content type is JSON", good, []string{"Content-Type", "text/plain"}, 202, ""},
		{"an object", "{}", nil, 400, list},
		{"null", "null", nil, 400, list},
		{"text", "hello", nil, 400, list},
		{"leading space", " []", nil, 400, list},
		{"byte order mark", "\xef\xbb\xbf[]", nil, 400, list},
		{"looks like protobuf", "\x0a\x05abc", nil, 400, "Malformed" + json},
		{"looks like Thrift", "\x0c\x00", nil, 400, "Malformed" + json},
		{"looks like neither", "\x0a\x00", nil, 400, list},
		{"v1", `[{"traceId":"1","id":"1","binaryAnnotations":[]}]`, nil, 400, v1},
		{"a value that reads like v1", `[{"traceId":"1","id":"1","name":"yAnnotations\""}]`, nil, 202, ""},
		{"sixteen zeros", `[{"traceId":"1","id":"0000000000000000"}]`, nil, 400, "id is all zeros" + json},
		{"one good, one bad", `[{"traceId":"bad","id":"1"},{"id":"2"}]`, nil, 400, "Missing : traceId" + json},
		{"JSON that says it is Thrift", good, []string{"Content-Type", "application/x-thrift"}, 202, ""},
		{"Thrift", "\x0c\x05abc", []string{"Content-Type", "application/x-thrift; x=y"}, 415, "Cannot read spans as application/x-thrift; x=y: send JSON, or application/x-protobuf to /api/v2/spans"},
		{"an empty list of Thrift", "\x0b\x00", []string{"Content-Type", "Application/X-Thrift"}, 415, "Cannot read spans as Application/X-Thrift: send JSON, or application/x-protobuf to /api/v2/spans"},
		{"gzip", gz, []string{"Content-Encoding", "gzip"}, 202, ""},
		{"x-gzip", gz, []string{"Content-Encoding", "x-gzip"}, 202, ""},
		{"gzip of an empty list", zipped(t, "[]"), []string{"Content-Encoding", "gzip"}, 202, ""},
		{"upper case is not gzip", gz, []string{"Content-Encoding", "GZIP"}, 400, list},
		{"deflate", gz, []string{"Content-Encoding", "deflate"}, 400, list},
		{"gzip that does not say so", gz, nil, 400, list},
		{"no gzip", good, []string{"Content-Encoding", "gzip"}, 400, "Input is not in the GZIP format"},
		{"two bytes of no gzip", "xx", []string{"Content-Encoding", "gzip"}, 400, "Cannot gunzip spans"},
		{"gzip of nothing", zipped(t, ""), []string{"Content-Encoding", "gzip"}, 400, "Cannot gunzip spans"},
		{"gzip of nothing at all", "", []string{"Content-Encoding", "gzip"}, 202, ""},
		{"gzip and more", gz + "more than a header", []string{"Content-Encoding", "gzip"}, 202, ""},
		{"gzip in two parts", zipped(t, good[:9]) + zipped(t, good[9:]), []string{"Content-Encoding", "gzip"}, 202, ""},
		{"gzip with a wrong checksum", string(broken), []string{"Content-Encoding", "gzip"}, 400, "Cannot gunzip spans: gzip: invalid checksum"},
		{"gzip without its checksum", gz[:len(gz)-8], []string{"Content-Encoding", "gzip"}, 202, ""},
		{"protobuf in gzip", zipped(t, proto), []string{"Content-Encoding", "gzip", "Content-Type", "application/x-protobuf"}, 202, ""},
		{"truncated gzip of protobuf", cutProto, []string{"Content-Encoding", "gzip", "Content-Type", "application/x-protobuf"}, 400, "Cannot gunzip spans: unexpected EOF"},
		{"truncated gzip", cut, []string{"Content-Encoding", "gzip"}, 400, "Malformed" + json},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv := newServer(t)
			resp, body := do(t, "POST", srv.URL+"/api/v2/spans", c.body, c.header...)
			if resp.StatusCode != c.status || body != c.want {
				t.Errorf("%d %q, want %d %q", resp.StatusCode, body, c.status, c.want)
			}
			if got := resp.Header.Get("Content-Type"); c.status >= 400 && got != "text/*" || c.status == 202 && got != "" {
				t.Errorf("content-type %q", got)
			}
			if resp, _ := do(t, "GET", srv.URL+"/api/v2/trace/bad", ""); resp.StatusCode != 404 {
				t.Errorf("half a list was stored")
			}
		})
	}
}

func TestPostsOfV1(t *testing.T) {
	const (
		good   = `[{"traceId":"77","id":"1"}]`
		thrift = "Cannot read spans as application/x-thrift: send JSON, or application/x-protobuf to /api/v2/spans"
	)
	for _, c := range []struct {
		name   string
		body   string
		header []string
		status int
		want   string
	}{
		{"any content type is JSON", good, []string{"Content-Type", "application/x-protobuf"}, 202, ""},
		{"gzip", zipped(t, good), []string{"Content-Encoding", "gzip"}, 202, ""},
		{"no gzip", good, []string{"Content-Encoding", "gzip"}, 400, "Input is not in the GZIP format"},
		{"Thrift", "\x0c\x00\x00\x00\x01", []string{"Content-Type", "application/x-thrift"}, 415, thrift},
		{"JSON that says it is Thrift", good, []string{"Content-Type", "application/x-thrift"}, 415, thrift},
		{"nothing that says it is Thrift", "", []string{"Content-Type", "application/x-thrift"}, 202, ""},
		{"an empty list that says it is Thrift", "[]", []string{"Content-Type", "application/x-thrift"}, 202, ""},
		{"too large", good + strings.Repeat(" ", 10<<20), nil, 413, "413 Request Entity Too Large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv := newServer(t)
			resp, body := do(t, "POST", srv.URL+"/api/v1/spans", c.body, c.header...)
			if resp.StatusCode != c.status || body != c.want {
				t.Errorf("%d %q, want %d %q", resp.StatusCode, body, c.status, c.want)
			}
		})
	}
}

// manySpans is a list of about size bytes, and how many spans it has.
func manySpans(size int) (string, int) {
	var b strings.Builder
	n := 0
	for ; b.Len() < size-100; n++ {
		fmt.Fprintf(&b, `,{"traceId":"%x","id":"1","timestamp":%d}`, n+1, 1_700_000_000_000_000+n)
	}
	return "[" + b.String()[1:] + "]", n
}

func TestSizesOfBodies(t *testing.T) {
	const most = 10 << 20
	small, spans := manySpans(1<<20 + 1000)
	padded := func(size int) string { return small + strings.Repeat(" ", size-len(small)) }
	for _, c := range []struct {
		name   string
		body   string
		header []string
		chunks bool
		status int
	}{
		{"10 MiB", padded(most), nil, false, 202},
		{"10 MiB in chunks", padded(most), nil, true, 202},
		{"one byte more", padded(most + 1), nil, false, 413},
		{"one byte more in chunks", padded(most + 1), nil, true, 413},
		{"60 MiB unpacked", zipped(t, padded(60<<20)), []string{"Content-Encoding", "gzip"}, false, 202},
		{"65 MiB unpacked", zipped(t, padded(65<<20)), []string{"Content-Encoding", "gzip"}, false, 413},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := store.New(store.Config{})
			s := zipkinapi.NewServer(st, zipkinapi.Options{})
			var body io.Reader = strings.NewReader(c.body)
			if c.chunks {
				body = io.MultiReader(body) // of a type that hides the length
			}
			r := httptest.NewRequest("POST", "/api/v2/spans", body)
			for i := 0; i+1 < len(c.header); i += 2 {
				r.Header.Set(c.header[i], c.header[i+1])
			}
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code != c.status {
				t.Fatalf("%d %s, want %d", w.Code, w.Body, c.status)
			}
			want := 0
			if c.status == 202 {
				want = spans
			} else if !strings.HasPrefix(w.Body.String(), "413 Request Entity Too Large") {
				t.Errorf("body %q", w.Body)
			}
			if got := st.Stats().Spans; got != want {
				t.Errorf("%d spans stored, want %d", got, want)
			}
		})
	}
}

// A big body is stored in batches, and yet all or nothing.
func TestABigBodyIsAllOrNothing(t *testing.T) {
	list, spans := manySpans(2 << 20)
	list = list[:len(list)-1]
	span := conformance.Bytes(1, conformance.Bytes(1, "a"), conformance.Bytes(3, "b"), conformance.Varint(7, 5))
	for _, c := range []struct{ path, contentType, body, end, bad string }{
		{"/api/v2/spans", "", list, "]", `,{}]`},
		{"/api/v1/spans", "", list, "]", `,{}]`},
		{"/api/v2/spans", "application/x-protobuf", strings.Repeat(span, spans-1) + conformance.Bytes(1, conformance.Bytes(1, "a"), conformance.Bytes(3, "b")), "", "\x0a\x01"},
	} {
		st := store.New(store.Config{})
		s := zipkinapi.NewServer(st, zipkinapi.Options{})
		post := func(body string) int {
			r := httptest.NewRequest("POST", c.path, strings.NewReader(body))
			r.Header.Set("Content-Type", c.contentType)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			return w.Code
		}
		if code := post(c.body + c.bad); code != 400 || st.Stats().Accepted != 0 {
			t.Errorf("%s as %q: %d, and %d spans were stored", c.path, c.contentType, code, st.Stats().Accepted)
		}
		code, stats := post(c.body+c.end), st.Stats()
		if all := stats.Accepted + stats.Duplicates; code != 202 || all != int64(spans) {
			t.Errorf("%s as %q: %d, and %d spans came to the store, want %d", c.path, c.contentType, code, all, spans)
		}
	}
}

func TestABodyThatBreaksOff(t *testing.T) {
	s := zipkinapi.NewServer(store.New(store.Config{}), zipkinapi.Options{})
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("POST", "/api/v2/spans", io.MultiReader(strings.NewReader("[{"), broken{})))
	if w.Code != 400 || w.Body.String() != "Cannot read the body: connection lost" {
		t.Errorf("%d %q", w.Code, w.Body)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("connection lost") }

package zipkinapi_test

import (
	"encoding/binary"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/testbed/conformance"
	"example.com/tracelab/internal/zipkinapi"
)

const report = "/zipkin.proto3.SpanService/Report"

// frame puts a message of gRPC behind its flag and its length.
func frame(flag byte, message string) string {
	return string(binary.BigEndian.AppendUint32([]byte{flag}, uint32(len(message)))) + message
}

// newH2C starts a server that speaks HTTP/2 without TLS, and a client that does
// so from the first byte, as those of gRPC do.
func newH2C(t *testing.T, s *zipkinapi.Server) (url string, client *http.Client) {
	t.Helper()
	srv := httptest.NewUnstartedServer(s)
	srv.Config.Protocols = new(http.Protocols)
	srv.Config.Protocols.SetUnencryptedHTTP2(true)
	srv.Start()
	t.Cleanup(srv.Close)
	transport := &http.Transport{Protocols: srv.Config.Protocols}
	t.Cleanup(transport.CloseIdleConnections)
	return srv.URL, &http.Client{Transport: transport}
}

func TestGRPC(t *testing.T) {
	span := conformance.Bytes(1, conformance.Bytes(1, "\x0b\xad"), conformance.Bytes(3, "1"))
	const taken, grpc = "0", "application/grpc"
	for _, c := range []struct {
		name, body            string
		contentType, encoding string
		status, message       string // of gRPC
		spans                 int64
	}{
		{"a span", frame(0, span), grpc, "", taken, "", 1},
		{"two spans", frame(0, span+span), "application/grpc+proto", "", taken, "", 2},
		{"an empty message", frame(0, ""), grpc, "", taken, "", 0},
		{"no message", "", grpc, "", taken, "", 0},
		{"in gzip", frame(1, zipped(t, span)), grpc, "gzip", taken, "", 1},
		{"not in gzip after all", frame(0, span), grpc, "gzip", taken, "", 1},
		{"no gzip", frame(1, span+span), grpc, "gzip", "13", "Input is not in the GZIP format", 0},
		{"gzip that does not say so", frame(1, zipped(t, span)), grpc, "", "13", "Cannot read a compressed message: grpc-encoding is not gzip", 0},
		{"another flag", frame(2, span), grpc, "", "13", "Frame header malformed: reserved bits not zero", 0},
		{"a header that breaks off", "\x00\x00", grpc, "", "13", "Frame of 2 bytes: its header has 5", 0},
		{"a message that breaks off", frame(0, span)[:12], grpc, "", "13", "Frame of 7 bytes: its header says 9", 0},
		{"two messages", frame(0, span) + frame(0, span), grpc, "", "13", "Frame of 23 bytes: its header says 9", 0},
		{"a span without an id", frame(0, conformance.Bytes(1, conformance.Bytes(1, "1"))), grpc, "", "13", "Missing : id reading List<Span> from proto3", 0},
		{"an empty list of JSON", frame(0, "[]"), grpc, "", "13", "Truncated: length 93 > bytes available 0 reading List<Span> from proto3", 0},
		{"10 MiB", frame(0, conformance.Bytes(1, conformance.Bytes(1, "1"), conformance.Bytes(3, "1"), conformance.Bytes(99, strings.Repeat("x", 10<<20-18)))), grpc, "", taken, "", 1},
		{"10 MiB and more", frame(0, strings.Repeat("x", 10<<20+1)), grpc, "", "8", "413 Request Entity Too Large", 0},
		{"65 MiB unpacked", frame(1, zipped(t, strings.Repeat(" ", 65<<20))), grpc, "gzip", "8", "413 Request Entity Too Large: more than 67108864 bytes after gunzip", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := store.New(store.Config{})
			url, client := newH2C(t, zipkinapi.NewServer(st, zipkinapi.Options{}))
			req, err := http.NewRequest("POST", url+report, strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", c.contentType)
			req.Header.Set("TE", "trailers")
			if c.encoding != "" {
				req.Header.Set("Grpc-Encoding", c.encoding)
			}
			resp, err := client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			if resp.ProtoMajor != 2 || resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "application/grpc+proto" {
				t.Errorf("%s %s %q", resp.Proto, resp.Status, resp.Header)
			}
			// The headers hold the status when there is no message to come.
			from, want := resp.Header, ""
			if c.status == taken {
				from, want = resp.Trailer, frame(0, "")
				if got := resp.Header.Get("Grpc-Encoding"); got != "identity" {
					t.Errorf("grpc-encoding %q", got)
				}
			}
			if status, message := from.Get("Grpc-Status"), from.Get("Grpc-Message"); status != c.status || message != c.message {
				t.Errorf("status %s %q, want %s %q", status, message, c.status, c.message)
			}
			if string(body) != want {
				t.Errorf("body %q, want %q", body, want)
			}
			if stats := st.Stats(); stats.Accepted+stats.Duplicates != c.spans {
				t.Errorf("%d spans came to the store, want %d", stats.Accepted+stats.Duplicates, c.spans)
			}
		})
	}
}

func TestGRPCRefusesWhatIsNone(t *testing.T) {
	url, client := newH2C(t, zipkinapi.NewServer(store.New(store.Config{}), zipkinapi.Options{}))
	for _, c := range []struct {
		method, path, contentType string
		status                    int
		want                      string
	}{
		{"POST", report, "application/json", 415, "Missing or invalid Content-Type header."},
		{"POST", report, "", 415, "Missing or invalid Content-Type header."},
		{"POST", report, "application/grpc-web", 415, "Missing or invalid Content-Type header."},
		{"GET", report, "", 405, "405 Method Not Allowed"},
		{"POST", "/zipkin.proto3.SpanService/Nope", "application/grpc", 404, "404 Not Found"},
	} {
		req, err := http.NewRequest(c.method, url+c.path, strings.NewReader(frame(0, "")))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", c.contentType)
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != c.status || string(body) != c.want {
			t.Errorf("%s %s as %q: %d %q %v, want %d %q", c.method, c.path, c.contentType, resp.StatusCode, body, err, c.status, c.want)
		}
	}
}

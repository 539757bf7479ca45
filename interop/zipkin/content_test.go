package zipkin

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"example.com/tracelab/internal/testbed/conformance"
	"example.com/tracelab/interop/referee"
)

// typesAndEncodings asks both servers to read bodies as what their headers say.
func typesAndEncodings(t *testing.T, pair *referee.Pair) {
	const (
		v2 = `[{"traceId":"1","id":"1","tags":{"a":"b"}}]`
		v1 = `[{"traceId":"1","id":"1","binaryAnnotations":[]}]`

		listOfThrift  = "\x0c\x00\x00\x00\x00"
		refusesThrift = "415 Cannot read spans as application/x-thrift: send JSON, or application/x-protobuf to /api/v2/spans"
	)
	proto := conformance.Bytes(1, conformance.Bytes(1, "1"), conformance.Bytes(3, "1"))
	two := zip(t, gzip.NoCompression, proto+proto)
	wrongSum := []byte(zip(t, gzip.BestSpeed, v2))
	wrongSum[len(wrongSum)-8] ^= 1

	sent, others := 0, 0
	for _, c := range []struct {
		path, contentType, encoding, body string

		zipkin string // of a 500 only that
		ours   string // if it is another
	}{
		{"/api/v2/spans", "application/json", "", v2, "202 ", ""},
		{"/api/v2/spans", "", "", v2, "202 ", ""},
		{"/api/v2/spans", "text/plain", "", v2, "202 ", ""},
		{"/api/v2/spans", "application/x-thrift", "", v2, "202 ", ""},
		{"/api/v2/spans", "application/x-thrift", "", listOfThrift, "400 Malformed reading List<Span> from json", refusesThrift},
		{"/api/v2/spans", "application/json", "", listOfThrift, "400 Malformed reading List<Span> from json", ""},
		{"/api/v2/spans", "application/json", "", v1, "400 Expected a JSON_V2 encoded list, but received: JSON_V1\n", ""},
		{"/api/v2/spans", "application/x-protobuf", "", proto, "202 ", ""},
		{"/api/v2/spans", "application/x-protobuf; charset=utf-8", "", proto, "202 ", ""},
		{"/api/v2/spans", "APPLICATION/X-PROTOBUF", "", proto, "202 ", ""},
		{"/api/v2/spans", "application/protobuf", "", proto, "400 Malformed reading List<Span> from json", ""},
		{"/api/v2/spans", "application/vnd.google.protobuf", "", proto, "400 Malformed reading List<Span> from json", ""},
		{"/api/v2/spans", "application/json", "", proto, "400 Malformed reading List<Span> from json", ""},
		{"/api/v2/spans", "application/x-protobuf", "", "[]", "202 ", ""},
		{"/api/v2/spans", "application/x-protobuf", "", "", "202 ", ""},
		{"/api/v2/spans", "application/x-protobuf", "gzip", zip(t, gzip.BestSpeed, proto), "202 ", ""},
		{"/api/v2/spans", "application/x-protobuf", "gzip", two[:15+len(proto)], "202 ", "400 Cannot gunzip spans: unexpected EOF"},
		{"/api/v2/spans", "application/json", "gzip", zip(t, gzip.BestSpeed, v2) + "and more", "202 ", ""},
		{"/api/v2/spans", "application/json", "gzip", string(wrongSum), "500 ", "400 Cannot gunzip spans: gzip: invalid checksum"},
		{"/api/v2/spans", "application/json", "gzip", v2, "500 ", "400 Input is not in the GZIP format"},

		{"/api/v1/spans", "application/json", "", v1, "202 ", ""},
		{"/api/v1/spans", "", "", v1, "202 ", ""},
		{"/api/v1/spans", "application/x-protobuf", "", v1, "202 ", ""},
		{"/api/v1/spans", "application/x-protobuf", "", proto, "400 Malformed reading List<Span> from json", ""},
		{"/api/v1/spans", "application/json", "", v2, "400 Expected a JSON_V1 encoded list, but received: JSON_V2\n", ""},
		{"/api/v1/spans", "application/json", "gzip", zip(t, gzip.BestSpeed, v1), "202 ", ""},
		{"/api/v1/spans", "application/x-thrift", "", listOfThrift, "202 ", refusesThrift},
		{"/api/v1/spans", "application/x-thrift", "", v1, "400 Truncated: length 2 > bytes available 1 reading List<Span> from TBinary", refusesThrift},
		{"/api/v1/spans", "application/x-thrift", "", "[]", "202 ", ""},
		{"/api/v1/spans", "application/x-thrift", "", "", "202 ", ""},
	} {
		sent++
		if c.ours == "" {
			c.ours = c.zipkin
		} else {
			others++
		}
		for server, want := range map[string]string{pair.Zipkin: c.zipkin, pair.Ours: c.ours} {
			if err := postAs(server+c.path, c.contentType, c.encoding, c.body, want); err != nil {
				t.Errorf("%s %s %s %.20q at %s: %v", c.path, c.contentType, c.encoding, c.body, server, err)
			}
		}
	}
	for _, path := range []string{"/api/v1/spans", "/api/v1/services", "/api/v1/traces"} {
		if err := pair.Same(path); err != nil {
			t.Errorf("GET %s: %v", path, err)
		}
	}
	t.Logf("%d posts; to %d of them we answer otherwise", sent, others)
}

func zip(t *testing.T, level int, s string) string {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, level)
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

// postAs says how the answer to a POST is not the one wanted: the status, and
// the text. What Zipkin says when it fails is Java's, and not always the same.
func postAs(url, contentType, encoding, body, want string) error {
	req, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if encoding != "" {
		req.Header.Set("Content-Encoding", encoding)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	got := fmt.Sprintf("%d %s", resp.StatusCode, text)
	if resp.StatusCode == http.StatusInternalServerError {
		got = "500 "
	}
	if got != want {
		return fmt.Errorf("%q, want %q", got, want)
	}
	return nil
}

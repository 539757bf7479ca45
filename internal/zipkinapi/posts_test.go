package zipkinapi_test

import (
	"regexp"
	"slices"
	"testing"

	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkin/codec"

	"example.com/tracelab/internal/testbed/conformance"
)

func TestProto3(t *testing.T) {
	testPosts(t, conformance.Proto3, "/api/v2/spans", "Application/X-Protobuf ;charset=utf-8")
}

func TestV1(t *testing.T) {
	testPosts(t, slices.Concat(conformance.V1, conformance.V1Lists), "/api/v1/spans", "application/json")
}

// testPosts holds our server against the table, each post on an empty store.
func testPosts(t *testing.T, list []conformance.Post, path, contentType string) {
	for _, p := range list {
		t.Run(p.Name, func(t *testing.T) {
			srv := newServer(t)
			want := p.Zipkin
			if p.Ours != nil {
				want = *p.Ours
			}
			resp, text := do(t, "POST", srv.URL+path, p.Text, "Content-Type", contentType)
			if resp.StatusCode != want.Status || text != want.Text {
				t.Errorf("%d %q, want %d %q", resp.StatusCode, text, want.Status, want.Text)
			}
			if got := readSpans(t, srv.URL, p.Trace); !slices.Equal(got, want.Spans) {
				t.Errorf("spans %q, want %q", got, want.Spans)
			}
		})
	}
}

// readSpans reads the spans of a trace, sorted, without the trace id.
func readSpans(t *testing.T, url, trace string) []string {
	t.Helper()
	resp, text := do(t, "GET", url+"/api/v2/trace/"+trace, "")
	if resp.StatusCode != 200 {
		return nil
	}
	spans, err := codec.DecodeSpans(text)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, sp := range spans {
		text := string(codec.AppendSpans(nil, []zipkin.Span{sp}))
		list = append(list, withoutTrace.ReplaceAllString(text[1:len(text)-1], ""))
	}
	slices.Sort(list)
	return list
}

var withoutTrace = regexp.MustCompile(`"traceId":"[0-9a-f]*",`)

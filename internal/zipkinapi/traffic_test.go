package zipkinapi

import (
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/tracelab/internal/store"
)

// figures are those of traffic that the released Zipkin server showed for the
// same bodies, but for messages_dropped: it counts a list that it cannot read
// twice.
type figures struct{ messages, dropped, bytes, spans, lastBytes, lastSpans int64 }

func (t *traffic) figures() figures {
	return figures{t.messages.Load(), t.messagesDropped.Load(), t.bytes.Load(), t.spans.Load(), t.messageBytes.Load(), t.messageSpans.Load()}
}

func TestTrafficIsCounted(t *testing.T) {
	s := NewServer(store.New(store.Config{}), Options{})
	const two = `[{"traceId":"1","id":"1"},{"traceId":"1","id":"1"}]`
	for _, c := range []struct {
		body string
		gzip bool
		want figures
	}{
		{two, false, figures{1, 0, 51, 2, 51, 2}},
		{"", false, figures{2, 0, 51, 2, 0, 2}},
		{two[:25] + "]", false, figures{3, 0, 77, 3, 26, 1}},
		{"[]", false, figures{4, 0, 77, 3, 0, 1}},
		{"[ ]", false, figures{5, 0, 80, 3, 3, 1}},
		{"{}", false, figures{6, 1, 82, 3, 2, 1}},
		{"[{}]", false, figures{7, 2, 86, 3, 4, 1}},
		{two, true, figures{8, 3, 86, 3, 4, 1}},
	} {
		r := httptest.NewRequest("POST", "/api/v2/spans", strings.NewReader(c.body))
		if c.gzip {
			r.Header.Set("Content-Encoding", "gzip")
		}
		s.ServeHTTP(httptest.NewRecorder(), r)
		if got := s.ingest.http.figures(); got != c.want {
			t.Errorf("after %q: %+v, want %+v", c.body, got, c.want)
		}
	}
}

func TestTrafficOfGRPCIsCounted(t *testing.T) {
	s := NewServer(store.New(store.Config{}), Options{})
	const span = "\x0a\x06\x0a\x011\x1a\x012"
	for _, c := range []struct {
		frame string
		want  figures
	}{
		{"\x00\x00\x00\x00\x10" + span + span, figures{1, 0, 16, 2, 16, 2}},
		{"", figures{2, 0, 16, 2, 0, 2}},
		{"\x00\x00\x00\x00\x05" + span[:5], figures{3, 1, 21, 2, 5, 2}},
		{"\x00\x00\x00\x00\x09" + span, figures{4, 2, 21, 2, 5, 2}},
	} {
		r := httptest.NewRequest("POST", grpcReport, strings.NewReader(c.frame))
		r.Header.Set("Content-Type", "application/grpc")
		s.ServeHTTP(httptest.NewRecorder(), r)
		if got := s.ingest.grpc.figures(); got != c.want {
			t.Errorf("after %q: %+v, want %+v", c.frame, got, c.want)
		}
	}
	if got := s.ingest.http.figures(); got != (figures{}) {
		t.Errorf("HTTP: %+v", got)
	}
}

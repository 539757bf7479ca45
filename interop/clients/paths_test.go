package clients

import (
	"testing"

	"example.com/tracelab/internal/testbed/culprit"
	"example.com/tracelab/internal/zipkin/codec"
)

// pathsTile has the critical paths of traces found, as a library reported them.
func pathsTile(t *testing.T, server string, ids []string) {
	t.Helper()
	for _, id := range ids {
		_, body, err := get(server + "/api/v2/trace/" + id)
		if err != nil {
			t.Fatal(err)
		}
		spans, err := codec.DecodeSpans(string(body))
		if err == nil {
			err = culprit.Tiles(spans)
		}
		if err != nil {
			t.Errorf("the critical path of trace %s: %v", id, err)
		}
	}
}

package compare_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"testing"

	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/labapi"
)

// TestAServerExplainsTracesOfFiles whose execution traces it keeps.
func TestAServerExplainsTracesOfFiles(t *testing.T) {
	kept := []labapi.Snapshot{
		{Upload: labapi.Upload{Traces: []labapi.Part{{TraceID: "00000000000000000000000000000002"}, {TraceID: "000000000000000000000000000003ea"}}}},
		{Upload: labapi.Upload{Traces: []labapi.Part{{TraceID: "00000000000000000000000000000003"}}, Refused: "it took no part"}},
	}
	var asked []string
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+labapi.StackPath, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"source":"here"}`) })
	mux.HandleFunc("GET "+labapi.SnapshotsPath, func(w http.ResponseWriter, _ *http.Request) { json.NewEncoder(w).Encode(kept) })
	mux.HandleFunc("GET "+labapi.WhyPath+"/", func(w http.ResponseWriter, r *http.Request) {
		id := path.Base(r.URL.Path)
		asked = append(asked, id)
		us := int64(2_000)
		if id == "00000000000003ea" {
			us = 8_000
		}
		json.NewEncoder(w).Encode(labapi.Explanation{Execution: labapi.Execution{State: labapi.ExecutionKnown}, States: []labapi.StateTime{{Service: "writer", SpanID: "0000000000000003", State: "sync", US: us}}})
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	l := loaded()
	out, wrong, status := run("compare", "--json", "--before", file(t, "a.json", l.a), "--after", file(t, "b.json", l.b), "--server", srv.URL)
	var c labapi.Comparison
	if err := json.Unmarshal([]byte(out), &c); err != nil || status != cli.OK {
		t.Fatalf("exit status %d, %v: %s%s", status, err, out, wrong)
	}
	if len(c.States) != 1 || c.States[0].DeltaUS != 6_000 || len(asked) != 2 {
		t.Errorf("%+v, %+v, asked for %v", c.States, c.StatesMissing, asked)
	}
}

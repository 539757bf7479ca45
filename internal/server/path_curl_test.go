package server_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/server"
)

// TestPathByCurl answers in text that fits a terminal, and for programs in JSON, with the
// same status.
func TestPathByCurl(t *testing.T) {
	t.Parallel()
	w := begin(t, server.Config{Token: secret})
	w.report(visit(9, 200*time.Millisecond)...)
	open := visit(7, 200*time.Millisecond)
	open[0].Duration = 0
	w.report(open...)
	for path, want := range map[string]struct {
		status int
		begins string // the text
	}{
		"?slowest=1":                     {200, "get /visit of the gateway took 200 ms"},
		"?last=1":                        {200, "get /visit of the gateway took 200 ms"},
		"?last=1&slowest=1":              {400, "400 Bad Request: want /tracelab/v1/path/TRACE, ?slowest=1 or ?last=1"},
		"":                               {400, "400 Bad Request: want /tracelab/v1/path/TRACE, ?slowest=1 or ?last=1"},
		"?last=yes":                      {400, "400 Bad Request: last=\"yes\": want last=1"},
		"?newest=1":                      {400, "400 Bad Request: \"newest\" is no parameter of /tracelab/v1/path"},
		"/" + padded(9):                  {200, "get /visit of the gateway took 200 ms: 120 ms of it (60 %) were spent in put\n/values/{key} of the writer; without it the\nrequest would be 120 ms shorter."},
		"/" + strings.ToUpper(padded(9)): {200, "get /visit of the gateway took 200 ms"},
		"/" + padded(9) + "?span=0000000000000003": {200, "get /visit of the gateway took 200 ms"},
		"/" + padded(7): {404, "404 Not Found: there is no path: the start or the duration of get /visit of the\n  gateway"},
		"/" + padded(8): {404, "404 Not Found: no span of trace 0000000000000008 is stored"},
		"/" + padded(9) + "?span=0000000000000099": {404, "404 Not Found: there is no path: trace 0000000000000009 has no span\n  0000000000000099"},
		"/xyz":                      {400, "400 Bad Request: the trace id \"xyz\""},
		"/" + padded(9) + "?span=7": {400, "400 Bad Request: the span id \"7\""},
		"/" + padded(9) + "?spam=1": {400, "400 Bad Request: \"spam\" is no parameter of /tracelab/v1/path/{trace}: did you\n  mean span?"},
	} {
		w.answersTwice(labapi.PathPath+path, want.status, want.begins)
	}
	_, _, text := w.curl(labapi.PathPath+"/"+padded(9), "application/json")
	var d labapi.CriticalPath
	if err := json.Unmarshal([]byte(text), &d); err != nil || d.RootUS != 200_000 || len(d.Spans) != 4 || len(d.Sections) != 7 || d.Sections[0].StartUS != d.StartUS {
		t.Errorf("%+v, %v", d, err)
	}
}

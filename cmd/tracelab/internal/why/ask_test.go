package why_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/labapi"
)

// answering is a server that gives one answer after the other, the last for ever, and
// what it was asked for.
func answering(t *testing.T, states ...string) (url string, asked *[]string) {
	t.Helper()
	asked = new([]string)
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+labapi.StackPath, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"source":"here"}`) })
	mux.HandleFunc("GET "+labapi.WhyPath+"/", func(w http.ResponseWriter, r *http.Request) {
		state := states[min(len(*asked), len(states)-1)]
		*asked = append(*asked, strings.TrimPrefix(r.URL.RequestURI(), labapi.WhyPath))
		status := map[string]int{labapi.ExecutionAwaited: http.StatusAccepted, labapi.ExecutionGone: http.StatusGone}[state]
		w.WriteHeader(max(status, http.StatusOK))
		json.NewEncoder(w).Encode(labapi.Explanation{TraceID: id, SpanID: "00000000000000aa", TotalUS: 1000, Sentences: []string{"It is " + state + "."},
			Execution: labapi.Execution{State: state, Awaited: []string{"gateway"}}})
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv.URL, asked
}

// TestItAsksUntilNothingIsAwaited, for the same as at first, and its exit status says
// whether the last answer explains anything.
func TestItAsksUntilNothingIsAwaited(t *testing.T) {
	for name, test := range map[string]struct {
		args   []string
		states []string
		status int
		asked  string // each time
	}{
		"it is known":              {nil, []string{labapi.ExecutionKnown}, cli.OK, "/" + id},
		"it is known in part":      {nil, []string{labapi.ExecutionPartial}, cli.OK, "/" + id},
		"it is gone":               {nil, []string{labapi.ExecutionGone}, cli.Negative, "/" + id},
		"it is known after a time": {nil, []string{labapi.ExecutionAwaited, labapi.ExecutionAwaited, labapi.ExecutionKnown}, cli.OK, "/" + id},
		"it is gone after a time":  {nil, []string{labapi.ExecutionAwaited, labapi.ExecutionGone}, cli.Negative, "/" + id},
		"a span":                   {[]string{"00000000000000bb"}, []string{labapi.ExecutionAwaited, labapi.ExecutionKnown}, cli.OK, "/" + id + "?span=00000000000000bb"},
		"one of several spans":     {[]string{"00000000000000bb", "--start-us", "1795497456936198"}, []string{labapi.ExecutionAwaited, labapi.ExecutionKnown}, cli.OK, "/" + id + "?span=00000000000000bb&start_us=1795497456936198"},
	} {
		t.Run(name, func(t *testing.T) {
			url, asked := answering(t, test.states...)
			out, wrong, status := run(append(append([]string{id}, test.args...), "--server", url)...)
			if last := test.states[len(test.states)-1]; status != test.status || wrong != "" || !strings.HasPrefix(out, "It is "+last+".") {
				t.Errorf("exit status %d, %s%s", status, out, wrong)
			}
			if len(*asked) != len(test.states) {
				t.Errorf("asked for %v, want %d times", *asked, len(test.states))
			}
			for _, what := range *asked {
				if what != test.asked {
					t.Errorf("asked for %s, want %s", what, test.asked)
				}
			}
		})
	}
}

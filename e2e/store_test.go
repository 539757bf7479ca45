package e2e

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/testbed/stacktest"
)

// TestStoreTakesZipkinsPlace runs the store alone as a Zipkin of its own, set
// by Zipkin's variables.
func TestStoreTakesZipkinsPlace(t *testing.T) {
	t.Parallel()
	env := []string{"MEM_MAX_SPANS=4", "AUTOCOMPLETE_KEYS=env,region", "STRICT_TRACE_ID=false", "QUERY_LOOKBACK=60000", "STORAGE_TYPE=cassandra3"}
	s := stacktest.StartStore(t, env)
	for id := range 4 {
		postSpans(t, s.UI, fmt.Sprintf(`[{"traceId":"%032x","id":"%x","timestamp":%d,"tags":{"env":"e%d"},"localEndpoint":{"serviceName":"s"}}]`,
			id+1, id+1, (id+1)*1000, id))
	}
	postSpans(t, s.UI, fmt.Sprintf(`[{"traceId":"99","id":"1","timestamp":%d,"localEndpoint":{"serviceName":"old"}}]`,
		time.Now().Add(-2*time.Minute).UnixMicro()))
	for path, want := range map[string]string{
		"/api/v2/autocompleteKeys":                       `["env","region"]`,
		"/api/v2/autocompleteValues?key=env":             `["e1","e2","e3"]`,
		"/api/v2/trace/ffff0000000000000000000000000002": `[{"traceId":"0000000000000002","id":"0000000000000002","timestamp":2000,"localEndpoint":{"serviceName":"s"},"tags":{"env":"e1"}}]`,
		"/api/v2/trace/1":                                "0000000000000001 not found",
		"/api/v2/traces?serviceName=old":                 `[]`,
		"/api/v2/traces?serviceName=old&lookback=600000": `"serviceName":"old"`,
	} {
		if _, _, body := do(t, "GET", s.UI+path); !strings.Contains(string(body), want) {
			t.Errorf("GET %s: %s, want %s", path, body, want)
		}
	}
	if out := s.Output(); !strings.Contains(out, "variable=STORAGE_TYPE") {
		t.Errorf("it does not say that STORAGE_TYPE has no effect: %s", out)
	}
	if status, _, body := do(t, "GET", s.UI+"/"); status != 200 || !strings.Contains(string(body), "<html") {
		t.Errorf("the UI: %d %s", status, body)
	}
}

func TestStoreRefusesWhatItCannotDo(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		env  string
		args []string
		want string
	}{
		{"QUERY_PORT=nope", nil, "127.0.0.1:nope"},
		{"MEM_MAX_SPANS=many", nil, "MEM_MAX_SPANS"},
		{"", []string{"--max-spans=0"}, "--max-spans 0"},
		{"QUERY_LOOKBACK=-5", nil, "above zero"},
		{"", []string{"--strict-trace-id=perhaps"}, "strict-trace-id"},
	} {
		cmd := exec.Command(stacktest.Program, append([]string{"store"}, test.args...)...)
		cmd.Env = append(os.Environ(), test.env)
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), test.want) {
			t.Errorf("%s %v: %v, %s", test.env, test.args, err, out)
		}
	}
}

func postSpans(t *testing.T, server, body string) {
	t.Helper()
	resp, err := client.Post(server+"/api/v2/spans", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusAccepted {
		t.Fatalf("POST %s: %s", body, resp.Status)
	}
}

package serve_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"example.com/tracelab/cmd/tracelab/internal/serve"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/testbed"
)

type grammar struct {
	Store serve.Store `cmd:""`
	Web   serve.Web   `cmd:""`
	Up    serve.Up    `cmd:""`
}

// TestWrongUse ends at once, says which flag is wrong, and tells no secret.
func TestWrongUse(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, test := range []struct {
		args   string
		status int
		says   string
	}{
		{"store --max-spans 0", cli.Usage, "--max-spans 0: want at least 1"},
		{"store --max-spans -7", cli.Usage, "--max-spans"},
		{"store --query-lookback 0", cli.Usage, "--query-lookback: \"0\": want a duration above zero"},
		{"store --query-lookback -24h", cli.Usage, "--query-lookback"},
		{"store --query-lookback soon", cli.Usage, "or a number of ms"},
		{"store --addr " + taken.Addr().String(), cli.Negative, "--addr " + taken.Addr().String()},
		{"store --addr nowhere", cli.Usage, "--addr nowhere"},
		{"store --healthcheck --addr 127.0.0.1:1", cli.Unreachable, "127.0.0.1:1"},
		{"store --log-level loud --addr 127.0.0.1:0", cli.Usage, "--log-level"},
		{"web --healthcheck --addr 127.0.0.1:1", cli.Unreachable, "127.0.0.1:1"},
		{"web --addr nowhere", cli.Usage, "--addr nowhere"},
		{"web --addr 127.0.0.1:0 --zipkin-url ftp://ann:S3CRET@zipkin", cli.Usage, "want http://HOST:PORT"},
		{"web --addr 127.0.0.1:0 --line-addr nowhere", cli.Usage, "--line-addr nowhere"},
		{"up --sampler often", cli.Usage, "often"},
		{"up --log-level loud", cli.Usage, "--log-level"},
	} {
		var said bytes.Buffer
		status := cli.Run("tracelab", &grammar{}, strings.Fields(test.args), io.Discard, &said, kong.Vars{"query_port": serve.QueryPort()})
		wrong := said.String()
		if status != test.status || !strings.Contains(strings.Join(strings.Fields(wrong), " "), test.says) || strings.Contains(wrong, "S3CRET") {
			t.Errorf("%s: exit status %d, %s; want %d and %q", test.args, status, wrong, test.status, test.says)
		}
	}
}

// served runs a store with flags until the test ends, and returns its URL.
func served(t *testing.T, args ...string) string {
	t.Helper()
	var g grammar
	parser, err := kong.New(&g, kong.DefaultEnvars("TRACELAB"), kong.Vars{"query_port": "0"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(append([]string{"store", "--log-level=info", "--log-format=json"}, args...)); err != nil {
		t.Fatal(err)
	}
	var log testbed.Output
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- g.Store.Run(ctx, cli.Streams{Out: io.Discard, Err: &log}) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	var addr string
	err = testbed.Eventually(func() error {
		_, rest, _ := strings.Cut(log.String(), `"addr":"`)
		if addr, _, _ = strings.Cut(rest, `"`); addr == "" {
			return fmt.Errorf("the log is %s", &log)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return "http://" + addr
}

// TestZipkinsSettings reach the store, by its variables and by flags.
func TestZipkinsSettings(t *testing.T) {
	now := time.Now()
	long := func(ago time.Duration) string {
		return fmt.Sprintf(`[{"traceId":"7","id":"1","name":"n","timestamp":%d,"duration":1,"localEndpoint":{"serviceName":"s"},"tags":{"env":"prod"}}]`, now.Add(-ago).UnixMicro())
	}
	for name, test := range map[string]struct {
		environ map[string]string
		args    []string
		spans   string
		post    int    // the status of the report
		ask     string // then
		status  int
		body    string // is in the answer
	}{
		"as it comes":              {spans: long(time.Hour), post: 202, ask: "/api/v2/traces", status: 200, body: `"traceId":"0000000000000007"`},
		"a lookback of Zipkin's":   {environ: map[string]string{"QUERY_LOOKBACK": "60000"}, spans: long(time.Hour), post: 202, ask: "/api/v2/traces", status: 200, body: "[]"},
		"a lookback of a flag":     {args: []string{"--query-lookback=2h"}, spans: long(3 * time.Hour), post: 202, ask: "/api/v2/traces", status: 200, body: "[]"},
		"a lookback without end":   {environ: map[string]string{"QUERY_LOOKBACK": "18446744073709552"}, spans: long(1000 * time.Hour), post: 202, ask: "/api/v2/traces", status: 200, body: `"traceId"`},
		"the flag wins":            {environ: map[string]string{"QUERY_LOOKBACK": "60000"}, args: []string{"--query-lookback=2h"}, spans: long(time.Hour), post: 202, ask: "/api/v2/traces", status: 200, body: `"traceId"`},
		"no search":                {environ: map[string]string{"SEARCH_ENABLED": "false"}, spans: long(0), post: 202, ask: "/api/v2/traces", status: 200, body: "[]"},
		"no search, but by its id": {environ: map[string]string{"SEARCH_ENABLED": "false"}, spans: long(0), post: 202, ask: "/api/v2/trace/7", status: 200, body: `"traceId"`},
		"no questions":             {args: []string{"--query-enabled=false"}, spans: long(0), post: 202, ask: "/api/v2/trace/7", status: 404},
		"no reports":               {environ: map[string]string{"COLLECTOR_HTTP_ENABLED": "false"}, spans: long(0), post: 404, ask: "/api/v2/traces", status: 200, body: "[]"},
		"values of a tag":          {environ: map[string]string{"AUTOCOMPLETE_KEYS": "env,region"}, spans: long(0), post: 202, ask: "/api/v2/autocompleteValues?key=env", status: 200, body: `["prod"]`},
		"64 bits of an id":         {environ: map[string]string{"STRICT_TRACE_ID": "false"}, spans: long(0), post: 202, ask: "/api/v2/trace/00000000000000010000000000000007", status: 200, body: `"traceId"`},
		"128 bits of an id":        {spans: long(0), post: 202, ask: "/api/v2/trace/00000000000000010000000000000007", status: 404},
	} {
		t.Run(name, func(t *testing.T) {
			for variable, value := range test.environ {
				t.Setenv(variable, value)
			}
			url := served(t, test.args...)
			resp, err := http.Post(url+"/api/v2/spans", "application/json", strings.NewReader(test.spans))
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			got, err := http.Get(url + test.ask)
			if err != nil {
				t.Fatal(err)
			}
			defer got.Body.Close()
			if body, _ := io.ReadAll(got.Body); resp.StatusCode != test.post || got.StatusCode != test.status || !strings.Contains(string(body), test.body) {
				t.Errorf("a report: %s; then %s: %s %s; want %+v", resp.Status, test.ask, got.Status, body, test)
			}
		})
	}
}

package clients

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"text/tabwriter"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
)

// outgoing is what a service of ours was told of a trace, and the headers with
// which it then called another program.
type outgoing struct {
	traceID, decision string
	header            http.Header
}

// TestLibrariesOfOtherLanguagesReadWhatWeSend has a real fetcher call a third
// party that keeps the headers, and each library extract a trace from them.
func TestLibrariesOfOtherLanguagesReadWhatWeSend(t *testing.T) {
	sent := capture(t)
	var lines strings.Builder
	for _, o := range sent {
		flat := map[string]string{}
		for name := range o.header {
			flat[name] = o.header.Get(name)
		}
		line, err := json.Marshal(flat)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&lines, "%s\n", line)
	}
	var table strings.Builder
	results := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(results, "library\tformat\tids\twe send\tresult")
	for _, c := range clients {
		t.Run(c.name, func(t *testing.T) {
			defer func() {
				if t.Skipped() {
					fmt.Fprintf(results, "%s\t\t\t\tskipped\n", c.name)
				}
			}()
			installed := c.install(t)
			for _, format := range c.reads {
				out, err := c.start(t, installed, lines.String(), "extract", format)
				if err != nil {
					t.Error(err)
					continue
				}
				read := strings.Split(strings.TrimSpace(out), "\n")
				if len(read) != len(sent) {
					t.Errorf("%s: it read %d of %d headers:\n%s", format, len(read), len(sent), out)
					continue
				}
				for i, o := range sent {
					result := "read"
					if err := c.understood(read[i], o); err != nil {
						t.Errorf("%s: %v", format, err)
						result = "FAILED"
					}
					fmt.Fprintf(results, "%s\t%s\t%d\t%s\t%s\n", c.name, format, 4*len(o.traceID), o.decision, result)
				}
			}
		})
	}
	results.Flush()
	t.Logf("\n%s", table.String())
}

// capture calls a fetcher with every decision and width of ids, and returns
// what it sent to the target that it was asked to fetch.
func capture(t *testing.T) (sent []outgoing) {
	t.Helper()
	headers := make(chan http.Header, 1)
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { headers <- r.Header }))
	t.Cleanup(target.Close)
	fetcher := startFetcher(t, strings.TrimPrefix(target.URL, "http://"))
	state := map[string]string{yes: "1", no: "0", debug: "d"}
	const spanID = "a2fb4a1d1a96d312"
	for _, traceID := range []string{"463ac35c9f6413ad48485a3953bb6124", "48485a3953bb6124"} {
		for _, decision := range []string{yes, no, debug} {
			req, err := http.NewRequest(http.MethodGet, fetcher+"/fetch?url="+url.QueryEscape(target.URL), nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("b3", traceID+"-"+spanID+"-"+state[decision])
			resp, err := browser.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			select {
			case header := <-headers:
				if header.Get("X-B3-SpanId") == spanID {
					t.Fatalf("%s: the fetcher passes its caller's span on as its own: %v", decision, header)
				}
				sent = append(sent, outgoing{traceID, decision, header})
			default:
				t.Fatalf("%s: the fetcher answers %s and has not fetched", decision, resp.Status)
			}
		}
	}
	return sent
}

// startFetcher runs a fetcher that may fetch target, and returns its URL.
func startFetcher(t *testing.T, target string) string {
	t.Helper()
	addr := "127.0.0.1:" + testbed.FreePort(t)
	stacktest.Start(t, exec.Command(stacktest.Program, "service", "fetcher", "--addr="+addr, "--debug-addr=", "--zipkin-url=", "--allow-targets="+target))
	err := testbed.Eventually(func() error {
		status, body, err := get("http://" + addr + "/readyz")
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("/readyz: %d: %s", status, body)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return "http://" + addr
}

// understood compares what a library printed of headers with what they were
// meant to say.
func (c client) understood(printed string, o outgoing) error {
	want := map[string]any{
		"traceId": o.traceID,
		"spanId":  o.header.Get("X-B3-SpanId"),
		"sampled": o.decision != no,
		"debug":   o.decision == debug,
	}
	if c.pads {
		want["traceId"] = fmt.Sprintf("%032s", o.traceID)
	}
	if c.noDebug {
		delete(want, "debug")
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(printed), &got); err != nil {
		return fmt.Errorf("it printed %q: %w", printed, err)
	}
	if !reflect.DeepEqual(got, want) {
		return fmt.Errorf("it understands %v; we meant %v by %v", got, want, o.header)
	}
	return nil
}

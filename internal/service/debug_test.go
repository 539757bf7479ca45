package service_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/service"
)

// connected runs an entry point with a debug port, connected to a control server.
func connected(t *testing.T) (url, debug string, server *control.Server) {
	t.Helper()
	server = control.NewServer("secret")
	mux := http.NewServeMux()
	mux.Handle("POST "+control.Path, server)
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	t.Cleanup(server.Close)
	url, _ = entryPointWith(t, service.Config{AllowFaults: true, DebugAddr: "127.0.0.1:0", ServerURL: srv.URL, Token: "secret", ZipkinURL: "", Slow: "never"})
	eventually(t, "connected", func() bool { return len(server.Processes()) == 1 })
	return url, "http://" + server.Processes()[0].DebugAddr, server
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !ok(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

func send(t *testing.T, method, url, body string, header ...string) (status int, answer string) {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func TestTheSamplerIsChanged(t *testing.T) {
	url, debug, server := connected(t)
	if status, answer := send(t, "GET", debug+"/debug/sampling", ""); status != 200 || !strings.Contains(answer, `"sampler": "always"`) {
		t.Errorf("%d %s", status, answer)
	}
	if status, answer := send(t, "PUT", debug+"/debug/sampling", "never"); status != 200 || !strings.Contains(answer, `"sampler": "never"`) {
		t.Errorf("%d %s", status, answer)
	}
	ask(t, url+"/thing/7")
	if _, answer := send(t, "GET", debug+"/debug/sampling", ""); !strings.Contains(answer, `"spans_not_sampled": 1`) {
		t.Errorf("a request after the change is counted so: %s", answer)
	}
	eventually(t, "the server knows the sampler", func() bool {
		all := server.Processes()
		return len(all) == 1 && all[0].Sampler == "never"
	})
}

func TestASamplerThatIsNone(t *testing.T) {
	_, debug, _ := connected(t)
	for _, body := range []string{"", "often", "2", strings.Repeat("x", 5000)} {
		status, answer := send(t, "PUT", debug+"/debug/sampling", body)
		var p httpapi.Problem
		if err := json.Unmarshal([]byte(answer), &p); err != nil || status != 400 || p.Field != "sampler" {
			t.Errorf("%.10q: %d %s", body, status, answer)
		}
	}
	if _, answer := send(t, "GET", debug+"/debug/sampling", ""); !strings.Contains(answer, `"sampler": "always"`) {
		t.Errorf("it was changed: %s", answer)
	}
}

func TestTheDebugPort(t *testing.T) {
	_, debug, _ := connected(t)
	for _, test := range []struct {
		method, path string
		header       []string
		status       int
		want         string
	}{
		{"GET", "/debug/pprof/", nil, 200, "goroutine"},
		{"GET", "/debug/pprof/goroutine?debug=1", nil, 200, "goroutine profile: total"},
		{"GET", "/debug/pprof/cmdline", nil, 200, "service.test"},
		{"GET", "/debug/flight", nil, 503, `"code": "unavailable"`},
		{"GET", "/debug/faults?trace=1", nil, 200, `"allowed": true`},
		{"GET", "/debug/nowhere", nil, 404, "there is nothing at /debug/nowhere"},
		{"DELETE", "/debug/sampling", nil, 405, "use GET or HEAD or PUT"},
		{"PUT", "/debug/sampling", []string{"Sec-Fetch-Site", "cross-site"}, 403, "make it from a page of this server"},
	} {
		status, answer := send(t, test.method, debug+test.path, "", test.header...)
		if status != test.status || !strings.Contains(answer, test.want) {
			t.Errorf("%s %s: %d %.200s; want %d with %q", test.method, test.path, status, answer, test.status, test.want)
		}
	}
}

// TestTheCommandLineHasNoValues gives this process secrets in each way that a flag takes one.
func TestTheCommandLineHasNoValues(t *testing.T) {
	_, debug, _ := connected(t)
	args := os.Args
	t.Cleanup(func() { os.Args = args })
	os.Args = []string{"/bin/tracelab", "service", "writer", "--token=S3CRET", "--redis-password", "S3CRET=", "--flight", "-x", "--redis=S3CRET@h:1,http://h/?S3CRET", "S3CRET", "--", "S3CRET"}
	want := strings.Join([]string{"/bin/tracelab", "service", "writer", "--token", "--redis-password", "--flight", "-x", "--redis", "--"}, "\x00")
	if status, answer := send(t, "GET", debug+"/debug/pprof/cmdline", ""); status != 200 || answer != want {
		t.Errorf("%d %q; want %q", status, answer, want)
	}
}

// TestSwitchesOfTheServer has the server switch a fault on for one attendee.
func TestSwitchesOfTheServer(t *testing.T) {
	url, _, server := connected(t)
	baggage := func() string {
		_, is, _ := ask(t, url+"/thing/7", "baggage", "attendee=ann")
		return is.Baggage
	}
	on := []faults.Switch{{Switch: labapi.Switch{Faults: "writer=lock-contention;ms=7", Attendee: "ann"}}}
	if err := server.Broadcast(faults.Published, on); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the fault is on", func() bool { return strings.Contains(baggage(), "writer=lock-contention%3Bms=7") })
	if _, is, _ := ask(t, url+"/thing/7", "baggage", "attendee=bob"); is.Baggage != "attendee=bob" {
		t.Errorf("it is on for others: %s", is.Baggage)
	}
	if err := server.Broadcast(faults.Published, []faults.Switch{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the fault is off", func() bool { return baggage() == "attendee=ann" })
	if err := server.Broadcast(faults.Published, []faults.Switch{{Switch: labapi.Switch{Faults: "writer=of-another-version"}}}); err != nil {
		t.Fatal(err)
	}
	if status, _, p := ask(t, url+"/thing/7"); status != 200 {
		t.Errorf("switches of another version: %d %+v", status, p)
	}
}

func TestMetrics(t *testing.T) {
	url, _, _ := connected(t)
	ask(t, url+"/thing/7")
	status, text := send(t, "GET", url+"/metrics", "")
	for _, want := range []string{`http_server_request_duration_seconds_count{http_request_method="GET",http_response_status_code="200",http_route="/thing/{id}"} 1`, "tracelab_spans_started_total 1",
		"tracelab_flight_recorder_enabled 0", "process_resident_memory_bytes "} {
		if status != 200 || !strings.Contains(text, want) {
			t.Errorf("%d, no %s in\n%s", status, want, text)
		}
	}
}

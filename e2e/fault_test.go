package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/costs"
	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
)

// happened lists the faults that a request had in the process with that debug
// port, as the process itself says.
func happened(t testing.TB, debug, traceID string) (names []string) {
	t.Helper()
	_, _, body := do(t, "GET", "http://"+debug+"/debug/faults?trace="+traceID)
	var costLog struct{ Costs []costs.Cost }
	if err := json.Unmarshal(body, &costLog); err != nil {
		t.Fatalf("/debug/faults: %v: %s", err, body)
	}
	for _, c := range costLog.Costs {
		names = append(names, c.Fault)
	}
	slices.Sort(names)
	return names
}

// TestFaultsAreRefused reads the problem documents of the gateway.
func TestFaultsAreRefused(t *testing.T) {
	t.Parallel()
	s := up(t)
	for header, want := range map[string]string{
		"writer=nope":                            "there are fetcher=clock-skew",
		"nope":                                   "want SERVICE=FAULT",
		"fetcher=quadratic":                      "ask for gateway=quadratic",
		"gateway=quadratic;speed=3":              "it has ms (1 to 3000), percent (1 to 100)",
		"gateway=quadratic;ms=3001":              "from 1 to 3000",
		"gateway=quadratic;percent=0":            "from 1 to 100",
		"gateway=quadratic, gateway=quadratic":   "asked for twice",
		"gateway=quadratic;ms=1, writer=nothing": "there is no fault",
		"":                                       "no fault is named",
	} {
		for _, route := range [][2]string{{"GET", "/visit"}, {"POST", "/visits"}, {"GET", "/visits?url=x"}} {
			status, a := s.ask(route[0], route[1], faults.Header, header)
			if status != 400 || a.Status != 400 || a.Field != "Fault" || !strings.Contains(a.Detail, want) || a.TraceURL != s.ui+"/zipkin/traces/"+a.TraceID {
				t.Errorf("%s %s, %q: %d %+v; want %s", route[0], route[1], header, status, a, want)
			}
		}
	}
	_, a := s.ask("GET", "/visit", faults.Header, "writer=nope")
	if server, err := find(s.trace(s.ui, a.TraceID, 1), "get /visit"); err != nil || server.Tags["http.status_code"] != "400" || server.Tags["error"] != "" {
		t.Errorf("the trace of a refusal: %v, %v", server, err)
	}
}

// startGateway starts a gateway alone, without the services that it calls.
func startGateway(t *testing.T, env ...string) *stack {
	t.Helper()
	addr := "127.0.0.1:" + testbed.FreePort(t)
	cmd := exec.Command(stacktest.Program, "service", "gateway", "--addr", addr)
	cmd.Env = append(os.Environ(), append(env, "TRACELAB_ZIPKIN_URL=", "TRACELAB_UI_URL=http://localhost:1234", "TRACELAB_ALLOW_TARGETS=127.0.0.1:9",
		"TRACELAB_THIRD_PARTY_URL=http://127.0.0.1:9/", "TRACELAB_FETCHER_URL=http://127.0.0.1:9", "TRACELAB_WRITER_URL=http://127.0.0.1:9")...)
	s := &stack{Stack: stacktest.Start(t, cmd), t: t, gateway: "http://" + addr, ui: "http://localhost:1234"}
	s.eventually("there", func() error {
		resp, err := client.Get(s.gateway + "/healthz")
		if err == nil {
			resp.Body.Close()
		}
		return err
	})
	return s
}

func TestFaultsAreForbiddenByDefault(t *testing.T) {
	t.Parallel()
	s := startGateway(t, "TRACELAB_DEBUG_ADDR=")
	for _, header := range []string{"gateway=quadratic", "nope"} {
		status, a := s.ask("GET", "/visit", faults.Header, header)
		if status != 403 || a.Status != 403 || a.Field != "Fault" || !strings.Contains(a.Detail, "--allow-faults") || a.TraceURL != s.ui+"/zipkin/traces/"+a.TraceID {
			t.Errorf("%q: %d %+v", header, status, a)
		}
	}
	if status, a := s.ask("GET", "/visit", "baggage", "fault=gateway=quadratic"); status != 502 || a.Service != "fetcher" {
		t.Errorf("a caller's own baggage: %d %+v", status, a)
	}
}

// TestSeveralFaultsInOneRequest asks for faults of two services.
func TestSeveralFaultsInOneRequest(t *testing.T) {
	t.Parallel()
	s := up(t)
	gateway, writer := s.process("gateway", 0).DebugAddr, s.process("writer", 0).DebugAddr
	status, a := s.visit("GET", "/visit", faults.Header, "writer=lock-contention;ms=5, gateway=retry-storm;n=2, gateway=quadratic;ms=5")
	if status != 200 {
		t.Fatalf("%d %+v", status, a)
	}
	if got := happened(t, gateway, a.TraceID); !slices.Equal(got, []string{"quadratic", "retry-storm"}) {
		t.Errorf("in the gateway: %v", got)
	}
	if got := happened(t, writer, a.TraceID); !slices.Equal(got, []string{"lock-contention"}) {
		t.Errorf("in the writer: %v", got)
	}
	_, plain := s.ask("GET", "/visit")
	if got := append(happened(t, gateway, plain.TraceID), happened(t, writer, plain.TraceID)...); len(got) > 0 {
		t.Errorf("to a request that asks for nothing: %v", got)
	}
	for _, sp := range s.trace(s.ui, a.TraceID, 12) {
		for k, v := range sp.Tags {
			if strings.Contains(k+v, "fault") || strings.Contains(k+v, "contention") {
				t.Errorf("the span %v tells: %s=%s", sp, k, v)
			}
		}
	}
}

// TestAShareOfTheRequests asks with a percentage, which the gateway decides for
// the whole request.
func TestAShareOfTheRequests(t *testing.T) {
	t.Parallel()
	s := up(t)
	gateway, writer := s.process("gateway", 0).DebugAddr, s.process("writer", 0).DebugAddr
	const visits = 100
	counts := map[string]int{}
	for range visits {
		_, a := s.ask("GET", "/visit", faults.Header, "writer=lock-contention;ms=1;percent=30, gateway=quadratic;ms=1;percent=30")
		for _, name := range append(happened(t, gateway, a.TraceID), happened(t, writer, a.TraceID)...) {
			counts[name]++
		}
	}
	for _, name := range []string{"quadratic", "lock-contention"} {
		if n := counts[name]; n < 8 || n > 55 { // beyond five deviations
			t.Errorf("%s happened to %d of %d requests at 30 percent", name, n, visits)
		}
	}
}

// TestCtrlCWhileWorkGoesOn ends the stack when a request has been given up and
// its work has not, and reads the spans that were saved.
func TestCtrlCWhileWorkGoesOn(t *testing.T) {
	t.Parallel()
	limit := stopsWithin(t)
	file := filepath.Join(t.TempDir(), "traces.json")
	s := up(t, "--keep", file)
	third := s.thirdParty()
	status, a := s.ask("GET", "/visit?url="+third+"/delay/3", faults.Header, "gateway=lost-deadline;ms=1")
	if status != 504 || a.Service != "fetcher" {
		t.Fatalf("%d %+v", status, a)
	}
	if took := s.stopped(); took > limit {
		t.Errorf("it took %s to end; want at most %s", took, limit)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all, spans []span
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	for _, sp := range all {
		if sp.TraceID == a.TraceID {
			spans = append(spans, sp)
		}
	}
	// The gateway takes its call back, or the fetcher ends first.
	if main, err := find(spans, "main"); err != nil || main.Tags["error"] != "CANCELLED" && main.Tags["error"] != "UNAVAILABLE" {
		t.Errorf("the work that was ended is %v (%v)", main, err)
	}
	if err := whole(spans); err != nil {
		t.Error(err)
	}
}

// switches runs tracelab fault against the stack.
func (s *stack) switches(want int, args ...string) string {
	s.t.Helper()
	cmd := exec.Command(stacktest.Program, append(append([]string{"fault"}, args...), "--server", s.ui)...)
	out, _ := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != want {
		s.t.Errorf("tracelab fault %v: exit status %d, want %d: %s", args, code, want, out)
	}
	return string(out)
}

// within waits until a visit with the headers has exactly these faults in the
// gateway, and returns how long that took.
func (s *stack) within(limit time.Duration, want []string, header ...string) time.Duration {
	s.t.Helper()
	debug, began := s.process("gateway", 0).DebugAddr, time.Now()
	err := testbed.Within(limit, func() error {
		_, a := s.ask("GET", "/visit", header...)
		if got := happened(s.t, debug, a.TraceID); !slices.Equal(got, want) {
			return fmt.Errorf("%v, want %v", got, want)
		}
		return nil
	})
	if err != nil {
		s.t.Errorf("a visit with %v has the faults %v", header, err)
	}
	return time.Since(began)
}

// soon is a second for a machine with time, and more for one without.
const soon = 5 * time.Second

func TestFaultSwitches(t *testing.T) {
	t.Parallel()
	s := up(t)
	list := exec.Command(stacktest.Program, "fault", "list") // needs no server
	out, err := list.CombinedOutput()
	for _, f := range faults.Catalogue() {
		if err != nil || !strings.Contains(string(out), f.Service+"="+f.Name) || !strings.Contains(string(out), f.Summary) {
			t.Errorf("tracelab fault list says nothing of %s: %v, %s", f.Name, err, out)
		}
	}
	if out := s.switches(0, "show"); !strings.Contains(out, "nothing is switched on") {
		t.Errorf("at the beginning: %s", out)
	}
	s.process("gateway", 0)
	if out := s.switches(0, "on", "gateway=quadratic;ms=1"); !strings.Contains(out, "gateway=quadratic;ms=1") {
		t.Errorf("on: %s", out)
	}
	t.Logf("the switch was in the gateway within %s", s.within(soon, []string{"quadratic"}))
	s.switches(0, "on", "gateway=retry-storm;n=1", "--attendee", "ann")
	s.within(soon, []string{"quadratic", "retry-storm"}, "baggage", "attendee=ann")
	s.within(soon, []string{"quadratic"}, "baggage", "attendee=bob")
	s.within(soon, []string{"quadratic"}, "baggage", "x=1,attendee=anne")
	if out := s.switches(0, "show"); !strings.Contains(out, "for ann") || strings.Count(out, "\n") != 2 {
		t.Errorf("two are on: %s", out)
	}
	s.switches(0, "on", "gateway=quadratic;ms=2") // in place of the first
	if out := s.switches(0, "show"); !strings.Contains(out, "ms=2") || strings.Count(out, "\n") != 2 {
		t.Errorf("two are on: %s", out)
	}
	s.switches(0, "off", "quadratic")
	s.within(soon, nil)
	s.within(soon, []string{"retry-storm"}, "baggage", "attendee=ann")
	s.switches(1, "off", "quadratic")
	if out := s.switches(0, "off"); !strings.Contains(out, "1 switched off") {
		t.Errorf("the rest off: %s", out)
	}
	s.within(soon, nil, "baggage", "attendee=ann")
	s.switches(1, "off")
}

func TestASwitchThatEndsByItself(t *testing.T) {
	t.Parallel()
	s := up(t)
	s.process("gateway", 0)
	began := time.Now()
	s.switches(0, "on", "gateway=quadratic;ms=1")
	s.within(soon, []string{"quadratic"})
	s.switches(0, "off")
	s.within(soon, nil)
	on := max(3*time.Second, 3*time.Since(began)) // so that it is seen on this machine before it ends
	out := s.switches(0, "on", "gateway=quadratic;ms=1", "--for", on.String())
	until := time.Now().Add(on) // or a little before
	if !strings.Contains(out, "until") {
		t.Errorf("on: %s", out)
	}
	s.within(soon, []string{"quadratic"})
	s.within(on+soon, nil)
	if now := time.Now(); now.Before(until.Add(-time.Second)) {
		t.Errorf("it ended %s too early", until.Sub(now))
	}
	if out := s.switches(0, "show"); !strings.Contains(out, "nothing is switched on") {
		t.Errorf("afterwards: %s", out)
	}
	s.switches(1, "off", "quadratic")
}

func TestWrongUseOfFault(t *testing.T) {
	t.Parallel()
	s := up(t)
	if out := s.switches(2, "on", "writer=nope"); !strings.Contains(out, "gateway=quadratic") {
		t.Errorf("an unknown fault: %s", out)
	}
	s.switches(2, "on", "gateway=quadratic;ms=0")
	s.switches(2, "on", "gateway=quadratic", "--for", "-1s")
	s.switches(2, "on")
	nowhere := &stack{t: t, ui: "http://127.0.0.1:" + testbed.FreePort(t)}
	for _, args := range [][]string{{"on", "gateway=quadratic"}, {"off"}, {"show"}} {
		nowhere.switches(3, args...)
	}
}

// TestASeedChoosesTheSameRequests switches the same on twice. Another switch
// tells when the first is there, without a request that would be chosen or not.
func TestASeedChoosesTheSameRequests(t *testing.T) {
	t.Parallel()
	s := up(t)
	debug := s.process("gateway", 0).DebugAddr
	choice := func(seed string) (chosen []bool) {
		s.switches(0, "on", "gateway=quadratic;ms=1;percent=50", "--attendee", "ann", "--seed", seed)
		s.switches(0, "on", "gateway=retry-storm;n=1", "--attendee", "bob")
		s.within(soon, []string{"retry-storm"}, "baggage", "attendee=bob")
		for range 40 {
			_, a := s.ask("GET", "/visit", "baggage", "attendee=ann")
			chosen = append(chosen, len(happened(t, debug, a.TraceID)) == 1)
		}
		s.switches(0, "off")
		s.within(soon, nil, "baggage", "attendee=bob")
		return chosen
	}
	first := choice("7")
	if !slices.Contains(first, true) || !slices.Contains(first, false) {
		t.Errorf("at 50 percent it chooses %v", first)
	}
	if again := choice("7"); !slices.Equal(again, first) {
		t.Errorf("the same seed chooses\n%v, and before\n%v", again, first)
	}
	if other := choice("8"); slices.Equal(other, first) {
		t.Error("another seed chooses the same")
	}
}

// TestANewGatewayHasTheSwitches kills the one that heard of them.
func TestANewGatewayHasTheSwitches(t *testing.T) {
	t.Parallel()
	s := up(t)
	old := s.process("gateway", 0)
	s.switches(0, "on", "gateway=quadratic;ms=1")
	s.within(soon, []string{"quadratic"})
	kill, err := os.FindProcess(old.PID)
	if err != nil {
		t.Fatal(err)
	}
	if err := kill.Kill(); err != nil {
		t.Fatal(err)
	}
	s.process("gateway", old.PID)
	s.within(soon, []string{"quadratic"})
}

// TestTheServerRestarts checks that a gateway outlives its server with its
// switches, and goes by the new server's word.
func TestTheServerRestarts(t *testing.T) {
	t.Parallel()
	port, debug := testbed.FreePort(t), "127.0.0.1:"+testbed.FreePort(t)
	server := func() *stacktest.Stack {
		cmd := exec.Command(stacktest.Program, "web", "--addr", "127.0.0.1:"+port)
		cmd.Env = append(os.Environ(), "TRACELAB_TOKEN=secret")
		return stacktest.Start(t, cmd)
	}
	first := server()
	s := startGateway(t, "TRACELAB_ALLOW_FAULTS=true", "TRACELAB_TOKEN=secret", "TRACELAB_DEBUG_ADDR="+debug, "TRACELAB_SERVER_URL=http://127.0.0.1:"+port)
	s.ui = "http://127.0.0.1:" + port
	hasFaults := func(want ...string) func() error {
		return func() error {
			_, a := s.ask("GET", "/visit") // whose fetcher is not there
			if got := happened(t, debug, a.TraceID); !slices.Equal(got, want) {
				return fmt.Errorf("%v, want %v", got, want)
			}
			return nil
		}
	}
	s.eventually("a control stream", func() error {
		resp, err := client.Get(s.ui + "/tracelab/v1/stack")
		if err == nil {
			resp.Body.Close()
			s.switches(0, "on", "gateway=retry-storm;n=1")
		}
		return err
	})
	s.eventually("switched on", hasFaults("retry-storm"))
	first.Stop()
	if err := hasFaults("retry-storm")(); err != nil {
		t.Errorf("without a server: %v", err)
	}
	server()
	s.eventually("off, as the new server knows of nothing", hasFaults())
	if out := s.switches(0, "show"); !strings.Contains(out, "nothing is switched on") {
		t.Errorf("the new server says %s", out)
	}
	s.switches(0, "on", "gateway=retry-storm;n=1")
	s.eventually("switched on again", hasFaults("retry-storm"))
}

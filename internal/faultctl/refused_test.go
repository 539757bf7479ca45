package faultctl_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/labapi"
)

// TestWhatCannotHappenIsRefused, with the reason, and nothing is on then.
func TestWhatCannotHappenIsRefused(t *testing.T) {
	deaf := control.Process{Registration: control.Registration{Service: "writer"}}
	for _, test := range []struct {
		name      string
		connected []control.Process
		faults    string
		refused   string // of the fault; empty: it is on
		mystery   string // why there is none
	}{
		{"nothing", nil, "gateway=quadratic", "no service is connected", "no service is connected"},
		{"a third party alone", takesFaults("thirdparty"), "gateway=quadratic", "no gateway is connected", "no gateway is connected"},
		{"no gateway", takesFaults("fetcher", "writer"), "writer=slow-disk", "no gateway is connected", "no gateway is connected"},
		{"the gateway alone, its own", takesFaults("gateway"), "gateway=quadratic", "", "no fetcher is connected"},
		{"the gateway alone", takesFaults("gateway"), "writer=slow-disk", "no writer is connected", "no fetcher is connected"},
		{"two services", takesFaults("gateway", "writer"), "writer=slow-disk,fetcher=gc-pressure", "no fetcher is connected", "no fetcher is connected"},
		{"one that takes none", append(takesFaults("gateway", "fetcher"), deaf), "writer=slow-disk", "--allow-faults", "the writer takes no faults"},
		{"one of two that takes some", append(takesFaults("gateway", "fetcher", "writer"), deaf), "writer=slow-disk", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := meet(t)
				p.processes = test.connected
				p.refused(test.refused, "POST "+faultsPath+" faults="+test.faults)
				if test.refused != "" && p.published() != "" {
					t.Errorf("%s is on", p.published())
				}
				p.refused(test.mystery, "POST "+mystery+" level=1")
				if p.published() == "" {
					p.refused(test.mystery, "POST "+room+` {"attendees":["ann"]}`)
				}
			})
		})
	}
}

// refused asks with the token, and fails unless the answer is an error that says why; for
// an empty one, unless there is none.
func (p people) refused(why, request string) {
	p.t.Helper()
	if status, body := p.ask(request, token...); (status == 200) != (why == "") || !strings.Contains(body, why) {
		p.t.Errorf("%s: %d %s; want %q", request, status, body, why)
	}
}

// TestAServiceThatIsStarting is waited for a little, and whoever goes waits no longer.
func TestAServiceThatIsStarting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := meet(t)
		all := p.processes
		p.processes = nil
		time.AfterFunc(300*time.Millisecond, func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.processes = all
		})
		p.want(200, "", "POST "+mystery+" attendee=ann")
	})
}

// TestWithoutAProof the answer says why there is none, and which visit makes one.
func TestWithoutAProof(t *testing.T) {
	for name, test := range map[string]struct {
		prepare func(people)
		missing string
		state   string
	}{
		"no visit":  {func(people) {}, "It has happened to no request of ann since", "guessed"},
		"another's": {func(p people) { p.happens(1, "bob", time.Now(), 250) }, "It has happened to no request of ann since", "guessed"},
		"a trace that is another's": {func(p people) {
			p.happens(1, "bob", time.Now(), 250)
			p.log["0000000000000001"] = "ann"
		}, "It has happened to no request of ann since", "guessed"},
		"before the start":          {func(p people) { p.happens(1, "ann", time.Now().Add(-time.Minute), 250) }, "It has happened to no request of ann since", "guessed"},
		"one that does not show it": {func(p people) { p.happens(1, "ann", time.Now(), 5) }, "It happened to 1 requests since", "solved"},
		"spans that are not there":  {func(p people) { p.log = map[string]string{"0000000000000007": "ann"} }, "It happened to 1 requests since", "solved"},
		"a service that says nothing": {func(p people) {
			for i := range p.processes {
				p.processes[i].Instance = "silent"
			}
			p.happens(1, "ann", time.Now(), 250)
		}, "the writer does not say which requests it happened to", "solved"},
		"a service that is gone": {func(p people) { p.processes = nil }, "It has happened to no request of ann since", "guessed"},
		"traces that nobody can read": {func(p people) {
			p.happens(1, "ann", time.Now(), 250)
			p.unreadable = errors.New("Zipkin is away")
		}, "the traces cannot be read: Zipkin is away", "solved"},
		"an id that is none": {func(p people) { p.log = map[string]string{"no id": "ann"} }, "It has happened to no request of ann since", "guessed"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := meet(t)
				p.want(200, "", "POST "+mystery+" attendee=ann&level=2&seed=7", token...)
				test.prepare(p)
				var v labapi.MysteryVerdict
				p.into(&v, "POST "+answer+" attendee=ann&service=writer&cause=slow-disk")
				if !v.Over || v.Evidence != nil || !strings.Contains(v.Missing, test.missing) {
					t.Fatalf("%+v; want %q", v, test.missing)
				}
				var room labapi.Room
				p.into(&room, "GET "+labapi.RoomPath)
				if len(room.Mysteries) != 1 || room.Mysteries[0].State() != test.state || strings.Contains(v.Missing, "counts as guessed") != (test.state == "guessed") {
					t.Errorf("%+v; want it %s: %s", room, test.state, v.Missing)
				}
				if !strings.Contains(v.Visit, "'baggage: attendee=ann'") || !strings.Contains(v.Visit, "'"+faults.Header+": writer=slow-disk;ms=") {
					t.Errorf("the visit is %s", v.Visit)
				}
			})
		})
	}
}

// TestSpansThatAreStillToCome are waited for.
func TestSpansThatAreStillToCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := meet(t)
		p.want(200, "", "POST "+mystery+" attendee=ann&level=2&seed=7", token...)
		at := time.Now()
		p.log = map[string]string{"0000000000000001": "ann"}
		p.onQuestion = func() { time.AfterFunc(2*time.Second, func() { p.happens(1, "ann", at, 250) }) }
		var v labapi.MysteryVerdict
		p.into(&v, "POST "+answer+" attendee=ann&give_up=1")
		if len(v.Evidence) != 1 || v.Missing != "" || v.Visit != "" {
			t.Errorf("%+v", v)
		}
	})
}

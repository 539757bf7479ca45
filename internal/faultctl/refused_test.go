package faultctl_test

import (
	"strings"
	"testing"
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
			t.Parallel()
			b := start(t)
			b.processes = test.connected
			_, err := b.SwitchOn(t.Context(), labapi.SwitchOn{Switch: labapi.Switch{Faults: test.faults}})
			checkRefusal(t, "the fault", err, test.refused)
			if test.refused != "" && b.published() != "" {
				t.Errorf("%s is on", b.published())
			}
			_, err = b.StartMystery(t.Context(), labapi.MysteryStart{})
			checkRefusal(t, "the mystery", err, test.mystery)
			if b.published() == "" {
				_, err = b.StartRoom(t.Context(), labapi.RoomStart{Attendees: []string{"ann"}})
				checkRefusal(t, "the room", err, test.mystery)
			}
		})
	}
}

func checkRefusal(t *testing.T, what string, err error, want string) {
	t.Helper()
	if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
		t.Errorf("%s: %v; want %q", what, err, want)
	}
}

// TestAServiceThatIsStarting is waited for a little.
func TestAServiceThatIsStarting(t *testing.T) {
	b := start(t)
	all := b.processes
	b.processes = nil
	go func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.processes = all
	}()
	if _, err := b.StartMystery(t.Context(), labapi.MysteryStart{}); err != nil {
		t.Error(err)
	}
}

// TestWithoutAProof the answer says why there is none, and which visit makes one.
func TestWithoutAProof(t *testing.T) {
	for name, test := range map[string]struct {
		prepare func(*board)
		missing string
		state   string
	}{
		"no visit":  {func(*board) {}, "It has happened to no request of ann since", "guessed"},
		"another's": {func(b *board) { b.happens(1, "bob", time.Now(), 250) }, "It has happened to no request of ann since", "guessed"},
		"a trace that is another's": {func(b *board) {
			b.happens(1, "bob", time.Now(), 250)
			b.log["0000000000000001"] = "ann"
		}, "It has happened to no request of ann since", "guessed"},
		"before the start":          {func(b *board) { b.happens(1, "ann", time.Now().Add(-time.Minute), 250) }, "It has happened to no request of ann since", "guessed"},
		"one that does not show it": {func(b *board) { b.happens(1, "ann", time.Now(), 5) }, "It happened to 1 requests since", "solved"},
		"spans that are not there":  {func(b *board) { b.log = map[string]string{"0000000000000007": "ann"} }, "It happened to 1 requests since", "solved"},
		"a service that says nothing": {func(b *board) {
			for i := range b.processes {
				b.processes[i].Instance = "silent"
			}
			b.happens(1, "ann", time.Now(), 250)
		}, "the writer does not say which requests it happened to", "solved"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := start(t)
			if _, err := b.StartMystery(t.Context(), labapi.MysteryStart{Seed: 7, Level: 2, Attendee: "ann"}); err != nil {
				t.Fatal(err)
			}
			test.prepare(b)
			v, err := b.AnswerMystery(t.Context(), labapi.MysteryAnswer{Diagnosis: labapi.Diagnosis{Service: "writer", Cause: "slow-disk"}, MysteryAsk: labapi.MysteryAsk{Attendee: "ann"}})
			if err != nil || !v.Over || v.Evidence != nil || !strings.Contains(v.Missing, test.missing) {
				t.Fatalf("%+v, %v; want %q", v, err, test.missing)
			}
			room, err := b.Room(t.Context())
			if err != nil || len(room.Mysteries) != 1 || room.Mysteries[0].State() != test.state || strings.Contains(v.Missing, "counts as guessed") != (test.state == "guessed") {
				t.Errorf("%+v, %v; want it %s: %s", room, err, test.state, v.Missing)
			}
			if !strings.Contains(v.Visit, "'baggage: attendee=ann'") || !strings.Contains(v.Visit, "'"+faults.Header+": writer=slow-disk;ms=") {
				t.Errorf("the visit is %s", v.Visit)
			}
		})
	}
}

// TestSpansThatAreStillToCome are waited for.
func TestSpansThatAreStillToCome(t *testing.T) {
	b := start(t)
	if _, err := b.StartMystery(t.Context(), labapi.MysteryStart{Seed: 7, Level: 2, Attendee: "ann"}); err != nil {
		t.Fatal(err)
	}
	at := time.Now()
	b.log = map[string]string{"0000000000000001": "ann"}
	b.onQuestion = func() { go b.happens(1, "ann", at, 250) }
	v, err := b.AnswerMystery(t.Context(), labapi.MysteryAnswer{GiveUp: true, MysteryAsk: labapi.MysteryAsk{Attendee: "ann"}})
	if err != nil || len(v.Evidence) != 1 || v.Missing != "" || v.Visit != "" {
		t.Errorf("%+v, %v", v, err)
	}
}

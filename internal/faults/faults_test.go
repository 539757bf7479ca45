package faults

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/costs"
	"example.com/tracelab/internal/labapi"
)

func TestEveryEntryIsWhole(t *testing.T) {
	states := []string{"", "running", "runnable", "network", "sync", "channel", "syscall", "gc-assist"}
	seen := map[string]bool{}
	for _, f := range Catalogue() {
		if f.Name == "" || f.Summary == "" || f.Truth.Operation == "" || f.Truth.Shape == "" || seen[f.Name] {
			t.Errorf("%+v: something is missing, or it is there twice", f)
		}
		seen[f.Name] = true
		if !slices.Contains([]string{"gateway", "fetcher", "writer"}, f.Service) || !slices.Contains(states, f.Truth.State) {
			t.Errorf("%s: service %q, state %q", f.Name, f.Service, f.Truth.State)
		}
		for _, p := range f.Params {
			if p.Min < 1 || p.Default < p.Min || p.Default > p.Max || p.Help == "" {
				t.Errorf("%s: %+v", f.Name, p)
			}
		}
	}
	if len(seen) != 18 {
		t.Errorf("%d faults", len(seen))
	}
}

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"writer=lock-contention":                                  "writer=lock-contention;ms=100;percent=100",
		" writer = lock-contention ; ms = 80 ,gateway=quadratic;": "writer=lock-contention;ms=80;percent=100,gateway=quadratic;ms=100;percent=100",
		"writer=failing-dependency;percent=5,":                    "writer=failing-dependency;percent=5",
	} {
		injections, err := Parse(text)
		if err != nil || Format(injections) != want {
			t.Errorf("%q: %s, %v; want %s", text, Format(injections), err, want)
		}
		again, err := Parse(Format(injections))
		if err != nil || Format(again) != want {
			t.Errorf("%q again: %s, %v", want, Format(again), err)
		}
	}
}

func TestAllFaultsFitIntoOneRequest(t *testing.T) {
	var all []Injection
	for _, f := range Catalogue() {
		all = append(all, must(t, f.Service+"="+f.Name)...)
	}
	if again := must(t, Format(all)); Format(again) != Format(all) {
		t.Errorf("%s became %s", Format(all), Format(again))
	}
}

func TestParseSaysWhatThereIs(t *testing.T) {
	for text, want := range map[string]string{
		"":                                   "no fault is named",
		" , ":                                "no fault is named",
		"lock-contention":                    "want SERVICE=FAULT",
		"writer=nope":                        "gateway=quadratic",
		"gateway=lock-contention":            "is a fault of the writer",
		"writer=lock-contention;speed=3":     `no parameter "speed"; it has ms (1 to 1000), percent (1 to 100)`,
		"writer=lock-contention;ms=0":        "from 1 to 1000",
		"writer=lock-contention;ms=99999999": "from 1 to 1000",
		"writer=lock-contention;ms=1e2":      "ms=1e2",
		"writer=lock-contention;ms":          "ms=:",
		"writer=lock-contention,writer=lock-contention;ms=5": "asked for twice",
		"writer=lock-contention;ms=5; ms=6":                  "lock-contention: ms is given twice",
	} {
		if injections, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v; want %s", text, injections, err, want)
		}
	}
}

// TestNames are known with their services and without, and no other service's.
func TestNames(t *testing.T) {
	for text, ok := range map[string]bool{
		"slow-disk": true, "writer=slow-disk": true, "gateway=slow-disk": false, "=slow-disk": false, "writer=": false, "": false,
		"writer": false, "slow-disc": false, "writer=slow-disk;ms=5": false, " slow-disk": false, "SLOW-DISK": false,
	} {
		if err := CheckName(text); (err == nil) != ok || err != nil && !strings.Contains(err.Error(), fmt.Sprintf("there is no fault %q; there are ", text)) {
			t.Errorf("%q: %v; want it known: %t", text, err, ok)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("writer=lock-contention;ms=80, gateway=quadratic")
	f.Fuzz(func(t *testing.T, text string) {
		injections, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(Format(injections))
		if err != nil || Format(again) != Format(injections) {
			t.Errorf("%q became %q, %v", text, Format(again), err)
		}
	})
}

func must(t *testing.T, text string) []Injection {
	t.Helper()
	injections, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return injections
}

func TestAFaultHappensInItsServiceAlone(t *testing.T) {
	injections := must(t, "writer=lock-contention;ms=80,gateway=quadratic")
	set := In(With(context.Background(), "", "writer", injections, new(costs.Log)))
	if o := set.At("lock-contention"); o == nil || o.Duration("ms") != 80*time.Millisecond {
		t.Errorf("%+v", o)
	}
	if set.At("quadratic") != nil {
		t.Error("the gateway's fault happens in the writer")
	}
	for name, ctx := range map[string]context.Context{
		"nobody asked":                context.Background(),
		"none is for the service":     With(context.Background(), "", "fetcher", injections, new(costs.Log)),
		"nothing is left of the list": With(context.Background(), "", "writer", nil, new(costs.Log)),
	} {
		if set := In(ctx); set != nil || set.At("lock-contention") != nil {
			t.Errorf("%s, and there is %+v", name, set)
		}
	}
}

func TestSwitches(t *testing.T) {
	now := time.Now()
	s := Switches{now: func() time.Time { return now }}
	on := []Switch{
		{Switch: labapi.Switch{Faults: "writer=lock-contention;ms=5"}},
		{Switch: labapi.Switch{Faults: "gateway=quadratic", Attendee: "ann"}},
		{Switch: labapi.Switch{Faults: "writer=slow-disk", Until: now.Add(time.Minute)}},
	}
	if err := s.Set(on); err != nil {
		t.Fatal(err)
	}
	is := func(asked []Injection, attendee, want string) {
		t.Helper()
		if got := Format(s.Decide(asked, attendee)); got != want {
			t.Errorf("%q happens, want %q", got, want)
		}
	}
	const lock, quadratic, disk = "writer=lock-contention;ms=5;percent=100", "gateway=quadratic;ms=100;percent=100", "writer=slow-disk;ms=100;percent=100"
	is(nil, "", lock+","+disk)
	is(nil, "ann", lock+","+quadratic+","+disk)
	is(must(t, "writer=lock-contention;ms=7"), "", "writer=lock-contention;ms=7;percent=100,"+disk)
	now = now.Add(2 * time.Minute)
	is(nil, "bob", lock)
	if err := s.Set([]Switch{{Switch: labapi.Switch{Faults: "writer=nope"}}}); err == nil {
		t.Error("a wrong switch passes")
	}
	is(nil, "bob", lock)
	if err := s.Set(nil); err != nil {
		t.Error(err)
	}
	is(nil, "ann", "")
}

// TestASwitchThatStaysGoesOn sets switches again in the middle, as it happens
// when another is switched on: read anew from what the server sent.
func TestASwitchThatStaysGoesOn(t *testing.T) {
	const sent = `[{"faults":"writer=slow-disk;percent=50","seed":7,"until":"2999-01-01T00:00:00+05:30"},{"faults":"gateway=quadratic","attendee":"ann"}]`
	choice := func(again bool) (chosen []bool) {
		var s Switches
		for i := range 100 {
			if i == 0 || again {
				var all []Switch
				if err := json.Unmarshal([]byte(sent), &all); err != nil {
					t.Fatal(err)
				}
				if err := s.Set(all[:1+i%2]); err != nil {
					t.Fatal(err)
				}
			}
			chosen = append(chosen, len(s.Decide(nil, "")) == 1)
		}
		return chosen
	}
	if !slices.Equal(choice(false), choice(true)) {
		t.Error("it chooses from the beginning again")
	}
}

// TestPercentIsDecidedOnce counts, and compares two seeds.
func TestPercentIsDecidedOnce(t *testing.T) {
	choice := func(seed uint64) (chosen []bool) {
		var s Switches
		if err := s.Set([]Switch{{Switch: labapi.Switch{Faults: "writer=slow-disk;percent=30", Seed: seed}}}); err != nil {
			t.Fatal(err)
		}
		for range 1000 {
			happen := s.Decide(nil, "")
			chosen = append(chosen, len(happen) == 1)
			if len(happen) == 1 && happen[0].Args.Int("percent") != 100 {
				t.Fatal("it would be decided again")
			}
		}
		return chosen
	}
	one := choice(1)
	count := 0
	for _, c := range one {
		if c {
			count++
		}
	}
	if count < 230 || count > 370 {
		t.Errorf("%d of 1000 at 30 percent", count)
	}
	if !slices.Equal(one, choice(1)) || slices.Equal(one, choice(2)) {
		t.Error("the seed does not decide")
	}
}

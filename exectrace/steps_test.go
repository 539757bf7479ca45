package exectrace

import (
	"math/rand/v2"
	"slices"
	"testing"

	"example.com/tracelab/exectrace/internal/decode"
)

// TestSteps adds steps of all kinds to some goroutines in turns, which live for short and for
// long, and reads them again.
func TestSteps(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	x := newIndexer("go1.26")
	x.t.steps.zero = 1 << 40
	const goroutines = 20
	want := make([][]step, goroutines)
	at := x.t.steps.zero
	for n := range 20_000 {
		i := random.IntN(goroutines)
		if i > 0 && n%(i*i) != 0 { // some have few steps
			i = 0
		}
		at += Time(random.Int64N(1 << random.IntN(40)))
		if random.IntN(3) > 0 {
			at = at &^ (1<<tickBits - 1) // on a tick, and perhaps back
		}
		s := anyStep(random, at)
		p := x.pendingOf(int32(i), int64(i)+1<<33)
		x.step(p, &s)
		if n := len(want[i]); n > 0 {
			s.at = max(s.at, want[i][n-1].at)
		}
		want[i] = append(want[i], s)
		if n%5000 == 4999 { // where events are missing
			x.Gap()
		}
	}
	x.settleAll(false)
	for i, g := range x.t.goroutines.All() {
		of := g.id() - 1<<33
		var got []step
		c := x.t.steps.read(g.first)
		for s, ok := c.step(); ok; s, ok = c.step() {
			got = append(got, s)
		}
		if !slices.Equal(got, want[of]) {
			t.Errorf("goroutine %d, %d-th: %d steps are others than the %d that were added", of, i, len(got), len(want[of]))
		}
		if end := x.t.steps.end(g.last); end != got[len(got)-1].at {
			t.Errorf("goroutine %d: its last step is at %d, want %d", of, end, got[len(got)-1].at)
		}
	}
}

func anyStep(random *rand.Rand, at Time) step {
	s := step{at: at, state: State(random.IntN(int(stateGone) + 1)), who: none}
	switch s.state {
	case StateRunnable:
		s.cause = Cause(random.IntN(int(CauseSyscallEnded) + 1))
	case StateWaiting:
		s.cause = []Cause{CauseUnknown, CauseCreated}[random.IntN(2)]
	}
	if s.state.hasStack() {
		s.stack = stackID(random.Uint32N(1 << random.IntN(31)))
	}
	if random.IntN(2) == 0 {
		s.reason = uint8(random.Uint32())
	}
	if random.IntN(2) == 0 {
		s.who = random.Int32N(1 << random.IntN(31))
	}
	return s
}

// TestAGoroutineThatComesBack after events were missing, and after it has ended: that is
// another one with its number.
func TestAGoroutineThatComesBack(t *testing.T) {
	x := newIndexer("go1.26")
	script := func(from, to decode.State, at int64) {
		ev := decode.Event{Type: decode.GoTransition, Time: at, Goroutine: decode.None, Thread: decode.None, G: decode.None, M: decode.None, P: decode.None, From: from, To: to}
		ev.Args[0] = 7
		x.Event(decode.Make(), &ev)
	}
	script(decode.NotExist, decode.Runnable, 10)
	x.Gap()
	script(decode.Undetermined, decode.Waiting, 20)
	script(decode.Waiting, decode.NotExist, 30)
	script(decode.Undetermined, decode.Waiting, 40)
	x.finish()
	var lives [][]Time
	for g := range x.t.Goroutines() {
		lives = append(lives, []Time{g.Created, g.Ended})
	}
	if len(lives) != 2 || !slices.Equal(lives[0], []Time{10, 30}) || lives[1][1] != 0 {
		t.Errorf("it lives at %v", lives)
	}
}

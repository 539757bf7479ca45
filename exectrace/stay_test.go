package exectrace

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"example.com/tracelab/internal/testbed/workload"
)

// describedStays are those of a goroutine in a time: how long it was in which state, in which
// calls.
func describedStays(x *Trace, id GoID, from, to Time) (lines []string) {
	s := x.NewSums(testedClasses, byStateAndReason)
	for _, g := range x.GoroutinesOf(id) {
		for stay := range s.Stays(g, from, to) {
			var calls []string
			for _, f := range x.CallsOf(stay.Calls) {
				calls = append(calls, f.Func)
			}
			lines = append(lines, fmt.Sprintf("%d-%d %s %s", stay.Start, stay.End, stay.State, strings.Join(calls, "<")))
		}
	}
	return lines
}

func TestStays(t *testing.T) {
	x := scripted(t, `
		0 0 sync
		10 1 none>runnable by=9 at=spawn<boss start=work
		20 1 runnable>running
		30 1 running>waiting reason=chan_receive at=runtime.chanrecv1<take<loop<work
		40 1 waiting>runnable by=9 at=give<boss
		50 1 runnable>running
		60 1 running>waiting reason=chan_receive at=runtime.chanrecv1<take<loop<work
		70 1 waiting>runnable
		80 1 runnable>running
		90 1 running>runnable reason=preempted at=spin<loop<work
		100 1 runnable>running
		110 1 running>syscall at=write<flush<work
		120 1 syscall>running
		130 1 running>none
		140 2 none>runnable by=9 at=spawn<boss start=rest
		150 0 sync`)
	all := []string{
		"10-20 runnable work", // who created it was in spawn, it was not
		"20-30 running work",
		"30-40 waiting runtime.chanrecv1<take<loop<work",
		"40-50 runnable runtime.chanrecv1<take<loop<work",
		"50-60 running take<loop<work", // it has left the runtime between
		"60-70 waiting runtime.chanrecv1<take<loop<work",
		"70-80 runnable runtime.chanrecv1<take<loop<work",
		"80-90 running loop<work",
		"90-100 runnable spin<loop<work",
		"100-110 running work",
		"110-120 syscall write<flush<work",
		"120-130 running work",
	}
	for _, c := range []struct {
		from, to Time
		want     []string
	}{{0, 200, all}, {0, 10, nil}, {35, 36, all[2:3]}, {59, 81, all[4:8]}, {60, 80, all[5:7]}, {125, 500, all[11:]}, {130, 140, nil}} {
		if got := describedStays(x, 1, c.from, c.to); !slices.Equal(got, c.want) {
			t.Errorf("from %d to %d:\n%s\nwant\n%s", c.from, c.to, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
	if got := describedStays(x, 2, 0, 200); !slices.Equal(got, []string{"140-150 runnable rest"}) {
		t.Errorf("of a goroutine that goes on: %q", got)
	}
	for _, c := range []struct {
		from, to Time
		want     []GoID
	}{{0, 10, nil}, {0, 11, []GoID{1}}, {129, 141, []GoID{1, 2}}, {130, 141, []GoID{2}}, {0, 500, []GoID{1, 2}}, {150, 500, nil}} {
		var got []GoID
		for g := range x.GoroutinesBetween(c.from, c.to) {
			if g.ID != 9 {
				got = append(got, g.ID)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("between %d and %d there were goroutines %v, want %v", c.from, c.to, got, c.want)
		}
	}
}

// TestStaysOfAPart: those of a part of the time are those of the whole, with the same calls.
func TestStaysOfAPart(t *testing.T) {
	for _, kind := range workload.Kinds() {
		t.Run(kind, func(t *testing.T) {
			x := index(t, record(t, kind, 5))
			s := x.NewSums(testedClasses, byStateAndReason)
			random := rand.New(rand.NewPCG(2, 3))
			for g := range x.Goroutines() {
				whole := slices.Collect(s.Stays(g, x.Start, x.End+1))
				if n := len(slices.Collect(x.Intervals(g))); n != len(whole) {
					t.Fatalf("goroutine %d: %d stays, want %d", g.ID, len(whole), n)
				}
				for range 3 {
					from := x.Start + Time(random.Int64N(int64(x.End-x.Start)))
					to := from + 1 + Time(random.Int64N(int64(x.End-from)+1))
					var want []Stay
					for _, stay := range whole {
						if stay.End > from && stay.Start < to {
							want = append(want, stay)
						}
					}
					if got := slices.Collect(s.Stays(g, from, to)); !slices.Equal(got, want) {
						t.Fatalf("goroutine %d from %d to %d: %+v, want %+v", g.ID, from, to, got, want)
					}
				}
			}
		})
	}
}

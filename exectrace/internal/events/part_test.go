package events_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"example.com/tracelab/exectrace/internal/container"
	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/exectrace/internal/events"
	"example.com/tracelab/internal/testbed/workload"
)

// known is what events have told until a moment, as text, by what it is about.
type known map[string]string

// take follows an event. It goes by names and ids alone, and so knows nothing of how a part
// follows them.
func (k known) take(t *decode.Tables, ev *decode.Event) {
	switch ev.Kind() {
	case decode.TransitionKind:
		k.transition(ev)
	case decode.MetricKind:
		name, value := ev.Metric()
		k[name] = fmt.Sprint(value)
	case decode.LabelKind:
		k[fmt.Sprint("label of goroutine ", ev.Goroutine)] = t.Text(ev.Label())
	case decode.RangeBeginKind, decode.RangeActiveKind, decode.RangeEndKind:
		of, id := ev.Range()
		about := fmt.Sprintf("%s of %d %d", t.RangeName(ev), of, id)
		if k[about] = "goes on"; ev.Kind() == decode.RangeEndKind {
			delete(k, about)
		}
	}
}

func (k known) transition(ev *decode.Event) {
	id, of := ev.OfGoroutine()
	switch about := fmt.Sprint("goroutine ", id); {
	case ev.OfProc():
		k[fmt.Sprint("processor ", ev.Of)] = ev.To.String()
	case !of:
	case ev.To == decode.NotExist:
		delete(k, about)
		delete(k, "label of "+about)
	default:
		k[about] = ev.To.String()
		if ev.To.Executing() {
			k[about] += fmt.Sprint(" on thread ", ev.Thread)
		} else {
			delete(k, "label of "+about)
		}
	}
}

// TestAPartBeginsWithWhatIsTheCase: the events before its first say the same as all those
// that came before it. What follows is what happened, and then a Sync, if the trace itself
// does not end with it.
func TestAPartBeginsWithWhatIsTheCase(t *testing.T) {
	traces, err := workload.RecordAll(1, "gc", "syscall", "tasks", "http")
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range traces {
		t.Run(name, func(t *testing.T) {
			f, err := container.New(bytes.NewReader(b), int64(len(b)))
			if err != nil {
				t.Fatal(err)
			}
			whole, _ := read(t, f, always)
			for _, tenths := range [][2]int{{1, 3}, {6, 8}, {9, 10}} {
				last := len(whole) - 1
				checkPart(t, f, whole[last*tenths[0]/10].time, whole[last*tenths[1]/10].time)
			}
		})
	}
}

// told is an event.
type told struct {
	time int64
	text string
}

// read returns all events, and what is known after those before which until says so. It
// fails the test for what is lost.
func read(t *testing.T, f *container.File, until func(i int, at int64) bool) (all []told, k known) {
	t.Helper()
	k = known{}
	err := events.Read(f, func(tables *decode.Tables, list []decode.Event) bool {
		for i := range list {
			if !until(len(all), list[i].Time) {
				k.take(tables, &list[i])
			}
			all = append(all, told{list[i].Time, string(tables.Append(nil, &list[i]))})
		}
		return true
	}, func(l events.Loss) bool {
		t.Errorf("lost: %+v", l)
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return all, k
}

func (k known) String() string {
	var all []string
	for _, about := range slices.Sorted(maps.Keys(k)) {
		all = append(all, about+": "+k[about])
	}
	return strings.Join(all, "\n")
}

func always(int, int64) bool { return true }

func checkPart(t *testing.T, f *container.File, from, to int64) {
	t.Helper()
	part, _ := f.Between(from, to)
	generations := *part
	generations.Span = nil
	all, before := read(t, &generations, func(_ int, at int64) bool { return at >= from })
	within := slices.DeleteFunc(all, func(ev told) bool { return ev.time < from || ev.time > to })
	got, _ := read(t, part, always)
	last := got[len(got)-1]
	if len(within) > 0 && within[len(within)-1] == last {
		within = within[:len(within)-1]
	}
	opening := len(got) - len(within) - 1
	if opening < 0 || !strings.Contains(last.text, "Sync") || last.time != to {
		t.Fatalf("from %d to %d there are %d events, want %d and more; the last is %s", from, to, len(got), len(within)+1, last.text)
	}
	for i, ev := range got[opening : len(got)-1] {
		if ev != within[i] {
			t.Fatalf("from %d to %d the event %d is\n%s\nwant\n%s", from, to, i, ev.text, within[i].text)
		}
	}
	if _, known := read(t, part, func(i int, _ int64) bool { return i >= opening }); known.String() != before.String() {
		t.Errorf("from %d to %d it begins with\n%s\nwant\n%s", from, to, known, before)
	}
	for _, ev := range got[:opening] {
		if ev.time != from {
			t.Errorf("before %d is told of %d: %s", from, ev.time, ev.text)
		}
	}
}

package chrome_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/chrome"
	"example.com/tracelab/internal/testbed/workload"
)

// TestChrome reads what is written as a viewer does: rows without overlaps,
// arrows and asynchronous times with two ends each.
func TestChrome(t *testing.T) {
	b, err := workload.Record("tasks", 1)
	if err != nil {
		t.Fatal(err)
	}
	f, err := exectrace.FromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	x, err := exectrace.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]chrome.Options{
		"all":              {},
		"a part":           {From: x.Start.Add(x.Duration() / 4), To: x.Start.Add(x.Duration() / 2)},
		"some goroutines":  {Goroutines: someGoroutines(x)},
		"nothing of it":    {From: x.End + 1, To: x.End + 2},
		"one that is not":  {Goroutines: []exectrace.GoID{1 << 60}},
		"before the trace": {From: 1, To: 2},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			n, err := chrome.Write(&out, x, o)
			if err != nil {
				t.Fatal(err)
			}
			var got struct{ TraceEvents []readEvent }
			if err := json.Unmarshal(out.Bytes(), &got); err != nil || len(got.TraceEvents) != n {
				t.Fatalf("%d events, said to be %d: %v", len(got.TraceEvents), n, err)
			}
			checkChrome(t, x, got.TraceEvents, o)
			checkMembers(t, out.Bytes())
		})
	}
}

// checkMembers reads as a program does that insists on what the format says of each event.
func checkMembers(t *testing.T, text []byte) {
	t.Helper()
	var file struct{ TraceEvents []map[string]any }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for _, e := range file.TraceEvents {
		for member, like := range map[string]any{"name": "", "cat": "", "ph": "", "ts": 0., "pid": 0., "tid": 0., "args": map[string]any{}} {
			if reflect.TypeOf(e[member]) != reflect.TypeOf(like) || e[member] == "" {
				t.Errorf("%v has no %s", e, member)
				return
			}
		}
		if args, _ := e["args"].(map[string]any); e["ph"] == "M" && (e["cat"] != "__metadata" || len(args) == 0) {
			t.Errorf("%v names a row, and lacks the category or the name", e)
		}
		if _, has := e["dur"]; has != (e["ph"] == "X") {
			t.Errorf("%v: a duration is that of a slice", e)
		}
		if _, has := e["id"]; has != (e["ph"] != "X" && e["ph"] != "M") {
			t.Errorf("%v: an id has what has two ends", e)
		}
	}
}

func someGoroutines(x *exectrace.Trace) (ids []exectrace.GoID) {
	for g := range x.Goroutines() {
		if len(ids) < 3 && g.Creator != 0 {
			ids = append(ids, g.ID)
		}
	}
	return ids
}

type readEvent struct {
	Name, Ph string
	Ts, Dur  float64
	PID      int
	TID      int64
	ID       int
}

func checkChrome(t *testing.T, x *exectrace.Trace, events []readEvent, o chrome.Options) {
	t.Helper()
	end := map[string]float64{} // of the last slice of each row
	open := map[string]int{}
	for _, e := range events {
		row := fmt.Sprint(e.PID, "/", e.TID)
		switch e.Ph {
		case "X":
			if e.Ts < end[row]-0.0005 || e.Dur <= 0 {
				t.Errorf("row %s: %+v begins before %f", row, e, end[row])
			}
			if o.To != 0 && (e.Ts < float64(o.From-x.Start)/1e3-0.0005 || e.Ts+e.Dur > float64(o.To-x.Start)/1e3+0.0005) {
				t.Errorf("%+v is not in what was asked for", e)
			}
			end[row] = e.Ts + e.Dur
		case "s", "b":
			open[fmt.Sprint(e.Ph, e.ID)]++
		case "f", "e":
			began := fmt.Sprint(map[string]string{"f": "s", "e": "b"}[e.Ph], e.ID)
			if open[began] != 1 {
				t.Errorf("%+v ends %d", e, open[began])
			}
			delete(open, began)
		case "M":
		default:
			t.Errorf("%+v is of no kind", e)
		}
	}
	if len(open) > 0 {
		t.Errorf("%d have no end", len(open))
	}
	if o.To == 0 && len(o.Goroutines) == 0 && len(end) < 50 {
		t.Errorf("there are %d rows", len(end))
	}
}

package chrome_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime/pprof"
	"runtime/trace"
	"strings"
	"testing"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/chrome"
	"example.com/tracelab/exectrace/internal/recordtest"
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
		"nothing of it":    {From: x.End, To: x.End + 2},
		"one that is not":  {Goroutines: []exectrace.GoID{1 << 60}},
		"before the trace": {From: 1, To: 2},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			n, err := write(f, &out, o)
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
		if _, has := e["id"]; has != strings.Contains("sfbe", e["ph"].(string)) {
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
		case "i", "C":
			if at := x.Start + exectrace.Time(e.Ts*1e3+0.5); at < max(o.From, x.Start)-1 || o.To != 0 && at > o.To+1 {
				t.Errorf("%+v is not in what was asked for", e)
			}
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

func write(f *exectrace.File, w io.Writer, o chrome.Options) (int, error) {
	x, err := chrome.Read(f, o)
	if err != nil {
		return 0, err
	}
	return x.Write(w)
}

// read returns what is written of a trace.
func read(t *testing.T, f *exectrace.File, o chrome.Options) (events []map[string]any) {
	t.Helper()
	var out bytes.Buffer
	if _, err := write(f, &out, o); err != nil {
		t.Fatal(err)
	}
	var file struct{ TraceEvents []map[string]any }
	if err := json.Unmarshal(out.Bytes(), &file); err != nil {
		t.Fatal(err)
	}
	return file.TraceEvents
}

// TestLogsAndSamples are on the rows of the goroutines that they are of.
func TestLogsAndSamples(t *testing.T) {
	if err := pprof.StartCPUProfile(io.Discard); err != nil {
		t.Fatal(err)
	}
	f := recordtest.Record(func() {
		ctx, task := trace.NewTask(context.Background(), "job")
		defer task.End()
		for i := range 5 {
			trace.Logf(ctx, "step", "message %d <\"&>", i)
		}
		block := make([]byte, 1<<20)
		for range 500 { // some 300 ms of a processor
			sha256.Sum256(block)
		}
	})
	pprof.StopCPUProfile()
	logs, samples := 0, 0
	for _, e := range read(t, f, chrome.Options{}) {
		args := e["args"].(map[string]any)
		switch e["cat"] {
		case "log":
			if e["name"] == fmt.Sprintf("message %d <\"&>", logs) && args["category"] == "step" && args["task"] != 0. && e["ph"] == "i" {
				logs++
			}
		case "sample":
			if strings.Contains(fmt.Sprint(args["stack"]), "TestLogsAndSamples") {
				samples++
			}
		}
	}
	if logs != 5 || samples < 1 {
		t.Errorf("there are %d messages and %d samples; want 5 and some thirty", logs, samples)
	}
}

// TestProcessorsRunOneAtATime compares the rows of processors with those of goroutines.
func TestProcessorsRunOneAtATime(t *testing.T) {
	b, err := workload.Record("gc", 2)
	if err != nil {
		t.Fatal(err)
	}
	f, err := exectrace.FromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	ran, had := map[float64]float64{}, map[float64]float64{}
	values := map[string]int{}
	for _, e := range read(t, f, chrome.Options{}) {
		switch {
		case e["cat"] == "processor":
			had[e["args"].(map[string]any)["goroutine"].(float64)] += e["dur"].(float64)
		case e["cat"] == "running":
			ran[e["tid"].(float64)] += e["dur"].(float64)
		case e["ph"] == "C":
			values[e["name"].(string)]++
		}
	}
	for g, us := range ran {
		if had[g] < us-1 {
			t.Errorf("goroutine %v ran for %v µs, and had processors for %v", g, us, had[g])
		}
	}
	if len(had) < len(ran) || values["goroutines"] < 100 || values["heap"] != values["goroutines"] || values["threads"] != values["goroutines"] {
		t.Errorf("%d goroutines of %d had a processor, values %v", len(had), len(ran), values)
	}
}

// TestTooLarge says how much there would be.
func TestTooLarge(t *testing.T) {
	f := recordtest.Record(func() {})
	x, err := exectrace.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	var whole bytes.Buffer
	if _, err := write(f, &whole, chrome.Options{MaxBytes: 1 << 30}); err != nil {
		t.Fatal(err)
	}
	size := int64(whole.Len())
	for limit, ok := range map[int64]bool{size: true, size - 1: false, 1: false} {
		var out bytes.Buffer
		_, err := write(f, &out, chrome.Options{MaxBytes: limit})
		large, is := errors.AsType[*chrome.SizeError](err)
		if ok != (err == nil) || !ok && (!is || large.Bytes != size || large.Limit != limit || large.Until < x.Start || large.Until >= x.End) || int64(out.Len()) > limit {
			t.Errorf("%d bytes of %d: %v, %d are written", limit, size, err, out.Len())
		}
	}
}

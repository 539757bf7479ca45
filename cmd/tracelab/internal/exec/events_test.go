package exec

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/wire"
	"example.com/tracelab/internal/cli"
)

// traceFile records a workload.
func traceFile(t *testing.T, kind string) (name string, file *exectrace.File) {
	t.Helper()
	name = recorded(t, kind)
	file, err := exectrace.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return name, file
}

// printed is what a command that must succeed prints.
func printed(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if status, said := command(&out, args...); status != cli.OK || said != "" {
		t.Fatalf("%q: status %d: %s", args, status, said)
	}
	return out.String()
}

// parsed are the events that ok takes, as text.
func parsed(t *testing.T, f *exectrace.File, ok func(exectrace.Event) bool) string {
	t.Helper()
	var text strings.Builder
	for ev, err := range f.AsGoTool().Events() {
		if err != nil {
			t.Fatal(err)
		}
		if ok(ev) {
			fmt.Fprintln(&text, ev)
		}
	}
	return text.String()
}

func TestEventsAreChosen(t *testing.T) {
	name, f := traceFile(t, "tasks")
	var start exectrace.Time
	var goroutine exectrace.GoID
	var logs []exectrace.Time
	for ev, err := range f.AsGoTool().Events() {
		if err != nil {
			t.Fatal(err)
		}
		if start == 0 {
			start = ev.Time()
		}
		if ev.Kind() == "Log" {
			goroutine = ev.Goroutine()
			logs = append(logs, ev.Time())
		}
	}
	// How fast the workload was is not known, but that there are logs between these.
	from, to := logs[len(logs)/4], logs[len(logs)/2]
	since, until := from.Sub(start).String(), to.Sub(start).String()
	n := 0
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, parsed(t, f, func(exectrace.Event) bool { return true })},
		{[]string{"--kind=Log", "--kind", "taskbegin"}, parsed(t, f, func(ev exectrace.Event) bool { return ev.Kind() == "Log" || ev.Kind() == "TaskBegin" })},
		{[]string{"--goroutine", fmt.Sprint(goroutine)}, parsed(t, f, func(ev exectrace.Event) bool { return ev.Concerns(goroutine) })},
		{[]string{"--from", since, "--to", until}, parsed(t, f, func(ev exectrace.Event) bool { return ev.Time() >= from && ev.Time() <= to })},
		{[]string{"--parsed", "-n", "7"}, parsed(t, f, func(exectrace.Event) bool { n++; return n <= 7 })},
	} {
		if got := printed(t, append([]string{"events", name}, c.args...)...); got != c.want || got == "" {
			t.Errorf("%q: %d bytes, want %d", c.args, len(got), len(c.want))
		}
	}
	var written strings.Builder
	file, err := wire.NewFile(f, f.Size())
	if err != nil {
		t.Fatal(err)
	}
	for ev, err := range file.Events() {
		if err != nil {
			t.Fatal(err)
		}
		if ev.Type.String() == "UserLog" && from <= exectrace.Time(ev.Time) && exectrace.Time(ev.Time) <= to {
			fmt.Fprintln(&written, ev)
		}
	}
	if got := printed(t, "events", name, "--wire", "--kind=UserLog", "--from", since, "--to", until); got != written.String() || got == "" {
		t.Errorf("as written: %d bytes, want %d", len(got), written.Len())
	}
}

func TestEventsAsJSON(t *testing.T) {
	name, f := traceFile(t, "tasks")
	for _, c := range []struct {
		form, kind string
		fields     []string
	}{
		{"--parsed", "Log", []string{"time_ns", "kind", "thread", "proc", "goroutine", "task", "category", "message", "stack"}},
		{"--parsed", "StateTransition", []string{"time_ns", "kind", "resource", "from", "to"}},
		{"--parsed", "Metric", []string{"name", "value"}},
		{"--parsed", "RangeBegin", []string{"name"}},
		{"--parsed", "TaskBegin", []string{"task", "type"}},
		{"--parsed", "RegionEnd", []string{"type", "stack"}},
		{"--parsed", "Sync", []string{"n"}},
		{"--wire", "UserLog", []string{"offset", "size", "type", "generation", "thread", "time_ns", "args", "strings", "stack"}},
		{"--wire", "Stack", []string{"args", "stack"}},
		{"--wire", "String", []string{"args", "data"}},
		{"--wire", "EventBatch", []string{"args", "generation"}},
	} {
		lines := strings.Split(strings.TrimSpace(printed(t, "events", name, c.form, "--kind", c.kind, "--json", "-n", "50")), "\n")
		for _, line := range lines {
			var object map[string]any
			if err := json.Unmarshal([]byte(line), &object); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			for _, field := range c.fields {
				if _, ok := object[field]; !ok {
					t.Errorf("%s %s has no %s: %s", c.form, c.kind, field, line)
				}
			}
		}
	}
	if n := strings.Count(printed(t, "events", name, "--json"), "\n"); n != strings.Count(parsed(t, f, func(exectrace.Event) bool { return true }), "M=") {
		t.Errorf("%d objects", n)
	}
}

func TestEventsRefused(t *testing.T) {
	name, _ := traceFile(t, "idle")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--kind", "Lag"}, `no kind of event is called "Lag" here: want one of Sync, Metric`},
		{[]string{"--wire", "--kind", "Log"}, "UserLog"},
		{[]string{"--wire", "--goroutine", "1"}, "leave out --goroutine or --wire"},
		{[]string{"--from", "2s", "--to", "1s"}, "the first before the second"},
		{[]string{"--wire", "--parsed"}, "can't be used together"},
	} {
		status, said := command(io.Discard, append([]string{"events", name}, c.args...)...)
		if status != cli.Usage || !strings.Contains(said, c.want) {
			t.Errorf("%q: status %d: %s", c.args, status, said)
		}
	}
}

// TestEventsIntoClosedPipe has a reader leave, as head does.
func TestEventsIntoClosedPipe(t *testing.T) {
	name, _ := traceFile(t, "tasks")
	r, w := io.Pipe()
	go func() {
		bufio.NewReader(r).ReadString('\n')
		r.Close()
	}()
	if status, said := command(w, "events", name); status != cli.OK || said != "" {
		t.Errorf("status %d: %s", status, said)
	}
}

// TestEventsInterrupted has the user press Ctrl-C.
func TestEventsInterrupted(t *testing.T) {
	name, f := traceFile(t, "tasks")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	all := parsed(t, f, func(exectrace.Event) bool { return true })
	for _, wire := range []bool{false, true} {
		var out bytes.Buffer
		c := eventsCommand{source: source{Trace: name}, Wire: wire}
		err := c.Run(ctx, cli.Streams{Out: &out})
		var status cli.Status
		if !errors.As(err, &status) || status.Err != nil || status.Code != cli.Negative {
			t.Errorf("%v", err)
		}
		if !wire && !strings.HasPrefix(all, out.String()) || out.Len() == 0 || out.Len() >= len(all) {
			t.Errorf("%d bytes of %d are printed", out.Len(), len(all))
		}
	}
}

func TestFootprint(t *testing.T) {
	name, f := traceFile(t, "gc")
	var got wire.Footprint
	if err := json.Unmarshal([]byte(printed(t, "footprint", name, "--json")), &got); err != nil {
		t.Fatal(err)
	}
	bytes, events, inGenerations := got.Structure.Padding+16, int64(0), int64(16)
	for _, row := range got.Types {
		bytes += row.Bytes
		events += row.Count
	}
	for _, g := range got.Generations {
		inGenerations += g.Bytes
	}
	if got.Size != f.Size() || bytes != f.Size() || inGenerations != f.Size() || events != got.Events || got.Lost != 0 {
		t.Errorf("of %d bytes: %d by type, %d by generation; %d events: %+v", f.Size(), bytes, inGenerations, events, got)
	}
	if text := printed(t, "footprint", name); !strings.Contains(text, "HeapAlloc") || !strings.Contains(text, "structure: ") {
		t.Error(text)
	}
}

package eventcmp

import (
	"bytes"
	"context"
	"runtime/trace"
	"strings"
	"testing"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/testbed/workload"
)

// compare has the two read different bytes.
func compare(t *testing.T, ours, theirs []byte) (Result, error) {
	t.Helper()
	f, err := exectrace.FromBytes(ours)
	if err != nil {
		t.Fatal(err)
	}
	return Compare(f, bytes.NewReader(theirs), Options{Every: 50})
}

func TestSame(t *testing.T) {
	for _, kind := range []string{"idle", "tasks"} {
		b, err := workload.Record(kind, 1)
		if err != nil {
			t.Fatal(err)
		}
		r, err := compare(t, b, b)
		if err != nil || r.Refused != nil || r.Events < 20 || r.Details < 20 || r.Kinds["Sync"] != 2 {
			t.Errorf("%s: %v, %v", kind, r, err)
		}
	}
}

// TestDifferent has one of the two read what was changed.
func TestDifferent(t *testing.T) {
	b, err := workload.Generations()
	if err != nil {
		t.Fatal(err)
	}
	f, err := exectrace.FromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := f.Generations()
	if err != nil || len(parts) < 5 {
		t.Fatal(len(parts), err)
	}
	half := b[:parts[4].Offset]
	renamed := bytes.ReplaceAll(b, []byte("\x04work"), []byte("\x04Work"))
	moved := bytes.ReplaceAll(b, []byte("generations.go"), []byte("Generations.go"))
	for _, c := range []struct {
		what         string
		ours, theirs []byte
		want         []string
	}{
		{"the end is missing in ours", half, b, []string{"they differ in the last", "Sync"}},
		{"the end is missing in theirs", b, half, []string{"they differ in the last", "Sync"}},
		{"a region's name", renamed, b, []string{"they differ in the last", `Type="Work"`, `Type="work"`}},
		{"the file of a frame", b, moved, []string{"they differ in the last", "/Generations.go:", "/generations.go:"}},
	} {
		r, err := compare(t, c.ours, c.theirs)
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, %v; want %q", c.what, r, err, want)
			}
		}
	}
}

// TestRefused is of a trace that the other decoder reads a part of.
func TestRefused(t *testing.T) {
	var b bytes.Buffer
	if err := trace.Start(&b); err != nil {
		t.Fatal(err)
	}
	a, z := trace.StartRegion(context.Background(), "a"), trace.StartRegion(context.Background(), "z")
	a.End()
	z.End()
	trace.Stop()
	r, err := compare(t, b.Bytes(), b.Bytes())
	if err != nil || r.Refused == nil || !strings.Contains(r.String(), "misuse of region") || r.Kinds["RegionBegin"] != 2 || r.Beyond+len(r.Lost) == 0 {
		t.Errorf("%v, %v", r, err)
	}
}

// TestTimes compares a trace of several generations with others that it is not.
func TestTimes(t *testing.T) {
	b, err := workload.Generations()
	if err != nil {
		t.Fatal(err)
	}
	f, err := exectrace.FromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	if m, err := Times(f); err != nil || m.Events < 1000 || m.States < 20 || m.Earlier < 10 || m.Most == 0 {
		t.Errorf("%v, %v", m, err)
	}
	parts, err := f.Generations()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what string
		ours []byte
		want string
	}{
		{"the order of go tool trace", b, "a state of the whole generation"},
		{"a region's name", bytes.ReplaceAll(b, []byte("\x04work"), []byte("\x04Work")), `Type="Work"`},
		{"the stacks of those who do nothing", bytes.ReplaceAll(b, []byte("runtime.forcegchelper"), []byte("runtime.forceGChelper")), "of this state"},
		{"the end is missing", b[:parts[3].Offset], "Sync"},
	} {
		ours, err := exectrace.FromBytes(c.ours)
		if err != nil {
			t.Fatal(err)
		}
		theirs := f.AsGoTool()
		if c.what == "the order of go tool trace" {
			ours, theirs = ours.AsGoTool(), f
		}
		if m, err := times(ours, theirs); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, %v, want %q", c.what, m, err, c.want)
		}
	}
}

// TestMoved is of the times of one event, and how many nanoseconds tell others of its time
// from it.
func TestMoved(t *testing.T) {
	for _, c := range []struct {
		ours, theirs, before exectrace.Time
		others               int
		ok                   bool
	}{
		{10, 10, 9, 0, true},
		{10, 11, 9, 0, false}, // which go tool trace did not move
		{10, 11, 10, 0, true},
		{10, 500, 499, 0, true},
		{11, 10, 9, 0, false},
		{11, 10, 9, 2, true},
		{10, 12, 9, 2, true},
		{10, 13, 9, 2, false},
	} {
		var m Moved
		err := m.time(item{kind: "Log", time: c.ours}, item{kind: "Log", time: c.theirs, before: c.before}, c.others)
		if (err == nil) != c.ok || err == nil && (m.Earlier == 1) != (c.ours < c.theirs) {
			t.Errorf("%+v: %v, %v", c, m, err)
		}
	}
}

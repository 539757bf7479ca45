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

func TestTimes(t *testing.T) {
	const before, theirsBefore = 100, 300
	for _, c := range []struct {
		ours, theirs exectrace.Time
		ofNoThread   bool
		exact, moved string // what is said, with times that are to be equal and without
	}{
		{310, 310, false, "", ""},
		{301, 301, false, "", ""},
		{100, 301, false, "not later than 100", "not later than 100"},
		{101, 301, false, "time 101, want 301", ""},
		{302, 301, false, "time 302, want 301", "ours is 1ns later"},
		{309, 310, false, "time 309, want 310", "1ns earlier"},
		{309, 310, true, "time 309, want 310", ""},
		{311, 310, true, "time 311, want 310", "1ns later"},
	} {
		for earlier, want := range map[bool]string{false: c.exact, true: c.moved} {
			var x comparison
			x.EarlierTimes, x.Events, x.ours.time, x.theirs.time = earlier, 2, before, theirsBefore
			got := x.times(c.ours, c.theirs, c.ofNoThread)
			if (got == "") != (want == "") || !strings.Contains(got, want) {
				t.Errorf("%+v, earlier times %t: %q, want %q", c, earlier, got, want)
			}
			if got == "" && (x.Earlier == 1) != (c.ours < c.theirs) {
				t.Errorf("%+v: %d are earlier", c, x.Earlier)
			}
		}
	}
}

package wire_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/wiretest"
	"example.com/tracelab/exectrace/wire"
	"example.com/tracelab/internal/testbed/workload"
)

func anonymized(t *testing.T, b []byte) ([]byte, []wire.Loss) {
	t.Helper()
	f, err := wire.NewFile(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	lost, err := wire.Anonymize(&out, f)
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), lost
}

// TestAnonymize compares traces event by event: they differ in names, and each
// name has one other name.
func TestAnonymize(t *testing.T) {
	for _, kind := range workload.Kinds() {
		t.Run(kind, func(t *testing.T) {
			b := record(t, kind, 1)
			out, lost := anonymized(t, b)
			if len(lost) > 0 {
				t.Fatal(lost)
			}
			for _, name := range []string{"tracelab", "workload", "/src/"} {
				if bytes.Contains(out, []byte(name)) {
					t.Errorf("%q is left", name)
				}
			}
			text := wiretest.Disassemble(t, out)
			for _, name := range []string{"request", "query", "order", "parse", "fetch", "decode"} {
				if strings.Contains(text, fmt.Sprintf("data=%q\n", name)) {
					t.Errorf("%q is left", name)
				}
			}
			want, got := sequence(t, b), sequence(t, out)
			if len(want) != len(got) {
				t.Fatalf("%d events, want %d", len(got), len(want))
			}
			renamed := map[string]string{}
			for i := range want {
				compareAnonymous(t, renamed, want[i], got[i])
			}
			if renamed["runtime.chanrecv1"] != "" && renamed["runtime.chanrecv1"] != "runtime.chanrecv1" {
				t.Errorf("chanrecv1 is %s", renamed["runtime.chanrecv1"])
			}
		})
	}
}

func sequence(t *testing.T, b []byte) (events []exectrace.Event) {
	t.Helper()
	f, err := exectrace.FromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	for ev, err := range f.Events() {
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, ev)
	}
	return events
}

func compareAnonymous(t *testing.T, renamed map[string]string, want, got exectrace.Event) {
	t.Helper()
	head := func(e exectrace.Event) string {
		return fmt.Sprint(e.Time(), e.Kind(), e.Goroutine(), e.Proc(), e.Thread(), len(e.Stack()))
	}
	if head(want) != head(got) {
		t.Fatalf("%s has become %s", want, got)
	}
	if from, to := reason(t, want), reason(t, got); from != to {
		t.Fatalf("%s has become %s", want, got)
	}
	stack := got.Stack()
	for i, w := range want.Stack() {
		g := stack[i]
		if w.PC != g.PC || w.Line != g.Line {
			t.Fatalf("%s has become %s", want, got)
		}
		if known, ok := renamed[w.Func]; ok && known != g.Func {
			t.Fatalf("%s is both %s and %s", w.Func, known, g.Func)
		}
		renamed[w.Func] = g.Func
	}
}

// reason is why a goroutine changed its state.
func reason(t *testing.T, ev exectrace.Event) string {
	t.Helper()
	var fields struct {
		Reason string `json:"reason"`
	}
	b, err := ev.MarshalJSON()
	if err == nil {
		err = json.Unmarshal(b, &fields)
	}
	if err != nil {
		t.Fatal(err)
	}
	return fields.Reason
}

// TestAnonymizeDamaged leaves out what cannot be read.
func TestAnonymizeDamaged(t *testing.T) {
	b, err := workload.Generations()
	if err != nil {
		t.Fatal(err)
	}
	f, err := exectrace.FromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	found, err := f.Generations()
	if err != nil || len(found) < 8 {
		t.Fatalf("%d generations, %v", len(found), err)
	}
	third := found[3]
	end := third.Offset + third.Size
	damaged := bytes.Clone(b)
	copy(damaged[third.Offset+third.Size/2:], make([]byte, 700))
	out, lost := anonymized(t, damaged)
	if len(lost) != 1 || lost[0].Offset != third.Offset || lost[0].Size != third.Size {
		t.Errorf("lost are %v, want %d bytes from %d on", lost, third.Size, third.Offset)
	}
	want := events(t, b[:third.Offset]) + events(t, slices.Concat(b[:headerSize], b[end:]))
	if got := events(t, out); got != want {
		t.Errorf("%d events, want %d", got, want)
	}
}

// events is how many can be read, but for those between generations.
func events(t *testing.T, b []byte) (n int) {
	t.Helper()
	f, err := exectrace.FromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	for ev, err := range f.Events() {
		if err == nil && ev.Kind() != "Sync" {
			n++
		}
	}
	return n
}

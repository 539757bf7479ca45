package exectrace

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/tracelab/exectrace/internal/wiretest"
)

func needGolden(t *testing.T, pattern string) []string {
	files := wiretest.Golden(t, pattern)
	if len(files) == 0 {
		t.Skipf("this installation of Go has no %s", pattern)
	}
	return files
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestBeforeGenerations reads the traces of Go 1.11 to 1.21.
func TestBeforeGenerations(t *testing.T) {
	for _, name := range needGolden(t, "internal/tracev1/testdata/*_good") {
		t.Run(filepath.Base(name), func(t *testing.T) {
			b := readFile(t, name)
			f, err := FromBytes(b)
			if err != nil {
				t.Fatal(err)
			}
			var c counter
			lost, err := f.each(&c)
			if err != nil || len(lost) > 0 || c.events < 30 || c.gaps > 0 {
				t.Errorf("%d events, %v, %v", c.events, lost, err)
			}
			if found, err := f.Generations(); found != nil || err != nil {
				t.Errorf("generations %v, %v", found, err)
			}
			for ev, err := range asWritten(t, f) {
				if ev != nil || err == nil || !strings.Contains(err.Error(), "Go 1.22 and later") {
					t.Errorf("as written: %v, %v", ev, err)
				}
			}
			if part, err := f.Cut(0, 1); err != nil || part.Size() != int64(len(b)) {
				t.Errorf("cut: %v", err)
			}
		})
	}
}

// TestGoldenGenerations reads the traces of Go 1.22 to 1.25 that the decoder is tested
// with, those too that are wrong on purpose.
func TestGoldenGenerations(t *testing.T) {
	for _, name := range needGolden(t, "testdata/tests/*.test") {
		t.Run(filepath.Base(name), func(t *testing.T) {
			b, text, good := wiretest.GoldenTrace(t, name)
			if good && wiretest.Disassemble(t, b) != text {
				t.Errorf("as written it is\n%.2000s", wiretest.Disassemble(t, b))
			}
			f, err := FromBytes(b)
			if err != nil {
				t.Fatal(err)
			}
			if found, err := f.Generations(); good && err != nil || len(found) == 0 {
				t.Errorf("generations %v, %v", found, err)
			}
			var c counter
			lost, err := f.each(&c)
			if (len(lost) == 0 && err == nil) != good {
				t.Errorf("%d events, lost %v, %v", c.events, lost, err)
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	for _, c := range []struct{ header, want string }{
		{"", "it is empty"},
		{"a text that is no trace\n", "it is no Go execution trace"},
		{"go", "within its header"},
		{"go 1.26 trace\x00", "within its header"},
		{"go ahead", "it is no Go execution trace"},
		{"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", "gunzip"},
		{"gotrace\x00\x05\x00\x00\x00\x00\x00\x00\x00\x00", "it is no Go execution trace"},
		{"go 1.5 trace\x00\x00\x00\x00", "that of Go 1.5"},
		{"go 1.10 trace\x00\x00\x00", "that of Go 1.10"},
		{"go 1.27 trace\x00\x00\x00", "newer tracelab"},
		{"go 1.260 trace\x00\x00", "it is no Go execution trace"},
		{"go 2.26 trace\x00\x00\x00", "it is no Go execution trace"},
		{"go 1.26 trace\x00\x00\x00", ""},
		{"go 1.11 trace\x00\x00\x00", ""},
	} {
		f, err := FromBytes([]byte(c.header))
		if c.want != "" {
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%q: %v, want %q", c.header, err, c.want)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", c.header, err)
			continue
		}
		var n counter
		if lost, err := f.each(&n); err == nil || n.events > 0 {
			t.Errorf("%q: %d events, lost %v, %v", c.header, n.events, lost, err)
		}
	}
}

// TestCutBeforeGenerations cuts the traces of Go 1.11 to 1.21. In their tables of stacks
// that costs stacks only; before, all events, and it is said why.
func TestCutBeforeGenerations(t *testing.T) {
	whole := 0
	for _, name := range needGolden(t, "internal/tracev1/testdata/*_good") {
		b := readFile(t, name)
		var all counter
		f, _ := FromBytes(b)
		if _, err := f.each(&all); err != nil {
			t.Fatal(err)
		}
		for part := range 20 {
			f, err := FromBytes(b[:16+(len(b)-17)*part/19])
			if err != nil {
				t.Fatal(err)
			}
			var c counter
			lost, err := f.each(&c)
			switch {
			case err == nil && c.events == all.events && len(lost) <= 1: // without a loss it is between two entries
				whole++
			case err != nil && c.events == 0 && strings.Contains(err.Error(), "before its last event"):
			default:
				t.Errorf("%s, %d bytes of %d: %d events of %d, %v, %v", filepath.Base(name), f.Size(), len(b), c.events, all.events, lost, err)
			}
		}
	}
	if whole < 80 {
		t.Errorf("%d parts were read, want some half of 240", whole)
	}
}

// TestBeforeGenerationsInOneOrder reads traces several times: goroutines that were ready
// to run when the trace began have no order there, and get one.
func TestBeforeGenerationsInOneOrder(t *testing.T) {
	for _, name := range needGolden(t, "internal/tracev1/testdata/stress_start_stop_1_*_good") {
		f, err := FromBytes(readFile(t, name))
		if err != nil {
			t.Fatal(err)
		}
		var first []string
		for range 10 {
			var ready []string
			for ev, err := range f.Events() {
				if err != nil {
					t.Fatal(err)
				}
				if text := ev.String(); strings.Contains(text, "Undetermined->Runnable") {
					ready = append(ready, text)
				}
			}
			if first == nil {
				first = ready
			}
			if !slices.Equal(ready, first) {
				t.Errorf("%s: they are in another order:\n%q\n%q", filepath.Base(name), ready, first)
			}
		}
		if len(first) < 3 {
			t.Errorf("%s has %d of them", filepath.Base(name), len(first))
		}
	}
}

package exectrace

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// golden returns files of the tests of Go itself, and of the decoder: they stay
// where they are installed. Not every installation has them.
func golden(t testing.TB, pattern string) (files []string) {
	t.Helper()
	for _, where := range [][]string{
		{"env", "GOROOT"},
		{"list", "-m", "-f", "{{.Dir}}", "golang.org/x/exp"},
	} {
		out, err := exec.Command("go", where...).Output()
		if err != nil {
			t.Log(where, err)
			continue
		}
		root := strings.TrimSpace(string(out))
		for _, dir := range []string{"src/internal/trace", "trace"} {
			found, err := filepath.Glob(filepath.Join(root, dir, pattern))
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, found...)
		}
	}
	return files
}

func needGolden(t *testing.T, pattern string) []string {
	files := golden(t, pattern)
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
			lost, err := f.Each(&c)
			if err != nil || len(lost) > 0 || c.events < 30 || c.gaps > 0 {
				t.Errorf("%d events, %v, %v", c.events, lost, err)
			}
			if found, err := f.Generations(); found != nil || err != nil {
				t.Errorf("generations %v, %v", found, err)
			}
			for ev, err := range f.Wire() {
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

// goldenTrace assembles a file of testdata/tests, which are archives of two
// files: what is expected, and the trace in text.
func goldenTrace(t testing.TB, name string) (b []byte, text string, good bool) {
	t.Helper()
	expected, text, ok := strings.Cut(string(readFile(t, name)), "-- trace --\n")
	if !ok {
		t.Fatalf("%s has no trace", name)
	}
	b, err := assemble(text)
	if err != nil {
		t.Fatal(name, err)
	}
	return b, text, strings.Contains(expected, "SUCCESS")
}

// TestGoldenGenerations reads the traces of Go 1.22 to 1.25 that the decoder is tested
// with, those too that are wrong on purpose.
func TestGoldenGenerations(t *testing.T) {
	for _, name := range needGolden(t, "testdata/tests/*.test") {
		t.Run(filepath.Base(name), func(t *testing.T) {
			b, text, good := goldenTrace(t, name)
			if good && disassemble(t, b) != text {
				t.Errorf("as written it is\n%.2000s", disassemble(t, b))
			}
			f, err := FromBytes(b)
			if err != nil {
				t.Fatal(err)
			}
			if found, err := f.Generations(); good && err != nil || len(found) == 0 {
				t.Errorf("generations %v, %v", found, err)
			}
			var c counter
			lost, err := f.Each(&c)
			if (len(lost) == 0 && err == nil) != good {
				t.Errorf("%d events, lost %v, %v", c.events, lost, err)
			}
		})
	}
}

// goldenDamage are inputs that the decoder had trouble with.
func goldenDamage(t testing.TB) (inputs [][]byte) {
	t.Helper()
	for _, name := range golden(t, "testdata/fuzz/FuzzReader/*") {
		_, quoted, _ := strings.Cut(string(readFile(t, name)), "\n[]byte(")
		s, err := strconv.Unquote(strings.TrimSuffix(strings.TrimSpace(quoted), ")"))
		if err != nil {
			t.Fatal(name, err)
		}
		inputs = append(inputs, []byte(s))
	}
	return inputs
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
		if lost, err := f.Each(&n); err == nil || n.events > 0 {
			t.Errorf("%q: %d events, lost %v, %v", c.header, n.events, lost, err)
		}
	}
}

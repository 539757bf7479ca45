package wiretest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Golden returns files of the tests of Go itself, and of the decoder: they stay
// where they are installed. Not every installation has them.
func Golden(t testing.TB, pattern string) (files []string) {
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

// GoldenTrace assembles a file of testdata/tests, which are archives of two
// files: what is expected, and the trace in text.
func GoldenTrace(t testing.TB, name string) (b []byte, text string, good bool) {
	t.Helper()
	expected, text, ok := strings.Cut(string(file(t, name)), "-- trace --\n")
	if !ok {
		t.Fatalf("%s has no trace", name)
	}
	b, err := Assemble(text)
	if err != nil {
		t.Fatal(name, err)
	}
	return b, text, strings.Contains(expected, "SUCCESS")
}

// GoldenDamage are inputs that the decoder had trouble with.
func GoldenDamage(t testing.TB) (inputs [][]byte) {
	t.Helper()
	for _, name := range Golden(t, "testdata/fuzz/FuzzReader/*") {
		_, quoted, _ := strings.Cut(string(file(t, name)), "\n[]byte(")
		s, err := strconv.Unquote(strings.TrimSuffix(strings.TrimSpace(quoted), ")"))
		if err != nil {
			t.Fatal(name, err)
		}
		inputs = append(inputs, []byte(s))
	}
	return inputs
}

func file(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

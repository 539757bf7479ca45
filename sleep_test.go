package tracelab_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestSleepsAreExplained finds the tests that sleep by the real clock. A test
// that waits for something asks until it is there (testbed.Within) or takes a
// bubble's time (testing/synctest). What is left has a comment on its line, or
// on the one before, that says what the sleep is: a pace, or what is measured. A
// file of nothing else says so once, in a comment that begins "Sleeps here".
func TestSleepsAreExplained(t *testing.T) {
	for name, src := range testFiles(t) {
		for _, line := range unexplained(t, name, src) {
			t.Errorf("%s:%d: a test sleeps: wait with testbed.Within or in a synctest bubble, or say in a comment what the sleep stands for", name, line)
		}
	}
}

func TestUnexplainedSleepsAreFound(t *testing.T) {
	const head, bubble = "package p\n", "import \"testing/synctest\"\n"
	for src, want := range map[string]int{
		"func f() { time.Sleep(1) }\n":                            1,
		"func f() {\ntime.Sleep(1)\ntime.Sleep(2)\n}\n":           2,
		"func f() { time.Sleep(1) } // the pace\n":                0,
		"// Sleeps here are waits.\n\nfunc f() { time.Sleep(1) }": 0,
		"func f() {\n// the pace\ntime.Sleep(1)\n}\n":             0,
		"// f sleeps\nfunc f() {\nx()\ntime.Sleep(1)\n}\n":        1,
		"func f() { g(`running>waiting at=time.Sleep<x`) }\n":     0,
		bubble + "func f() { synctest.Wait(); time.Sleep(1) }":    0,
	} {
		if got := unexplained(t, "p_test.go", []byte(head+src)); len(got) != want {
			t.Errorf("%q: lines %v; want %d", src, got, want)
		}
	}
}

// unexplained are the lines of a test file that sleep by the real clock without
// a comment.
func unexplained(t *testing.T, name string, src []byte) (lines []int) {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, src, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range file.Imports {
		if path, err := strconv.Unquote(spec.Path.Value); err == nil && path == "testing/synctest" {
			return nil
		}
	}
	said := map[int]bool{}
	for _, group := range file.Comments {
		if strings.HasPrefix(group.Text(), "Sleeps here") {
			return nil
		}
		last := set.Position(group.End()).Line
		said[last], said[last+1] = true, said[last+1] || startsLine(src, set.Position(group.Pos()))
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == "Sleep" {
			x, ok := s.X.(*ast.Ident)
			if line := set.Position(s.Pos()).Line; ok && x.Name == "time" && !said[line] {
				lines = append(lines, line)
			}
		}
		return true
	})
	return lines
}

// startsLine reports whether a comment has its line for itself.
func startsLine(src []byte, p token.Position) bool {
	return strings.TrimSpace(string(src[p.Offset-p.Column+1:p.Offset])) == ""
}

// testFiles are the sources of the tests of both modules, by name.
func testFiles(t *testing.T) map[string][]byte {
	t.Helper()
	files, root := map[string][]byte{}, os.DirFS(".")
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && strings.HasPrefix(entry.Name(), "."):
			return fs.SkipDir
		case strings.HasSuffix(name, "_test.go"):
			files[name], err = fs.ReadFile(root, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

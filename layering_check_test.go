package tracelab_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rules are what layering_test.go says of the packages.
type rules struct {
	arrows      map[string][]string // a package and what it may import of this module
	neverReach  map[string][]string // a package and what it may not import through others either
	testSupport []string            // packages that only tests and each other may import, with those below
	owners      map[string][]string // a module and who may import it
	maxFiles    int
}

// violations returns a sentence for each break of the rules. files has the
// imports of each file by its name, slashes in it.
func (r rules) violations(files map[string][]string) (found []string) {
	complain := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	count := map[string]int{}
	graph := map[string]map[string]bool{} // what each package imports
	for _, file := range slices.Sorted(maps.Keys(files)) {
		pkg := path.Dir(file)
		count[pkg]++
		if graph[pkg] == nil {
			graph[pkg] = map[string]bool{}
		}
		if _, known := r.arrows[pkg]; !known {
			complain("%s: package %s is not in the table: say what it may import", file, pkg)
		}
		for _, imported := range files[file] {
			imported, inside := strings.CutPrefix(imported, module)
			graph[pkg][imported] = true
			if inside {
				r.checkInside(complain, file, pkg, imported)
			}
			for _, owned := range slices.Sorted(maps.Keys(r.owners)) {
				if within(imported, owned) && !slices.Contains(r.owners[owned], pkg) {
					complain("%s imports %s, which is for %v", file, imported, r.owners[owned])
				}
			}
		}
	}
	for _, pkg := range slices.Sorted(maps.Keys(r.arrows)) {
		if count[pkg] == 0 {
			complain("package %s is in the table and not in the repository", pkg)
		}
	}
	for _, pkg := range slices.Sorted(maps.Keys(count)) {
		if n := count[pkg]; n > r.maxFiles {
			complain("package %s has %d files: at most %d", pkg, n, r.maxFiles)
		}
	}
	for _, from := range slices.Sorted(maps.Keys(r.neverReach)) {
		if count[from] == 0 {
			complain("package %s may never reach some, and is not in the repository", from)
		}
		for _, to := range r.neverReach[from] {
			if way := reach(graph, from, to); way != nil {
				complain("package %s reaches %s, which it may never: %s", from, to, strings.Join(way, " → "))
			}
		}
	}
	return found
}

func (r rules) checkInside(complain func(string, ...any), file, pkg, imported string) {
	if allowed, known := r.arrows[pkg]; known && !slices.Contains(allowed, imported) {
		complain("%s imports %s, which package %s may not", file, imported, pkg)
	}
	if r.supports(imported) && !r.supports(pkg) {
		complain("%s imports %s, which is for tests", file, imported)
	}
}

// supports reports whether a package is there for tests.
func (r rules) supports(pkg string) bool {
	return slices.ContainsFunc(r.testSupport, func(support string) bool { return within(pkg, support) })
}

// within reports whether a package is the other one, or below it.
func within(pkg, owned string) bool { return pkg == owned || strings.HasPrefix(pkg, owned+"/") }

// reach returns a shortest way over imports from a package to another, or to a
// package of a module; nil if there is none.
func reach(graph map[string]map[string]bool, from, to string) []string {
	before := map[string]string{from: ""}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		if at := queue[0]; at != from && within(at, to) {
			var way []string
			for ; at != ""; at = before[at] {
				way = append(way, at)
			}
			slices.Reverse(way)
			return way
		}
		for _, next := range slices.Sorted(maps.Keys(graph[queue[0]])) {
			if _, seen := before[next]; !seen {
				before[next] = queue[0]
				queue = append(queue, next)
			}
		}
	}
	return nil
}

// TestLayeringRefuses breaks each rule once.
func TestLayeringRefuses(t *testing.T) {
	base := rules{
		arrows:      map[string][]string{"a": {"b", "s", "s/t"}, "b": {"c"}, "c": {}, "s": {"s/t"}, "s/t": {"s"}},
		testSupport: []string{"s"},
		owners:      map[string][]string{"heavy.example/m": {"c"}},
		maxFiles:    2,
	}
	kept := map[string][]string{
		"a/a.go": {module + "b", "fmt"},
		"b/b.go": {module + "c"},
		"c/c.go": {"heavy.example/m/sub"},
		"s/s.go": nil, "s/t/t.go": {module + "s"},
	}
	for _, c := range []struct {
		name  string
		add   map[string][]string
		never map[string][]string
		want  string // of the one sentence; empty: none
	}{
		{name: "nothing"},
		{name: "an arrow against the way", add: map[string][]string{"c/up.go": {module + "a"}}, want: "c/up.go imports a, which package c may not"},
		{name: "a new package", add: map[string][]string{"d/d.go": nil}, want: "package d is not in the table"},
		{name: "support of tests in the product", add: map[string][]string{"a/s.go": {module + "s"}}, want: "a/s.go imports s, which is for tests"},
		{name: "support below support in the product", add: map[string][]string{"a/t.go": {module + "s/t"}}, want: "a/t.go imports s/t, which is for tests"},
		{name: "support of support", add: map[string][]string{"s/more.go": {module + "s/t"}}},
		{name: "a module of another's", add: map[string][]string{"b/m.go": {"heavy.example/m"}}, want: "b/m.go imports heavy.example/m, which is for [c]"},
		{name: "a name that only begins like it", add: map[string][]string{"b/m.go": {"heavy.example/more"}}},
		{name: "too many files", add: map[string][]string{"c/1.go": nil, "c/2.go": nil}, want: "package c has 3 files: at most 2"},
		{name: "what is reached through another", never: map[string][]string{"a": {"c"}}, want: "a → b → c"},
		{name: "a module reached through others", never: map[string][]string{"a": {"heavy.example/m"}}, want: "a → b → c → heavy.example/m/sub"},
		{name: "what is not reached", never: map[string][]string{"c": {"a"}}},
		{name: "a rule for no package", never: map[string][]string{"gone": {"a"}}, want: "package gone may never reach"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, files := base, maps.Clone(kept)
			maps.Copy(files, c.add)
			r.neverReach = c.never
			found := r.violations(files)
			if c.want == "" && len(found) > 0 || c.want != "" && (len(found) != 1 || !strings.Contains(found[0], c.want)) {
				t.Errorf("got %q, want one with %q", found, c.want)
			}
		})
	}
	delete(kept, "s/s.go")
	if found := base.violations(kept); len(found) != 1 || !strings.Contains(found[0], "package s is in the table and not in the repository") {
		t.Errorf("a row without a package: %q", found)
	}
}

// shipped are the imports of each Go file, but for tests and what never leaves
// the repository.
func shipped(t *testing.T) map[string][]string {
	t.Helper()
	files := map[string][]string{}
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if entry.IsDir() && (name == "e2e" || name == "interop" || name != "." && strings.HasPrefix(entry.Name(), ".")) {
			return fs.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		files[name] = []string{}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			files[name] = append(files[name], imported)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

package tracelab_test

import (
	"bytes"
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sizes are of one tree of files.
type sizes struct {
	packages  map[string]*packageSize
	files     pieces
	functions pieces

	mains        int
	comments     int // lines with a comment, or a part of one
	dependencies int

	tests                       map[string]int // how many there are of each kind
	unitTests, e2eTests, others int            // lines
}

type packageSize struct {
	files, lines, tests, exported int
	imports                       map[string]bool // packages of this module
}

// piece is a file or a function.
type piece struct {
	name  string
	lines int
}

type pieces []piece

// quantile is the lines of a piece than which so many of ten are not longer.
func (p pieces) quantile(tenths int) int {
	if len(p) == 0 {
		return 0
	}
	sorted := slices.SortedFunc(slices.Values(p), func(a, b piece) int { return cmp.Compare(a.lines, b.lines) })
	return sorted[min(len(p)*tenths/10, len(p)-1)].lines
}

func (s *sizes) of(pkg string) *packageSize {
	if s.packages[pkg] == nil {
		s.packages[pkg] = &packageSize{imports: map[string]bool{}}
	}
	return s.packages[pkg]
}

// count reads all Go files below a directory, and go.mod.
func count(t *testing.T, dir string) *sizes {
	t.Helper()
	s := &sizes{packages: map[string]*packageSize{}, tests: map[string]int{}}
	root := os.DirFS(dir)
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && strings.HasPrefix(entry.Name(), "."):
			return fs.SkipDir
		case entry.IsDir() || !strings.HasSuffix(name, ".go"):
			return nil
		}
		src, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		return s.add(name, src)
	})
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	s.dependencies = len(directDependency.FindAll(mod, -1))
	return s
}

var directDependency = regexp.MustCompile(`(?m)^\t\S+ v\S+$`)

// add counts a file: of the product, or of its tests. interop and e2e are tests
// as a whole.
func (s *sizes) add(name string, src []byte) error {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, src, parser.ParseComments)
	if err != nil {
		return err
	}
	lines, isTest := bytes.Count(src, []byte("\n")), strings.HasSuffix(name, "_test.go")
	if isTest {
		s.addTests(file)
	}
	switch {
	case strings.HasPrefix(name, "interop/"):
		s.others += lines
	case strings.HasPrefix(name, "e2e/"):
		s.e2eTests += lines
	case isTest:
		s.unitTests += lines
		s.of(path.Dir(name)).tests += lines
	default:
		s.addProduct(name, set, file, lines)
	}
	return nil
}

func (s *sizes) addTests(file *ast.File) {
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv != nil || f.Name.Name == "TestMain" {
			continue
		}
		for _, kind := range []string{"Test", "Benchmark", "Fuzz", "Example"} {
			if strings.HasPrefix(f.Name.Name, kind) {
				s.tests[kind]++
			}
		}
	}
}

func (s *sizes) addProduct(name string, set *token.FileSet, file *ast.File, lines int) {
	p := s.of(path.Dir(name))
	if p.files == 0 && file.Name.Name == "main" {
		s.mains++
	}
	p.files++
	p.lines += lines
	s.files = append(s.files, piece{name, lines})
	for _, spec := range file.Imports {
		if imported, ours := strings.CutPrefix(strings.Trim(spec.Path.Value, `"`), module); ours {
			p.imports[imported] = true
		}
	}
	s.comments += commented(set, file)
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			from, to := set.Position(f.Pos()), set.Position(f.End())
			s.functions = append(s.functions, piece{name + ": " + f.Name.Name, to.Line - from.Line + 1})
		}
		p.exported += exported(d)
	}
}

func commented(set *token.FileSet, file *ast.File) int {
	lines := map[int]bool{}
	for _, group := range file.Comments {
		for _, c := range group.List {
			for line := set.Position(c.Pos()).Line; line <= set.Position(c.End()).Line; line++ {
				lines[line] = true
			}
		}
	}
	return len(lines)
}

// exported is the number of exported names that a declaration makes: those of
// the package, and methods of exported types.
func exported(d ast.Decl) (n int) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && (d.Recv == nil || ofExported(d.Recv.List[0].Type)) {
			n++
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				n += one(spec.Name)
			case *ast.ValueSpec:
				for _, name := range spec.Names {
					n += one(name)
				}
			}
		}
	}
	return n
}

func one(name *ast.Ident) int {
	if name.IsExported() {
		return 1
	}
	return 0
}

func ofExported(receiver ast.Expr) bool {
	switch r := receiver.(type) {
	case *ast.StarExpr:
		return ofExported(r.X)
	case *ast.IndexExpr:
		return ofExported(r.X)
	case *ast.IndexListExpr:
		return ofExported(r.X)
	case *ast.Ident:
		return r.IsExported()
	}
	return false
}

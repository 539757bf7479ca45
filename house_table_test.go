package tracelab_test

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
)

// print writes a column for each tree, and how each number is counted; then a
// row for each package.
func print(w io.Writer, trees ...*sizes) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprint(table, row.name)
		for _, s := range trees {
			fmt.Fprint(table, "\t", row.value(s))
		}
		fmt.Fprintf(table, "\t%s\n", row.how)
	}
	fmt.Fprintln(table)
	table.Flush()

	names := map[string]bool{}
	for _, s := range trees {
		for name := range s.packages {
			names[name] = true
		}
	}
	for _, heading := range append([]string{"package"}, slices.Repeat([]string{"files/lines/exported/imports; tests"}, len(trees))...) {
		fmt.Fprint(table, heading, "\t")
	}
	fmt.Fprintln(table)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		fmt.Fprint(table, name)
		for _, s := range trees {
			fmt.Fprint(table, "\t", s.packages[name])
		}
		fmt.Fprintln(table)
	}
	table.Flush()
}

func (p *packageSize) String() string {
	if p == nil {
		return "–"
	}
	return fmt.Sprintf("%d/%d/%d/%d; %d", p.files, p.lines, p.exported, len(p.imports), p.tests)
}

// rows are of what a reader of the product meets: interop and e2e are tests.
var rows = []struct {
	name, how string
	value     func(*sizes) string
}{
	{"packages (main)", "folders with Go files that are not tests, but for interop and e2e; labs are among them",
		func(s *sizes) string { return fmt.Sprintf("%d (%d)", s.productPackages(), s.mains) }},
	{"files / lines", "the Go files there that are not tests, all lines",
		func(s *sizes) string { return fmt.Sprintf("%d / %d", len(s.files), s.lines()) }},
	{"of these for tests", "packages of which layering_test.go says so, as they are named now or were before",
		func(s *sizes) string { return fmt.Sprintf("%d / %d", s.support().files, s.support().lines) }},
	{"file med/p90/max", "lines", func(s *sizes) string { return s.files.spread() }},
	{"functions med/p90/max", "methods too; from func to the closing brace",
		func(s *sizes) string { return fmt.Sprintf("%d: %s", len(s.functions), s.functions.spread()) }},
	{"exported, most in one", "names of the package, and methods of exported types; fields are not counted",
		func(s *sizes) string {
			all := s.each(func(p *packageSize) int { return p.exported })
			return fmt.Sprintf("%d, %d", all.sum(), all.quantile(10))
		}},
	{"fan-out med/max", "packages of this module that a package imports",
		func(s *sizes) string {
			all := s.each(func(p *packageSize) int { return len(p.imports) })
			return fmt.Sprintf("%d/%d", all.quantile(5), all.quantile(10))
		}},
	{"files of a package med/max", "", func(s *sizes) string {
		all := s.each(func(p *packageSize) int { return p.files })
		return fmt.Sprintf("%d/%d", all.quantile(5), all.quantile(10))
	}},
	{"comments", "lines with a comment, of all lines",
		func(s *sizes) string { return fmt.Sprintf("%.1f %%", 100*float64(s.comments)/float64(s.lines())) }},
	{"test/code", "lines of tests beside the code, with those of e2e, and with those of interop, by lines of code",
		func(s *sizes) string {
			by := func(tests int) float64 { return float64(tests) / float64(s.lines()) }
			return fmt.Sprintf("%.2f, %.2f, %.2f", by(s.unitTests), by(s.unitTests+s.e2eTests), by(s.unitTests+s.e2eTests+s.others))
		}},
	{"Test/Bench/Fuzz/Example", "functions, in both modules; TestMain is none",
		func(s *sizes) string {
			return fmt.Sprintf("%d/%d/%d/%d", s.tests["Test"], s.tests["Benchmark"], s.tests["Fuzz"], s.tests["Example"])
		}},
	{"direct dependencies", "of the root module", func(s *sizes) string { return fmt.Sprint(s.dependencies) }},
}

func (p pieces) spread() string {
	return fmt.Sprintf("%d/%d/%d", p.quantile(5), p.quantile(9), p.quantile(10))
}

func (p pieces) sum() (n int) {
	for _, each := range p {
		n += each.lines
	}
	return n
}

func (s *sizes) lines() int { return s.files.sum() }

// each is a number of every package of the product.
func (s *sizes) each(number func(*packageSize) int) (all pieces) {
	for name, p := range s.packages {
		if p.files > 0 {
			all = append(all, piece{name, number(p)})
		}
	}
	return all
}

func (s *sizes) productPackages() int { return len(s.each(func(*packageSize) int { return 0 })) }

// support is what only tests use of the files that are not tests.
func (s *sizes) support() (all packageSize) {
	r := rules{testSupport: slices.Concat(testSupport, []string{"exectrace/workload", "internal/zipkinapi/posts"})}
	for name, p := range s.packages {
		if r.supports(name) {
			all.files += p.files
			all.lines += p.lines
		}
	}
	return all
}

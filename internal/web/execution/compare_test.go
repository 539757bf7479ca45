package execution_test

import (
	"fmt"
	"strings"
	"testing"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions/report"
	"example.com/tracelab/internal/testbed/executiontest"
	"example.com/tracelab/internal/web/execution"
)

// TestCompare: each function is in one row, with what both traces have of it and the difference.
func TestCompare(t *testing.T) {
	library := executiontest.Library(map[string][]byte{"a": record(t, "tasks"), "b": record(t, "sync")})
	a, err := library.Open(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	b, err := library.Open(t.Context(), "b")
	if err != nil {
		t.Fatal(err)
	}
	s := serveFrom(t, library, execution.Config{})
	for _, per := range report.Pers() {
		page := s.page("/exec/a/compare?with=b&per="+string(per), 200)
		for _, r := range report.Besides(report.Goroutines(a.Trace), report.Goroutines(b.Trace)) {
			before, after, more := report.Pair{A: a.Trace.Duration(), B: b.Trace.Duration(), Per: per}.Columns(r)
			i := strings.Index(page, ">"+report.Named(r.Func)+"<")
			if i < 0 {
				t.Fatalf("per %s: %s is not there", per, report.Named(r.Func))
			}
			row, _, _ := strings.Cut(page[i:], "</tr>")
			for j, d := range more {
				if before[j] == 0 && after[j] == 0 {
					continue
				}
				if want := fmt.Sprintf(`<data value="%d">%s</data>`, d, display.Change(d)); !strings.Contains(row, want) {
					t.Errorf("per %s, %s, %s: there is no %s in\n%s", per, report.Named(r.Func), report.ColumnNames()[j], want, row)
				}
			}
			if links := strings.Count(row, "<a "); (r.A.Count > 0) != strings.Contains(row, "/exec/a/goroutines?func=") || (r.B.Count > 0) != strings.Contains(row, "/exec/b/goroutines?func=") {
				t.Errorf("%s: %d links in\n%s", r.Func, links, row)
			}
		}
	}
	if page := s.page("/exec/a/compare", 200); !strings.Contains(page, `<option value="b">`) || strings.Contains(page, `<option value="a">`) {
		t.Errorf("what it can be compared with is\n%s", page)
	}
	if page := s.page("/exec/a/compare?with=b&q=nobody", 200); !strings.Contains(page, "No name has nobody") {
		t.Errorf("of a filter that nothing passes it says\n%s", page)
	}
}

// TestNothingToCompareWith: where there is one execution trace, nothing leads to the page, and
// it says so.
func TestNothingToCompareWith(t *testing.T) {
	s := serve(t, record(t, "tasks"), execution.Config{})
	if page := s.page("/exec/t", 200); strings.Contains(page, "/compare") {
		t.Error("a link leads to the comparison")
	}
	if page := s.page("/exec/t/compare", 200); !strings.Contains(page, "There is no other execution trace") {
		t.Errorf("it says\n%s", page)
	}
}

package exec

import (
	"encoding/xml"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/executions/report"
)

func TestMMU(t *testing.T) {
	trace := recorded(t, "gc")
	a := answered[report.MMU](t, "mmu", trace)
	last := a.Curve[len(a.Curve)-1]
	if a.Duration <= 0 || last.Window != a.Duration || last.MMU <= 0 || last.MMU >= 1 || a.Curve[0].Window != time.Microsecond {
		t.Errorf("%+v", a)
	}
	for _, p := range a.Curve {
		if values := []float64{0, p.MMU, p.P999, p.P99, p.P95, 1}; !slices.IsSorted(values) {
			t.Errorf("%v: %v", p.Window, values)
		}
	}
	if len(a.Worst) == 0 {
		t.Error("there are no worst windows")
	}
	whole := answered[summary](t, "summary", trace).Duration
	for _, w := range a.Worst {
		i := slices.IndexFunc(a.Curve, func(p report.MMUPoint) bool { return p.Window == w.Window })
		if w.At < 0 || w.At+w.Window > whole || w.Utilization < a.Curve[i].MMU {
			t.Errorf("%+v, of a trace of %v with a minimum of %v", w, whole, a.Curve[i].MMU)
		}
	}
	table := said(t, "mmu", trace)
	if n := strings.Count(table, "\n"); n != len(a.Curve)+len(a.Worst)+3 {
		t.Errorf("%d lines for %d windows and %d that are worst:\n%s", n, len(a.Curve), len(a.Worst), table)
	}
	tools := answered[report.MMU](t, "mmu", trace, "--as-go-tool")
	if slices.Equal(tools.Curve, a.Curve) {
		t.Error("the rules of go tool trace make no difference")
	}
}

func TestWindows(t *testing.T) {
	for whole, want := range map[time.Duration][]time.Duration{
		500:                     {500},
		time.Microsecond:        {1000},
		7 * time.Microsecond:    {1000, 2000, 5000, 7000},
		20*time.Microsecond + 1: {1000, 2000, 5000, 10000, 20000, 20001},
	} {
		if got := report.Windows(whole); !slices.Equal(got, want) {
			t.Errorf("%v: %v, want %v", whole, got, want)
		}
	}
	if got := report.Windows(math.MaxInt64); !slices.IsSorted(got) || got[len(got)-1] != math.MaxInt64 {
		t.Errorf("of the longest time there are %v", got)
	}
}

func TestMMUPicture(t *testing.T) {
	trace := recorded(t, "gc")
	odd := filepath.Join(filepath.Dir(trace), `a<b>&"c"`)
	if err := os.Rename(trace, odd); err != nil {
		t.Fatal(err)
	}
	picture := said(t, "mmu", odd, "--svg", "-")
	d := xml.NewDecoder(strings.NewReader(picture))
	points, title := 0, ""
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, picture)
		}
		e, ok := token.(xml.StartElement)
		switch {
		case ok && e.Name.Local == "polyline":
			points = len(strings.Fields(e.Attr[0].Value))
		case ok && e.Name.Local == "title":
			d.DecodeElement(&title, &e)
		}
	}
	if points < 100 || !strings.Contains(title, `a<b>&"c"`) || !strings.Contains(picture, "prefers-color-scheme: dark") {
		t.Errorf("%d points, title %q", points, title)
	}
	file := filepath.Join(t.TempDir(), "mmu.svg")
	if printed := said(t, "mmu", odd, "--svg", file); printed != "" {
		t.Errorf("beside the file there is %q", printed)
	}
	if b, err := os.ReadFile(file); err != nil || string(b) != picture {
		t.Errorf("the file has %d bytes, and standard output got %d: %v", len(b), len(picture), err)
	}
}

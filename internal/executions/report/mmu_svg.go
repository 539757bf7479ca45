package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"strings"
	"time"

	"example.com/tracelab/exectrace/mmu"
	"example.com/tracelab/internal/display"
)

//go:embed mmu.svg.tmpl
var mmuText string

var mmuPicture = template.Must(template.New("mmu").Parse(mmuText))

// mmuChart is where on the picture what is.
type mmuChart struct {
	Title, Summary, Flags    string
	Left, Top, Right, Bottom float64
	Curve                    string // the points of a polyline
	Windows, Parts           []tick
}

// tick is a line of the grid, and its label.
type tick struct {
	At    float64
	Label string
}

// DrawMMU writes the curve as SVG: from 1 µs to the whole of the trace, the windows on a
// logarithmic axis.
func DrawMMU(out io.Writer, u *mmu.Utilization, name string, flags []string) error {
	from, to := u.Span()
	least, whole := time.Microsecond, max(to.Sub(from), 2*time.Microsecond)
	counted := strings.Join(flags, ", ")
	c := mmuChart{
		Title:   "Minimum mutator utilization of " + name,
		Summary: fmt.Sprintf("The smallest part of the processors that garbage collection (%s) left to the program, in windows of 1 µs to %s.", counted, display.Duration(whole)),
		Flags:   counted,
		Left:    60, Top: 60, Right: 700, Bottom: 360,
	}
	x := func(window time.Duration) float64 {
		return round(c.Left + (c.Right-c.Left)*math.Log(float64(window)/float64(least))/math.Log(float64(whole)/float64(least)))
	}
	y := func(part float64) float64 { return round(c.Bottom - (c.Bottom-c.Top)*part) }
	var points []string
	const steps = 200
	for i := range steps + 1 {
		window := time.Duration(float64(least) * math.Pow(float64(whole)/float64(least), float64(i)/steps))
		points = append(points, fmt.Sprint(x(window), ",", y(u.MMU(window))))
	}
	c.Curve = strings.Join(points, " ")
	for _, window := range decades(least, whole) {
		c.Windows = append(c.Windows, tick{x(window), display.RoundMicros(window.Microseconds())})
	}
	for percent := 0; percent <= 100; percent += 25 {
		c.Parts = append(c.Parts, tick{y(float64(percent) / 100), fmt.Sprint(percent, "%")})
	}
	return mmuPicture.Execute(out, c)
}

// round keeps the picture short: a tenth of a pixel is enough.
func round(v float64) float64 { return math.Round(v*10) / 10 }

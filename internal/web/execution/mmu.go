package execution

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"example.com/tracelab/exectrace/mmu"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/executions/report"
	"example.com/tracelab/internal/web/shell"
)

// mmuPage is /exec/{id}/mmu: how much of the processors the garbage collector left.
type mmuPage struct {
	page
	Work    []choice
	PerProc bool
	Picture string
	Says    string // what the picture shows
	Curve   []mmuRow
	Worst   []worstRow
}

// choice is a kind of work of the collector, and whether it counts.
type choice struct {
	Name string
	Here bool
}

// mmuRow is the curve at a length of windows.
type mmuRow struct {
	Window string
	Parts  []string // mmu, p99.9, p99, p95
}

// worstRow is a window in which the program had little of the processors.
type worstRow struct{ Window, At, Utilization, Timeline string }

// utilization is what pages show of a trace's utilization.
type utilization struct {
	report.MMU
	picture []byte // SVG
}

// mmuAsked is what the address of the page, and of its picture, asks for.
type mmuAsked struct {
	*asked
	flags   []string
	perProc bool
}

func readMMU(r *http.Request) mmuAsked {
	a := mmuAsked{asked: readAsked(r, "flags", "per_proc"), flags: []string{"stw", "background", "assist"}}
	if a.Has("flags") {
		a.flags = nil
		for name := range strings.SplitSeq(a.Get("flags"), ",") {
			if !slices.Contains(report.GCWorkNames(), name) {
				a.Wrong = append(a.Wrong, "flags has "+display.Text(name, 40)+", which is no work of the collector: use some of "+strings.Join(report.GCWorkNames(), ", ")+".")
			} else if !slices.Contains(a.flags, name) {
				a.flags = append(a.flags, name)
			}
		}
	}
	a.perProc = a.oneOf("per_proc", []string{"0", "1"}) == "1"
	return a
}

// worstOf is how many of the worst windows of a length are listed.
const worstOf = 3

// utilization is computed once for each choice.
func (v *visit) utilization(a mmuAsked) (utilization, error) {
	name := "mmu " + strings.Join(slices.Sorted(slices.Values(a.flags)), ",") + " " + strconv.FormatBool(a.perProc)
	return executions.Keep(v.Execution, name, func() (utilization, error) {
		u, _, err := mmu.Of(v.File, mmu.Options{Work: report.GCWork(a.flags), PerProc: a.perProc})
		if err != nil {
			return utilization{}, err
		}
		out := utilization{MMU: report.NewMMU(u, worstOf)}
		var picture bytes.Buffer
		err = report.DrawMMU(&picture, u, v.Called(), a.flags)
		out.picture = picture.Bytes()
		return out, err
	})
}

func (p *Pages) mmu(v *visit) {
	a := readMMU(v.r)
	data := mmuPage{page: v.page(a.asked, func(w shell.Words) string { return w.T("Mutator utilization") }), PerProc: a.perProc}
	for _, name := range report.GCWorkNames() {
		data.Work = append(data.Work, choice{name, slices.Contains(a.flags, name)})
	}
	if !a.Right() {
		v.show("exec_mmu", a.asked, data)
		return
	}
	u, err := v.utilization(a)
	if err != nil {
		v.pages.Shell.Problem(v.w, v.r, http.StatusUnprocessableEntity, shell.Problem{
			Heading: data.T("The mutator utilization is not known"), Text: data.T("The execution trace lacks what it is computed of."), Error: display.Text(err.Error(), longestText)})
		return
	}
	data.Picture = v.To("/mmu.svg", "flags", a.Get("flags"), "per_proc", a.Get("per_proc"))
	data.Says = data.T("The curve of the first column of the table: at %s it is %s.", mmuWindow(u.Curve[0]), mmuPart(u.Curve[0].MMU))
	for _, c := range u.Curve {
		data.Curve = append(data.Curve, mmuRow{mmuWindow(c), []string{mmuPart(c.MMU), mmuPart(c.P999), mmuPart(c.P99), mmuPart(c.P95)}})
	}
	for _, w := range u.Worst {
		data.Worst = append(data.Worst, worstRow{display.RoundMicros(w.Window.Microseconds()), report.Since(w.At), mmuPart(w.Utilization), v.Timeline(w.At, w.At+w.Window)})
	}
	v.show("exec_mmu", a.asked, data)
}

func mmuWindow(p report.MMUPoint) string { return display.RoundMicros(p.Window.Microseconds()) }

// mmuPicture is the curve, as tracelab exec mmu --svg draws it. Its styles are inside of it.
func (p *Pages) mmuPicture(v *visit) {
	a := readMMU(v.r)
	u, err := utilization{}, error(nil)
	if a.Right() {
		u, err = v.utilization(a)
	}
	if err != nil || !a.Right() {
		http.Error(v.w, "no such picture", http.StatusNotFound)
		return
	}
	h := v.w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	h.Set("Content-Type", "image/svg+xml")
	h.Set("Cache-Control", "no-cache")
	v.w.Write(u.picture)
}

func mmuPart(u float64) string { return strconv.FormatFloat(u, 'f', 3, 64) }

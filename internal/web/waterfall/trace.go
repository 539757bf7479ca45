package waterfall

import (
	"html/template"
	"net/http"
	"strconv"
	"time"

	"example.com/tracelab/internal/analysis/critical"
	"example.com/tracelab/internal/analysis/report"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/web/draw"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/whytext"
)

// tracePage is /traces/{id}: what all views of a trace have in common.
type tracePage struct {
	shell.Page
	*Waterfall // the whole trace
	shown
	Root     string // the key of the row that is shown as the root, or empty
	Ago      string
	Recent   bool // more of its spans may be on their way
	JSONPath string
	PathSaid string   // where the time of the request was spent, or why that is not known
	Shifted  []string // how the clocks differ
	Why      string   // the command that explains it: of all, curl is what readers have
	Offer    *offer   // of an explanation; nil: nobody explains
	Result   *result
}

func (p *Pages) trace(w http.ResponseWriter, r *http.Request) {
	a, f := p.ask(r)
	if f != nil {
		p.fail(w, r, f)
		return
	}
	// The page asks for the head alone to learn whether there is more to show.
	w.Header().Set("Trace-Spans", strconv.Itoa(a.whole.Spans))
	w.Header().Set("Trace-Explained", strconv.Itoa(a.whole.Explained))
	if r.Method == http.MethodHead {
		return
	}
	switch a.View {
	case statistics:
		p.showStatistics(w, r, a)
	case flame:
		p.showFlame(w, r, a)
	case spansTable:
		p.showSpans(w, r, a)
	default:
		p.showTimeline(w, r, a)
	}
}

// page is what all views of a trace have in common.
func (p *Pages) page(r *http.Request, a *asked, script string) tracePage {
	wf, now := a.whole, p.cfg.Now()
	tp := tracePage{
		Page:      p.shell.Page(r, wf.RootService()+": "+wf.RootName(), script),
		Waterfall: wf,
		shown:     a.shown,
		Root:      a.shown.Root,
		Ago:       draw.Ago(now, wf.StartTime()),
		Recent:    now.Sub(wf.StartTime()) < time.Minute && !a.Opened,
		JSONPath:  Path(wf.ID.String()) + "/json",
		Why:       whytext.Curl(hosts.ForCurl(r), wf.ID.String(), "", ""),
	}
	tp.Styles = []string{"time.css", "trace.css", "views.css"}
	tp.PathSaid = pathSaid(wf.path)
	if a.Opened {
		tp.JSONPath += "?opened=1"
	} else {
		p.explain(r, a.spans, &tp)
	}
	tp.Shifted = shifted(tp.Words, wf.path.Shifts)
	return tp
}

// pathSaid says where the time of the request was spent that stands for the trace.
func pathSaid(t *critical.Trace) string {
	said, err := report.Sentence(t)
	if err != nil {
		return err.Error() + "."
	}
	return said
}

// mostShifts bounds how many clocks are told of.
const mostShifts = 5

func shifted(words shell.Words, shifts []critical.Shift) (all []string) {
	for _, s := range shifts {
		name := serviceName(s.Service)
		if s.Host != "" {
			name += " (" + s.Host + ")"
		}
		switch {
		case len(all) == mostShifts:
			return append(all, words.T("%d more clocks differ.", len(shifts)-mostShifts))
		case s.US < 0:
			all = append(all, words.T("The clock of %s is %s behind that of its caller.", name, display.Micros(-s.US)))
		default:
			all = append(all, words.T("The clock of %s is %s ahead of that of its caller.", name, display.Micros(s.US)))
		}
	}
	return all
}

// tab is a link to a view.
type tab struct {
	Label string
	Path  template.URL
	Here  bool
}

// Tabs lead to the views.
func (p tracePage) Tabs() []tab {
	to := func(view string) template.URL { return p.With("view", view, "from", "", "sort", "", "by", "") }
	return []tab{
		{Label: "Timeline", Path: to(""), Here: p.View == timeline},
		{Label: "Statistics", Path: to(statistics), Here: p.View == statistics},
		{Label: "Flame graph", Path: to(flame), Here: p.View == flame},
		{Label: "Spans", Path: to(spansTable), Here: p.View == spansTable},
	}
}

// WholeTrace is the address of the same of the whole trace.
func (p tracePage) WholeTrace() template.URL { return p.With("root", "", "zoom", "", "from", "") }

// Answered reports whether the page has an explanation to which nothing can be added.
func (p tracePage) Answered() bool {
	return p.Result != nil && p.Result.Failed == "" && !p.Result.Awaited()
}

// MaxOpened is how many traces that were opened from files are kept.
func (p tracePage) MaxOpened() int { return maxOpened }

// Said is what the tags say of a span, if the page has no explanation beside it.
func (p tracePage) Said() *said {
	if p.Answered() {
		return nil
	}
	return p.Explanation()
}

// rows answers with all rows, for the script that draws them.
func (p *Pages) rows(w http.ResponseWriter, r *http.Request) {
	a, f := p.ask(r)
	if f != nil {
		p.failText(w, f)
		return
	}
	answerJSON(w, func(b []byte) []byte { return a.part.appendRows(b, a.shown) })
}

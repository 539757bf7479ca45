package execution

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/web/shell"
)

// visit is a request for a page of an execution trace that is open.
type visit struct {
	w http.ResponseWriter
	r *http.Request
	*executions.Execution
	pages *Pages
}

// patience is how long a page waits for its execution trace to be read, before it says so.
const patience = 1500 * time.Millisecond

// opened has a page shown once its execution trace is open.
func (p *Pages) opened(show func(*visit)) http.HandlerFunc {
	return p.Opened(func(w http.ResponseWriter, r *http.Request, e *executions.Execution) { show(&visit{w, r, e, p}) })
}

// Opened has a page shown to who may see it, once its execution trace, of the id in the
// path, is open. A page that would wait for long says so and asks again; where there is no
// such trace, or it cannot be read, a page says that.
func (p *Pages) Opened(show func(http.ResponseWriter, *http.Request, *executions.Execution)) http.HandlerFunc {
	return p.Trust.Page(func(w http.ResponseWriter, r *http.Request) { p.open(w, r, r.PathValue("id"), patience, show) })
}

// open is Opened for an id, with a time for which the page waits.
func (p *Pages) open(w http.ResponseWriter, r *http.Request, id string, patience time.Duration, show func(http.ResponseWriter, *http.Request, *executions.Execution)) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	e, err := p.Library.Open(ctx, id)
	words := p.Shell.Words(r)
	var unreadable *executions.Unreadable
	switch {
	case err == nil:
		show(w, r, e)
	case r.Context().Err() != nil: // the client is gone
	case errors.Is(err, context.DeadlineExceeded):
		p.wait(w, r)
	case errors.Is(err, executions.ErrUnknown):
		p.Shell.Problem(w, r, http.StatusNotFound, shell.Problem{
			Heading: words.T("There is no such execution trace"), Text: words.T("The list has those that there are."), Error: r.URL.Path})
	case errors.As(err, &unreadable):
		p.Shell.Problem(w, r, http.StatusUnprocessableEntity, shell.Problem{
			Heading: words.T("The execution trace cannot be read"),
			Text:    words.T("Nothing in it could be understood: it may be another kind of file, or damaged from its beginning on."),
			Error:   display.Text(err.Error(), longestText)})
	default:
		p.Shell.Problem(w, r, http.StatusInternalServerError, shell.Problem{
			Heading: words.T("The execution trace cannot be opened"), Text: words.T("Reload to try again."), Error: display.Text(err.Error(), longestText)})
	}
}

// longestText is how much of a text that comes from elsewhere a page shows, in characters.
const longestText = 500

// wait says that the execution trace is being read, and has the browser ask again.
func (p *Pages) wait(w http.ResponseWriter, r *http.Request) {
	const again = 2 // seconds
	w.Header().Set("Refresh", strconv.Itoa(again))
	w.Header().Set("Retry-After", strconv.Itoa(again))
	page := p.Shell.Page(r, "", "")
	page.Title, page.Styles = page.T("The execution trace is being read"), styles()
	p.Shell.Show(w, r, http.StatusAccepted, "exec_wait", page)
}

func styles() []string { return []string{"execution.css"} }

// page is what all pages of an execution trace have.
type page struct {
	shell.Page
	*visit
	Asked   *asked
	Heading string
}

// page begins a page. Heading is text of the page's language.
func (v *visit) page(a *asked, heading func(shell.Words) string) page {
	p := page{Page: v.pages.Shell.Page(v.r, "", ""), visit: v, Asked: a}
	p.Heading = heading(p.Words)
	p.Title, p.Styles = display.Text(v.Name, 100)+": "+p.Heading, styles()
	return p
}

// show shows a page, which is 400 if its address could not be understood.
func (v *visit) show(name string, a *asked, data any) {
	status := http.StatusOK
	if !a.Right() {
		status = http.StatusBadRequest
	}
	v.pages.Shell.Show(v.w, v.r, status, name, data)
}

// missing answers 404: the execution trace does not have what is asked for.
func (v *visit) missing(heading, text string) {
	v.pages.Shell.Problem(v.w, v.r, http.StatusNotFound, shell.Problem{Heading: heading, Text: text})
}

// refuse answers 400.
func (v *visit) refuse(heading, text string) {
	v.pages.Shell.Problem(v.w, v.r, http.StatusBadRequest, shell.Problem{Heading: heading, Text: text})
}

// To is the address of another page of the execution trace, with pairs of parameters and
// values. It is empty if a value is too long for an address.
func (v *visit) To(path string, pairs ...string) string {
	return address(Path+"/"+url.PathEscape(v.ID)+path, url.Values{}, pairs)
}

// Called is the name of the execution trace, as pages show it.
func (v *visit) Called() string { return display.Text(v.Name, 100) }

// aroundMoment is how much is shown of the time before a moment, and after it.
const aroundMoment = 500 * time.Microsecond

// Timeline is the address of a time in the timeline, or of a moment; empty: there is no such
// page.
func (v *visit) Timeline(from, to time.Duration, pairs ...string) string {
	if !v.pages.Timeline {
		return ""
	}
	if from >= to {
		from, to = from-aroundMoment, from+aroundMoment
	}
	from, to = max(from, 0), min(to, v.Trace.End.Sub(v.Trace.Began))
	pairs = append([]string{"from", nanos(from), "to", nanos(to)}, pairs...)
	return v.To("/timeline", pairs...)
}

// TimelineOf is the address of a time in the timeline of a goroutine; of none, in that of
// the processors.
func (v *visit) TimelineOf(id exectrace.GoID, from, to time.Duration) string {
	if id == 0 {
		return v.Timeline(from, to)
	}
	return v.Timeline(from, to, "lane", "g"+number(id), "by", "goroutine")
}

// Flame is the address of the flame graph of some goroutines; empty: there is no such page.
func (v *visit) Flame(pairs ...string) string {
	if !v.pages.Timeline {
		return ""
	}
	return v.To("/flame", pairs...)
}

func nanos(d time.Duration) string { return strconv.FormatInt(int64(d), 10) }

func number[N ~int64 | ~uint64](n N) string {
	if n < 0 {
		return strconv.FormatInt(int64(n), 10)
	}
	return strconv.FormatUint(uint64(n), 10)
}

// Tab is a link to a page of an execution trace.
type Tab struct {
	Label, Path string
	Here        bool // it is the page that is asked for
}

// Tabs lead to the pages of an execution trace. The labels are to be translated.
func (p *Pages) Tabs(r *http.Request, id string) []Tab {
	tabs := []Tab{{Label: "Summary"}, {Label: "Goroutines", Path: "/goroutines"}, {Label: "Tasks", Path: "/tasks"}, {Label: "Regions", Path: "/regions"},
		{Label: "MMU", Path: "/mmu"}, {Label: "Profiles", Path: "/profile"}}
	if p.Timeline {
		tabs = slices.Insert(tabs, 1, Tab{Label: "Timeline", Path: "/timeline"}, Tab{Label: "Flame graph", Path: "/flame"})
	}
	if p.comparable(id) {
		tabs = append(tabs, Tab{Label: "Compare", Path: "/compare"})
	}
	for i := range tabs {
		tabs[i].Path = Path + "/" + url.PathEscape(id) + tabs[i].Path
		tabs[i].Here = tabs[i].Path == r.URL.EscapedPath()
	}
	return tabs
}

// Tabs are those of the execution trace.
func (v *visit) Tabs() []Tab { return v.pages.Tabs(v.r, v.ID) }

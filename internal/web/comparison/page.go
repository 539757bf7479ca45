package comparison

import (
	"context"
	"errors"
	"net/http"
	"time"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/shell"
)

// page is /compare: the form and, where something is asked, the answer.
type page struct {
	shell.Page
	*asked
	Form    *form
	Answer  *answer
	Waiting bool   // the comparison is under way
	Failed  string // why there is no answer, where no field is wrong
	Busy    bool   // and it may be there in a moment
}

func (p *Pages) compare(w http.ResponseWriter, r *http.Request) {
	if v := r.URL.Query(); typed(v) {
		p.redirectTyped(w, r, v)
		return
	}
	a := readAsked(r.URL.RawQuery)
	of := &page{Page: p.shell.Page(r, "", "compare.js"), asked: &a}
	of.Title, of.Styles = of.T("Compare"), []string{"compare.css"}
	status := http.StatusOK
	switch {
	case a.Unusable != "":
		status = http.StatusBadRequest
	case a.Anything():
		status = p.answer(w, r, of)
	}
	if status == 0 {
		return
	}
	of.Form = p.newForm(r.Context(), &a)
	p.shell.Show(w, r, status, "compare", of)
}

// answer adds the answer to a page, or why there is none, and returns the page's status.
// Zero: another page was answered with, or there is nobody to answer.
func (p *Pages) answer(w http.ResponseWriter, r *http.Request, of *page) int {
	patience := time.Duration(0)
	if !of.Waited && httpapi.WantsHTML(r) {
		patience = p.cfg.Patience
	}
	c, done, err := p.jobs.compare(r.Context(), of.ComparisonQuery, patience)
	switch {
	case errors.Is(r.Context().Err(), context.Canceled):
		return 0
	case !done:
		of.Waiting = true
		w.Header().Set("Refresh", "0;url="+of.address("wait", "1"))
		return http.StatusAccepted
	case err != nil:
		return p.fail(w, r, of, err)
	}
	of.Kind = c.Kind
	of.Answer = newAnswer(of, c, p.cfg.Explains)
	if len(c.Sentences) > 0 {
		of.Title = display.Text(c.Sentences[0], maxTitle)
	}
	return http.StatusOK
}

const maxTitle = 70

// fail says why there is no answer, at the field that is wrong if one is.
func (p *Pages) fail(w http.ResponseWriter, r *http.Request, of *page, err error) int {
	e := httpapi.AsError(err)
	switch {
	case e.Code == httpapi.Unreachable:
		p.shell.Unreadable(w, r, err)
		return 0
	case e.Code == httpapi.Busy:
		of.Busy = true
		w.Header().Set("Retry-After", "2")
	}
	if e.Field != "" {
		of.Mistakes[e.Field] = e.Detail
	} else {
		of.Failed = e.Detail
	}
	return e.Code.HTTPStatus()
}

// Tabs are the kinds of comparison.
func (p *page) Tabs() (tabs []tab) {
	names := map[string]string{labapi.CompareSets: p.T("Two searches"), labapi.CompareSlow: p.T("Slow against fast"), labapi.CompareTag: p.T("By tag"), labapi.CompareTraces: p.T("Two traces")}
	for _, kind := range kinds {
		tabs = append(tabs, tab{Name: names[kind], Address: Path + "?kind=" + kind, Here: kind == p.Kind})
	}
	return tabs
}

// tab leads to the form of a kind.
type tab struct {
	Name, Address string
	Here          bool
}

package workshop

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/shell"
)

// startPage is /start: what runs, and buttons that make the first traces.
type startPage struct {
	shell.Page
	Picture  picture
	CanVisit bool // there is a gateway to visit
	Attendee string
	Kinds    []kind
	Made     []made // visits that a button has made
	Unseen   string // why a visit that was made has no trace
	Wrong    string // why no visit was made
}

// kind is a button, with what does the same in a shell.
type kind struct {
	Name    string // of the button, as its form sends it
	Button  string
	Text    string
	Curl    string
	Choices []choice // of a fault
}

// choice is a fault that can be chosen.
type choice struct{ Asked, Name, Summary, Curl string }

// The kinds of visits.
const (
	one     = "one"
	ten     = "ten"
	slow    = "slow"
	failing = "failing"
)

// Faults of the buttons: that of a visit that fails, and the first of those that make
// one slow, which an explanation tells most of.
const (
	failure     = "failing-dependency"
	instructive = "lock-contention"
)

func (p *Pages) start(w http.ResponseWriter, r *http.Request) {
	sp := p.startPage(r, strings.TrimSpace(r.URL.Query().Get("attendee")))
	made, err := p.made(r.Context(), r.URL.Query().Get("made"))
	if err != nil {
		p.shell.Unreadable(w, r, err)
		return
	}
	sp.Made = made
	p.shell.Show(w, r, http.StatusOK, "start", sp)
}

// startLive is the picture alone.
func (p *Pages) startLive(w http.ResponseWriter, r *http.Request) {
	p.shell.Fragment(w, r, http.StatusOK, "start", "live", startPage{Page: p.shell.Page(r, "", ""), Picture: p.picture(r)})
}

func (p *Pages) startPage(r *http.Request, attendee string) startPage {
	sp := startPage{Page: p.shell.Page(r, "", "start.js"), Picture: p.picture(r), Attendee: attendee}
	sp.Title, sp.Styles = sp.T("Start"), []string{"workshop.css"}
	sp.CanVisit = sp.Picture.gateway
	if sp.CanVisit {
		sp.Kinds = p.kinds(r, sp.Page, attendee)
	}
	return sp
}

// kinds are the buttons that there are.
func (p *Pages) kinds(r *http.Request, page shell.Page, attendee string) []kind {
	all := []kind{
		{Name: one, Button: page.T("Make a visit"), Text: page.T("The gateway has the fetcher fetch a URL, and the writer store its status."), Curl: p.line(r, attendee, "", 1)},
		{Name: ten, Button: page.T("Make ten visits"), Text: page.T("One after the other: no two take equally long."), Curl: p.line(r, attendee, "", labapi.MaxVisits)},
	}
	if choices := p.choices(r, attendee); len(choices) > 0 {
		all = append(all, kind{Name: slow, Button: page.T("Make a slow visit"), Text: page.T("A fault of your choice makes this visit slow, and no other."), Curl: choices[0].Curl, Choices: choices})
	}
	if fault := p.faultNamed(failure); fault != "" {
		all = append(all, kind{Name: failing, Button: page.T("Make a failing visit"), Text: page.T("Redis refuses the command of the writer: the error is in each span above it."), Curl: p.line(r, attendee, fault, 0)})
	}
	return all
}

// choices are the faults that make a visit slow: those that a goroutine waits or works in.
func (p *Pages) choices(r *http.Request, attendee string) (all []choice) {
	for _, f := range p.cfg.Faults {
		if f.Truth.State == "" {
			continue
		}
		c := choice{withDefaults(f), f.Name, f.Summary, p.line(r, attendee, withDefaults(f), 0)}
		if f.Name == instructive {
			all = slices.Insert(all, 0, c)
		} else {
			all = append(all, c)
		}
	}
	return all
}

// line is what does the same in a shell; empty where the API does not say: the button will
// say why.
func (p *Pages) line(r *http.Request, attendee, fault string, times int) string {
	params := url.Values{}
	set(params, "attendee", attendee)
	set(params, "fault", fault)
	if times > 0 {
		params.Set("times", strconv.Itoa(times))
	}
	var v labapi.Visits
	if p.ask(r, http.MethodGet, labapi.VisitsPath, params, &v) != nil {
		return ""
	}
	return v.Visit
}

func set(params url.Values, name, value string) {
	if value != "" {
		params.Set(name, value)
	}
}

// visit is POST /start: it has the API make visits, and leads to what they left.
func (p *Pages) visit(w http.ResponseWriter, r *http.Request) {
	params := fields(r, "attendee")
	attendee := params.Get("attendee")
	switch make := r.PostFormValue("make"); make {
	case one:
		params.Set("times", "1")
	case ten:
		params.Set("times", strconv.Itoa(labapi.MaxVisits))
	case slow:
		params = fields(r, "attendee", "fault")
	case failing:
		params.Set("fault", p.faultNamed(failure))
	default:
		p.notMade(w, r, attendee, &refusal{http.StatusBadRequest, "make=" + strconv.Quote(cut(make)) + ": want one, ten, slow or failing"})
		return
	}
	var v labapi.Visits
	if err := p.ask(r, http.MethodPost, labapi.VisitsPath, params, &v); err != nil {
		p.notMade(w, r, attendee, err)
		return
	}
	p.lead(w, r, attendee, v.Visits)
}

// lead leads to the trace, to the list of several, or says that there is none.
func (p *Pages) lead(w http.ResponseWriter, r *http.Request, attendee string, visits []labapi.Visit) {
	var ids []string
	for _, v := range visits {
		if v.Sampled {
			ids = append(ids, v.TraceID)
		}
	}
	switch {
	case len(ids) == 0:
		sp := p.startPage(r, attendee)
		sp.Unseen = sp.T("The visit was made, and not recorded, because of the gateway's sampler.")
		p.shell.Show(w, r, http.StatusOK, "start", sp)
	case len(visits) == 1:
		http.Redirect(w, r, "/traces/"+ids[0], http.StatusSeeOther)
	default:
		q := url.Values{"made": {strings.Join(ids, ",")}}
		set(q, "attendee", attendee)
		http.Redirect(w, r, "/start?"+q.Encode()+"#made", http.StatusSeeOther)
	}
}

func (p *Pages) notMade(w http.ResponseWriter, r *http.Request, attendee string, err error) {
	sp := p.startPage(r, attendee)
	sp.Wrong = err.Error()
	p.shell.Show(w, r, statusOf(err), "start", sp)
}

// faultNamed is a fault with its defaults, or empty where there is none of the name.
func (p *Pages) faultNamed(name string) string {
	for _, f := range p.cfg.Faults {
		if f.Name == name {
			return withDefaults(f)
		}
	}
	return ""
}

// cut bounds what is repeated of a request.
func cut(text string) string { return text[:min(len(text), 40)] }

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

// stackPage is /stack: what runs, how it is, and what can be switched.
type stackPage struct {
	shell.Page
	Is        labapi.Stack
	Processes []process
	Missing   []string // services of which no process is connected
	On        []switched
	Failed    string // why nothing is known
	Limits    []limit

	Services []string
	Faults   []labapi.Fault
	Asked    []string
	Token    bool   // what is for all takes it
	Done     string // what was changed
	Wrong    string // why nothing was
	Do       string // what was tried
	Given    url.Values
}

// What the forms do.
const (
	sampling  = "sampling"
	switchOn  = "on"
	switchOff = "off"
)

func (p *Pages) stack(w http.ResponseWriter, r *http.Request) {
	sp := p.stackPage(r)
	sp.Done = sp.done(r.URL.Query().Get("done"))
	p.shell.Show(w, r, http.StatusOK, "stack", sp)
}

// stackLive is what changes by itself.
func (p *Pages) stackLive(w http.ResponseWriter, r *http.Request) {
	p.shell.Fragment(w, r, http.StatusOK, "stack", "live", p.stackPage(r))
}

func (p *Pages) stackPage(r *http.Request) stackPage {
	sp := stackPage{Page: p.shell.Page(r, "", "refresh.js"), Services: labapi.Services(), Faults: p.cfg.Faults, Asked: allWithDefaults(p.cfg.Faults), Given: url.Values{}}
	sp.Title, sp.Styles, sp.Token = sp.T("Stack"), []string{"workshop.css"}, !p.trusted(r)
	var err error
	if sp.Is, err = p.now(r); err != nil {
		sp.Failed = err.Error()
		return sp
	}
	var faults labapi.Faults
	if err := p.ask(r, http.MethodGet, labapi.FaultsPath, nil, &faults); err != nil {
		sp.Failed = err.Error()
	}
	for i, of := range sp.Is.Processes {
		sp.Processes = append(sp.Processes, process{of, sp.Is.Status.Processes[i], sp.Page, sp.Is.Status.At})
	}
	for _, name := range labapi.Services() {
		if !slices.ContainsFunc(sp.Processes, func(p process) bool { return p.Service == name }) {
			sp.Missing = append(sp.Missing, name)
		}
	}
	for _, on := range faults.On {
		sp.On = append(sp.On, switched{on, sp.Is.Status.At})
	}
	for _, l := range sp.Is.Status.Limits {
		sp.Limits = append(sp.Limits, limit{l})
	}
	return sp
}

// done says what a form has changed.
func (p stackPage) done(what string) string {
	switch what {
	case sampling:
		return p.T("The sampler was changed.")
	case switchOn:
		return p.T("The fault was switched on.")
	case switchOff:
		return p.T("The fault was switched off.")
	}
	return ""
}

// change is POST /stack: it has the API change something.
func (p *Pages) change(w http.ResponseWriter, r *http.Request) {
	do := r.PostFormValue("do")
	var err error
	switch do {
	case sampling:
		err = p.ask(r, http.MethodPost, labapi.SamplingPath, fields(r, "sampler", "service", "instance"), &labapi.Sampling{})
	case switchOn:
		params := fields(r, "faults", "attendee", "for")
		if percent := strings.TrimSpace(r.PostFormValue("percent")); percent != "" && params.Get("faults") != "" {
			params.Set("faults", params.Get("faults")+";percent="+percent)
		}
		err = p.ask(r, http.MethodPost, labapi.FaultsPath, params, &labapi.Faults{})
	case switchOff:
		err = p.ask(r, http.MethodDelete, labapi.FaultsPath, fields(r, "fault", "attendee"), &labapi.SwitchedOff{})
	default:
		err = &refusal{http.StatusBadRequest, "do=" + strconv.Quote(cut(do)) + ": want sampling, on or off"}
	}
	if err == nil {
		http.Redirect(w, r, "/stack?done="+do+"#"+do, http.StatusSeeOther)
		return
	}
	sp := p.stackPage(r)
	sp.Do, sp.Wrong, sp.Given = do, err.Error(), r.PostForm
	sp.Given.Del("token")
	p.shell.Show(w, r, statusOf(err), "stack", sp)
}

// ServerUptime is how long this server has run.
func (p stackPage) ServerUptime() string { return uptime(p.Is.Status.At, p.Is.Server.StartedAt) }

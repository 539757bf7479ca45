package workshop

import (
	"net/http"
	"strconv"
	"strings"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/shell"
)

// picture is the three services, drawn with how they are now.
type picture struct {
	Boxes   []box
	Source  string
	Holds   string // how many traces there are
	Failed  string // why nothing is known
	Label   string // the picture in words
	gateway bool
}

// box is a service.
type box struct {
	Name string
	place
	OK    bool
	State string // in a word or two
	Spans uint64 // that it has delivered

	processes int
}

// Delivered is the number of spans in a few digits.
func (b box) Delivered() string {
	switch {
	case b.Spans >= 1_000_000:
		return strconv.FormatFloat(float64(b.Spans)/1e6, 'f', 1, 64) + "M"
	case b.Spans >= 10_000:
		return strconv.FormatUint(b.Spans/1000, 10) + "k"
	}
	return strconv.FormatUint(b.Spans, 10)
}

// place is where a box is in the picture, and how wide.
type place struct{ X, Y, W int }

var places = map[string]place{"gateway": {84, 10, 112}, "fetcher": {240, 10, 118}, "writer": {240, 82, 100}}

// picture draws what runs.
func (p *Pages) picture(r *http.Request) (pic picture) {
	page := p.shell.Page(r, "", "")
	pic.Source = display.Cut(page.Source, 44)
	stack, err := p.now(r)
	if err != nil {
		pic.Failed = err.Error()
	}
	pic.gateway = stack.Gateway != ""
	if s := stack.Status; s != nil && s.Store != nil {
		pic.Holds = page.T("%d traces", s.Store.Traces)
		if s.Store.Traces == 1 {
			pic.Holds = page.T("1 trace")
		}
	}
	said := []string{}
	for _, name := range labapi.Services() {
		b := boxOf(page, stack, name)
		pic.gateway = pic.gateway || name == labapi.Services()[0] && b.processes > 0
		said = append(said, name+": "+b.State)
		pic.Boxes = append(pic.Boxes, b)
	}
	pic.Label = page.T("What runs: %s", strings.Join(said, ", "))
	return pic
}

// boxOf is a service with all its processes.
func boxOf(page shell.Page, stack labapi.Stack, name string) box {
	b := box{Name: name, place: places[name], OK: true}
	for i, process := range stack.Processes {
		if process.Service == name && stack.Status != nil {
			is := stack.Status.Processes[i]
			b.processes++
			b.OK = b.OK && is.Problem == ""
			b.Spans += is.Spans.Delivered
		}
	}
	switch {
	case b.processes == 0:
		b.State, b.OK = page.T("not running"), false
	case !b.OK:
		b.State = page.T("not ready")
	case b.processes > 1:
		b.State = page.T("%d ready", b.processes)
	default:
		b.State = page.T("ready")
	}
	return b
}

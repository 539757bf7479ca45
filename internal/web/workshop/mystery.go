package workshop

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/shell"
)

// mysteryPage is /mystery: a mystery of one's own, and faults of one's own. Its forms
// are requests to the API, which answers browsers in text; the script shows the answers
// in the page.
type mysteryPage struct {
	shell.Page
	Faults   []labapi.Fault
	Services []string
	Levels   []int
	Attendee string

	StartPath, HintPath, AnswerPath, FaultsPath, RoomPath string
}

func (p *Pages) mystery(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("board") != "" && p.cfg.API != nil {
		p.board(w, r)
		return
	}
	mp := mysteryPage{
		Page: p.shell.Page(r, "", "mystery.js"), Faults: p.cfg.Faults, Services: labapi.Services(), Attendee: r.URL.Query().Get("attendee"),
		StartPath: labapi.MysteryPath, HintPath: labapi.MysteryHintPath, AnswerPath: labapi.MysteryAnswerPath,
		FaultsPath: labapi.FaultsPath, RoomPath: labapi.RoomPath,
	}
	mp.Title, mp.Styles = mp.T("Mystery"), []string{"workshop.css"}
	for level := range labapi.MaxLevel {
		mp.Levels = append(mp.Levels, level+1)
	}
	p.shell.Show(w, r, http.StatusOK, "mystery", mp)
}

// Causes are the names of the faults, sorted: in the order of the list they would
// follow their services.
func (p mysteryPage) Causes() (names []string) {
	for _, f := range p.Faults {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Asked are the faults as a request asks for them, with their defaults.
func (p mysteryPage) Asked() []string { return allWithDefaults(p.Faults) }

func allWithDefaults(faults []labapi.Fault) (all []string) {
	for _, f := range faults {
		all = append(all, withDefaults(f))
	}
	return all
}

// withDefaults is a fault as a request asks for it, with its defaults.
func withDefaults(f labapi.Fault) string {
	text := []string{f.Service + "=" + f.Name}
	for _, param := range f.Params {
		if param.Name != "percent" {
			text = append(text, param.Name+"="+strconv.Itoa(param.Default))
		}
	}
	return strings.Join(text, ";")
}

package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"example.com/tracelab/internal/labapi"
)

// mysteryPage is /mystery: a mystery of one's own, and faults of one's own. Its forms
// are requests to the API, which answers browsers in text; the script shows the answers
// in the page.
type mysteryPage struct {
	page
	Faults   []labapi.Fault
	Services []string
	Levels   []int
	Attendee string

	StartPath, HintPath, AnswerPath, FaultsPath, RoomPath string
}

func (u *UI) mystery(w http.ResponseWriter, r *http.Request) {
	p := mysteryPage{
		page: u.page("Mystery", "mystery.js"), Faults: u.cfg.Faults, Services: labapi.Services(), Attendee: r.URL.Query().Get("attendee"),
		StartPath: labapi.MysteryPath, HintPath: labapi.MysteryHintPath, AnswerPath: labapi.MysteryAnswerPath,
		FaultsPath: labapi.FaultsPath, RoomPath: labapi.RoomPath,
	}
	for level := range labapi.MaxLevel {
		p.Levels = append(p.Levels, level+1)
	}
	u.show(w, http.StatusOK, "mystery", p)
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
func (p mysteryPage) Asked() (all []string) {
	for _, f := range p.Faults {
		text := []string{f.Service + "=" + f.Name}
		for _, param := range f.Params {
			if param.Name != "percent" {
				text = append(text, param.Name+"="+strconv.Itoa(param.Default))
			}
		}
		all = append(all, strings.Join(text, ";"))
	}
	return all
}

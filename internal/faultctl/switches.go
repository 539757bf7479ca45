package faultctl

import (
	"net/http"
	"time"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
)

// showFaults answers with the catalogue and what is on.
func (h *Handlers) showFaults(w http.ResponseWriter, r *http.Request) error {
	var whose struct {
		Attendee string `json:"attendee"`
	}
	if err := httpapi.ReadParams(w, r, &whose); err != nil {
		return err
	}
	if whose.Attendee != "" {
		if err := labapi.CheckAttendee(whose.Attendee); err != nil {
			return httpapi.InvalidField("attendee", "%v", err)
		}
	}
	all := h.faults(r, whose.Attendee)
	httpapi.Answer(w, r, all, faultsText(r, all))
	return nil
}

// Catalogue is what the API says of the faults that there are.
func Catalogue() (all []labapi.Fault) {
	for _, f := range faults.Catalogue() {
		all = append(all, f.Fault)
	}
	return all
}

// faults is the catalogue, and what is on for an attendee or, with an empty name, for
// anybody.
func (h *Handlers) faults(r *http.Request, attendee string) labapi.Faults {
	all := labapi.Faults{Catalogue: Catalogue(), On: []labapi.SwitchedOn{}}
	for _, sw := range h.switches.list() {
		own := attendee == "" || sw.Attendee == "" || sw.Attendee == attendee
		if sw.Mystery == "" && own {
			all.On = append(all.On, labapi.SwitchedOn{Switch: sw.Switch, Since: sw.Since, By: h.by(r, sw.From)})
		}
	}
	return all
}

// by is who switched something on, as a caller may know it.
func (h *Handlers) by(r *http.Request, from string) string {
	switch {
	case from == "":
		return labapi.ByTrusted
	case h.cfg.Trusted(r):
		return from
	}
	return labapi.ByOthers
}

// switchOn takes a labapi.SwitchOn.
func (h *Handlers) switchOn(w http.ResponseWriter, r *http.Request) error {
	var ask labapi.SwitchOn
	if err := httpapi.ReadParams(w, r, &ask); err != nil {
		return err
	}
	if err := h.maySwitch(r, ask.Attendee, ask.ID); err != nil {
		return err
	}
	if err := setUntil(&ask); err != nil {
		return err
	}
	injections, err := faults.Parse(ask.Faults)
	if err != nil {
		return httpapi.InvalidField("faults", "%v", err)
	}
	if err := h.awaitServices(r.Context(), needs(injections)...); err != nil {
		return err
	}
	if err := h.switches.add(faults.Switch{Switch: ask.Switch, From: h.untrustedAddress(r), Since: time.Now().UTC()}); err != nil {
		return err
	}
	all := h.faults(r, ask.Attendee)
	all.Visit = h.visitLine(r, visitOf(injections), ask.Attendee, "")
	httpapi.Answer(w, r, all, switchedText(all))
	return nil
}

// setUntil says in Until what For says.
func setUntil(ask *labapi.SwitchOn) error {
	if ask.For == "" {
		return nil
	}
	d, err := time.ParseDuration(ask.For)
	switch {
	case err != nil || d <= 0:
		return httpapi.InvalidField("for", "for=%.40s: want a time above zero, such as 10m", ask.For)
	case !ask.Until.IsZero():
		return httpapi.InvalidField("for", "for and until are given: give one of them")
	}
	ask.Until = time.Now().Add(d)
	return nil
}

// switchOff takes a labapi.SwitchOff.
func (h *Handlers) switchOff(w http.ResponseWriter, r *http.Request) error {
	var ask labapi.SwitchOff
	if err := httpapi.ReadParams(w, r, &ask); err != nil {
		return err
	}
	if err := h.maySwitch(r, ask.Attendee, ask.ID); err != nil {
		return err
	}
	if ask.Fault != "" {
		if err := faults.CheckName(ask.Fault); err != nil {
			return httpapi.InvalidField("fault", "%v", err)
		}
	}
	named := hasFault(ask.Fault)
	off, err := h.switches.remove(func(sw faults.Switch) bool {
		return named(sw) && (ask.Attendee == "" || sw.Attendee == ask.Attendee)
	})
	if err != nil {
		return err
	}
	done := labapi.SwitchedOff{Off: off}
	httpapi.Answer(w, r, done, switchedOffText(done))
	return nil
}

// maySwitch says why a caller may not switch faults for an attendee. With the token one
// may for all. Without, one may for any name, as long as no mystery of somebody else
// would be changed.
func (h *Handlers) maySwitch(r *http.Request, attendee, id string) error {
	trusted := h.cfg.Trusted(r)
	if attendee == "" {
		return needsToken(trusted, "to switch faults for all requests")
	}
	if err := labapi.CheckAttendee(attendee); err != nil {
		return httpapi.InvalidField("attendee", "%v", err)
	}
	return h.mysteries.own(attendee, id, trusted)
}

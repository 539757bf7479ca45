package faultctl

import (
	"net"
	"net/http"
	"time"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
)

// needsToken says that a caller who is not trusted shows no token.
func needsToken(trusted bool, what string) error {
	if trusted {
		return nil
	}
	return &httpapi.Error{Code: httpapi.Forbidden, Field: "attendee",
		Detail: what + ", show the server's token, or ask from its own machine or container; for your own requests, say whose: attendee=NAME"}
}

// untrustedAddress is where a caller is from who is not trusted; empty for others.
func (h *Handlers) untrustedAddress(r *http.Request) string {
	if h.cfg.Trusted(r) {
		return ""
	}
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	return host
}

// startMystery takes a labapi.MysteryStart: it switches on a fault, and does not say
// which.
func (h *Handlers) startMystery(w http.ResponseWriter, r *http.Request) error {
	ask := labapi.MysteryStart{Level: 1}
	if err := httpapi.ReadParams(w, r, &ask); err != nil {
		return err
	}
	if err := h.checkStart(r, &ask); err != nil {
		return err
	}
	m, err := newMystery(ask)
	if err != nil {
		return err
	}
	if err := h.awaitServices(r.Context(), labapi.Services()...); err != nil { // of one alone would tell
		return err
	}
	m.from = h.untrustedAddress(r)
	if m, err = h.mysteries.start(&h.switches, m, ask.ID, h.cfg.Trusted(r)); err != nil {
		return err
	}
	h.writeMystery(w, r, m)
	return nil
}

// checkStart completes ask, or says what is wrong with it.
func (h *Handlers) checkStart(r *http.Request, ask *labapi.MysteryStart) (err error) {
	if ask.Attendee == "" && ask.ID != "" {
		ask.Attendee, err = h.mysteries.attendeeOf(ask.ID)
		return err
	}
	if ask.Attendee == "" {
		return needsToken(h.cfg.Trusted(r), "to start a mystery for everybody")
	}
	if err := labapi.CheckAttendee(ask.Attendee); err != nil {
		return httpapi.InvalidField("attendee", "%v", err)
	}
	return nil
}

// writeMystery answers with what may be known of m. The caller does not share it.
func (h *Handlers) writeMystery(w http.ResponseWriter, r *http.Request, m *mystery) {
	known := h.known(r, m)
	httpapi.Answer(w, r, known, mysteryText(r, known))
}

func (h *Handlers) known(r *http.Request, m *mystery) labapi.Mystery {
	known := m.Mystery
	if !h.cfg.Trusted(r) {
		known.Seed = 0 // or one could start it again under another name, and give up there
	}
	known.Gateway = h.gatewayURL(r)
	known.Visit = h.visitLine(r, faults.MysteryVisit(m.Level), m.Attendee, "")
	return known
}

// showMystery takes a labapi.MysteryAsk.
func (h *Handlers) showMystery(w http.ResponseWriter, r *http.Request) error {
	var ask labapi.MysteryAsk
	if err := httpapi.ReadParams(w, r, &ask); err != nil {
		return err
	}
	h.mysteries.mu.Lock()
	m, err := h.mysteries.find(ask, h.cfg.Trusted(r))
	if err != nil {
		h.mysteries.mu.Unlock()
		return err
	}
	shown := *m
	h.mysteries.mu.Unlock()
	h.writeMystery(w, r, &shown)
	return nil
}

// hintMystery takes a labapi.MysteryAsk, and gives the next step.
func (h *Handlers) hintMystery(w http.ResponseWriter, r *http.Request) error {
	var ask labapi.MysteryAsk
	if err := httpapi.ReadParams(w, r, &ask); err != nil {
		return err
	}
	hint, err := h.mysteries.hint(ask, h.cfg.Trusted(r))
	if err != nil {
		return err
	}
	httpapi.Answer(w, r, hint, hintText(hint))
	return nil
}

func (all *mysteries) hint(ask labapi.MysteryAsk, trusted bool) (labapi.MysteryHint, error) {
	all.mu.Lock()
	defer all.mu.Unlock()
	m, err := all.underWay(ask, trusted)
	if err != nil {
		return labapi.MysteryHint{}, err
	}
	hints := m.truth.Hints()
	m.Hints = min(m.Hints+1, len(hints))
	return labapi.MysteryHint{Hint: hints[m.Hints-1], Step: m.Hints, Of: len(hints)}, nil
}

// answerMystery takes a labapi.MysteryAnswer, and grades the diagnosis.
func (h *Handlers) answerMystery(w http.ResponseWriter, r *http.Request) error {
	var a labapi.MysteryAnswer
	if err := httpapi.ReadParams(w, r, &a); err != nil {
		return err
	}
	if a.Ms < 0 {
		return httpapi.InvalidField("ms", "ms=%d: want the milliseconds that the fault adds, above zero, or leave it out", a.Ms)
	}
	if !a.GiveUp {
		if err := faults.CheckDiagnosis(a.Diagnosis); err != nil {
			return httpapi.InvalidField("cause", "%v", err)
		}
	}
	m, v, err := h.mysteries.grade(&h.switches, a, h.cfg.Trusted(r))
	if err != nil {
		return err
	}
	if v.Over {
		v.Truth, v.Asked = &m.truth.Fault.Fault, m.truth.String()
		var happened bool
		v.Evidence, v.Missing, happened = h.evidence(r.Context(), m)
		if !happened && !a.GiveUp {
			h.mysteries.guessed(m.ID)
			v.Missing += " The answer counts as guessed."
		}
		if len(v.Evidence) == 0 {
			always := m.truth.Always()
			v.Visit = h.visitLine(r, always.Visit(), m.Attendee, always.String())
		}
	}
	httpapi.Answer(w, r, v, verdictText(r, a, v))
	return nil
}

// guessed notes that nothing had happened that the right answer could be read from.
func (all *mysteries) guessed(id string) {
	all.mu.Lock()
	defer all.mu.Unlock()
	if m := all.byID(id); m != nil { // else another has begun in its place
		m.Guessed = true
	}
}

// grade counts the answer, and ends the mystery if it is right. It returns the
// mystery as it is then.
func (all *mysteries) grade(board *switchboard, a labapi.MysteryAnswer, trusted bool) (mystery, labapi.MysteryVerdict, error) {
	all.mu.Lock()
	defer all.mu.Unlock()
	m, err := all.underWay(a.MysteryAsk, trusted)
	if err != nil {
		return mystery{}, labapi.MysteryVerdict{}, err
	}
	grade := m.truth.Grade(a.Diagnosis)
	v := labapi.MysteryVerdict{Grade: grade, Over: a.GiveUp || grade.Right()}
	if !v.Over {
		m.Wrong++
		return *m, v, nil
	}
	if err := board.swapMysteries([]string{m.ID}); err != nil {
		return mystery{}, v, err
	}
	m.Ended, m.Solved = time.Now().UTC(), !a.GiveUp
	return *m, v, nil
}

package faultctl

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
)

// mysteries are under way, one for each attendee.
type mysteries struct {
	mu  sync.Mutex
	all map[string]*mystery // by attendee
}

type mystery struct {
	labapi.Mystery
	truth faults.Injection
	hints int // given
}

// StartMystery switches on a fault, and does not say which.
func (h *Handlers) StartMystery(w http.ResponseWriter, r *http.Request) error {
	var ask labapi.MysteryStart
	if err := httpapi.ReadJSON(w, r, &ask); err != nil {
		return err
	}
	if ask.Seed == 0 {
		ask.Seed = uint64(time.Now().UnixNano())
	}
	truth, err := faults.Choose(ask.Seed, ask.Level)
	if err != nil {
		return httpapi.InvalidField("level", "%v", err)
	}
	m := &mystery{truth: truth, Mystery: labapi.Mystery{ID: rand.Text()[:8], Level: ask.Level, Seed: ask.Seed,
		Attendee: ask.Attendee, Since: time.Now().UTC(), Gateway: h.gateway}}
	if err := h.replaceMystery(m); err != nil {
		return err
	}
	httpapi.WriteJSON(w, m.Mystery)
	return nil
}

func (h *Handlers) replaceMystery(m *mystery) error {
	h.mysteries.mu.Lock()
	defer h.mysteries.mu.Unlock()
	if old := h.mysteries.all[m.Attendee]; old != nil {
		if err := h.switches.endMystery(old.ID); err != nil {
			return err
		}
	}
	err := h.switches.add(faults.Switch{Switch: labapi.Switch{Faults: m.truth.String(), Attendee: m.Attendee, Seed: m.Seed}, Mystery: m.ID})
	if err != nil {
		return err
	}
	if h.mysteries.all == nil {
		h.mysteries.all = map[string]*mystery{}
	}
	h.mysteries.all[m.Attendee] = m
	return nil
}

// AnswerMystery grades a diagnosis.
func (h *Handlers) AnswerMystery(w http.ResponseWriter, r *http.Request) error {
	var a labapi.MysteryAnswer
	if err := httpapi.ReadJSON(w, r, &a); err != nil {
		return err
	}
	if !a.GiveUp {
		if err := faults.CheckDiagnosis(a.Diagnosis); err != nil {
			return httpapi.InvalidField("cause", "%v", err)
		}
	}
	m, err := h.mysteryOf(a.Attendee)
	if err != nil {
		return err
	}
	grade := m.truth.Grade(a.Diagnosis)
	v := labapi.MysteryVerdict{Grade: grade, Over: a.GiveUp || grade.Right()}
	if v.Over {
		v.Truth, v.Asked, v.Evidence = &m.truth.Fault.Fault, m.truth.String(), h.evidence(r.Context(), m)
		if err := h.endMystery(m); err != nil {
			return err
		}
	}
	httpapi.WriteJSON(w, v)
	return nil
}

// HintMystery gives the next step.
func (h *Handlers) HintMystery(w http.ResponseWriter, r *http.Request) error {
	var a labapi.MysteryAnswer
	if err := httpapi.ReadJSON(w, r, &a); err != nil {
		return err
	}
	m, err := h.mysteryOf(a.Attendee)
	if err != nil {
		return err
	}
	hints := m.truth.Hints()
	h.mysteries.mu.Lock()
	m.hints = min(m.hints+1, len(hints))
	step := m.hints
	h.mysteries.mu.Unlock()
	httpapi.WriteJSON(w, labapi.MysteryHint{Hint: hints[step-1], Step: step, Of: len(hints)})
	return nil
}

func (h *Handlers) mysteryOf(attendee string) (*mystery, error) {
	h.mysteries.mu.Lock()
	defer h.mysteries.mu.Unlock()
	m := h.mysteries.all[attendee]
	if m == nil {
		who := "everybody"
		if attendee != "" {
			who = attendee
		}
		return nil, &httpapi.Error{Code: httpapi.NotFound, Field: "attendee",
			Detail: fmt.Sprintf("no mystery is under way for %s: start one", who)}
	}
	return m, nil
}

func (h *Handlers) endMystery(m *mystery) error {
	h.mysteries.mu.Lock()
	defer h.mysteries.mu.Unlock()
	if h.mysteries.all[m.Attendee] == m {
		delete(h.mysteries.all, m.Attendee)
	}
	return h.switches.endMystery(m.ID)
}

// evidence looks for the longest spans of the operation since the mystery
// began. None is found where the fault is that there are none.
func (h *Handlers) evidence(ctx context.Context, m *mystery) (found []labapi.Evidence) {
	const looked, shown = 200, 3
	traces, err := h.reader.Traces(ctx, zipkin.Query{ServiceName: m.truth.Service, Limit: looked,
		EndTs: time.Now().Add(time.Second), Lookback: time.Since(m.Since) + 2*time.Second})
	if err != nil {
		return nil
	}
	for _, spans := range traces {
		for _, sp := range zipkin.Merge(spans) {
			if sp.Local.ServiceName == m.truth.Service && strings.EqualFold(sp.Name, m.truth.Truth.Operation) {
				found = append(found, labapi.Evidence{TraceID: sp.TraceID.String(), Service: sp.Local.ServiceName, Span: sp.Name, Duration: sp.Duration})
			}
		}
	}
	slices.SortFunc(found, func(a, b labapi.Evidence) int { return cmp.Compare(b.Duration, a.Duration) })
	return found[:min(shown, len(found))]
}

package faultctl

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/httpapi"
)

// MysteryPath is where mysteries are started, answered and hinted at.
const MysteryPath = "/tracelab/v1/mystery"

// MysteryStart asks for a mystery.
type MysteryStart struct {
	Seed     uint64 `json:"seed,omitempty"` // zero: any
	Level    int    `json:"level"`
	Attendee string `json:"attendee,omitempty"` // whose requests; empty: everybody's
}

// Mystery is what may be known of one.
type Mystery struct {
	ID       string    `json:"id"`
	Level    int       `json:"level"`
	Seed     uint64    `json:"seed"`
	Attendee string    `json:"attendee,omitempty"`
	Since    time.Time `json:"since"`
	Gateway  string    `json:"gateway_url,omitempty"`
}

// MysteryAnswer is a diagnosis, or the wish to be told.
type MysteryAnswer struct {
	faults.Diagnosis
	Attendee string `json:"attendee,omitempty"`
	GiveUp   bool   `json:"give_up,omitempty"`
}

// MysteryVerdict grades an answer. The truth is told with the right one, and to
// who gives up; the mystery is over then.
type MysteryVerdict struct {
	Grade    faults.Grade  `json:"grade"`
	Over     bool          `json:"over"`
	Truth    *faults.Fault `json:"truth,omitempty"`
	Asked    string        `json:"asked,omitempty"` // the fault with its arguments
	Evidence []Evidence    `json:"evidence,omitempty"`
}

// Evidence is a span that shows the fault.
type Evidence struct {
	TraceID  string `json:"trace_id"`
	Service  string `json:"service"`
	Span     string `json:"span"`
	Duration int64  `json:"duration_us"`
}

// MysteryHint is one step.
type MysteryHint struct {
	Hint string `json:"hint"`
	Step int    `json:"step"` // from 1
	Of   int    `json:"of"`
}

// mysteries are under way, one for each attendee.
type mysteries struct {
	mu  sync.Mutex
	all map[string]*mystery // by attendee
}

type mystery struct {
	Mystery
	truth faults.Injection
	hints int // given
}

// StartMystery switches on what it does not tell.
func (c *Control) StartMystery(w http.ResponseWriter, r *http.Request) {
	var ask MysteryStart
	if !readBody(w, r, &ask) {
		return
	}
	if ask.Seed == 0 {
		ask.Seed = uint64(time.Now().UnixNano())
	}
	truth, err := faults.Choose(ask.Seed, ask.Level)
	if err != nil {
		httpapi.WriteError(w, r, httpapi.InvalidField("level", "%v", err))
		return
	}
	m := &mystery{truth: truth, Mystery: Mystery{ID: rand.Text()[:8], Level: ask.Level, Seed: ask.Seed,
		Attendee: ask.Attendee, Since: time.Now().UTC(), Gateway: c.gateway}}
	if err := c.replaceMystery(m); err != nil {
		httpapi.WriteError(w, r, err)
		return
	}
	httpapi.WriteJSON(w, m.Mystery)
}

func (c *Control) replaceMystery(m *mystery) error {
	c.mysteries.mu.Lock()
	defer c.mysteries.mu.Unlock()
	if old := c.mysteries.all[m.Attendee]; old != nil {
		if err := c.switches.endMystery(old.ID); err != nil {
			return err
		}
	}
	err := c.switches.add(faults.Switch{Faults: m.truth.String(), Attendee: m.Attendee, Seed: m.Seed, Mystery: m.ID})
	if err != nil {
		return err
	}
	if c.mysteries.all == nil {
		c.mysteries.all = map[string]*mystery{}
	}
	c.mysteries.all[m.Attendee] = m
	return nil
}

// AnswerMystery grades a diagnosis.
func (c *Control) AnswerMystery(w http.ResponseWriter, r *http.Request) {
	var a MysteryAnswer
	if !readBody(w, r, &a) {
		return
	}
	if !a.GiveUp {
		if err := a.Check(); err != nil {
			httpapi.WriteError(w, r, httpapi.InvalidField("cause", "%v", err))
			return
		}
	}
	m := c.mysteryOf(w, r, a.Attendee)
	if m == nil {
		return
	}
	v := MysteryVerdict{Grade: m.truth.Grade(a.Diagnosis)}
	if v.Over = a.GiveUp || v.Grade.Right(); v.Over {
		v.Truth, v.Asked, v.Evidence = m.truth.Fault, m.truth.String(), c.evidence(r.Context(), m)
		if err := c.endMystery(m); err != nil {
			httpapi.WriteError(w, r, err)
			return
		}
	}
	httpapi.WriteJSON(w, v)
}

// HintMystery gives the next step.
func (c *Control) HintMystery(w http.ResponseWriter, r *http.Request) {
	var a MysteryAnswer
	if !readBody(w, r, &a) {
		return
	}
	m := c.mysteryOf(w, r, a.Attendee)
	if m == nil {
		return
	}
	hints := m.truth.Hints()
	c.mysteries.mu.Lock()
	m.hints = min(m.hints+1, len(hints))
	step := m.hints
	c.mysteries.mu.Unlock()
	httpapi.WriteJSON(w, MysteryHint{hints[step-1], step, len(hints)})
}

func (c *Control) mysteryOf(w http.ResponseWriter, r *http.Request, attendee string) *mystery {
	c.mysteries.mu.Lock()
	defer c.mysteries.mu.Unlock()
	m := c.mysteries.all[attendee]
	if m == nil {
		who := "everybody"
		if attendee != "" {
			who = attendee
		}
		httpapi.WriteError(w, r, &httpapi.Error{Code: httpapi.NotFound, Field: "attendee",
			Detail: fmt.Sprintf("no mystery is under way for %s: start one", who)})
	}
	return m
}

func (c *Control) endMystery(m *mystery) error {
	c.mysteries.mu.Lock()
	defer c.mysteries.mu.Unlock()
	if c.mysteries.all[m.Attendee] == m {
		delete(c.mysteries.all, m.Attendee)
	}
	return c.switches.endMystery(m.ID)
}

// evidence looks for the longest spans of the operation since the mystery
// began. None is found where the fault is that there are none.
func (c *Control) evidence(ctx context.Context, m *mystery) (found []Evidence) {
	const looked, shown = 200, 3
	traces, err := c.reader.Traces(ctx, zipkin.Query{ServiceName: m.truth.Service, Limit: looked,
		EndTs: time.Now().Add(time.Second), Lookback: time.Since(m.Since) + 2*time.Second})
	if err != nil {
		return nil
	}
	for _, spans := range traces {
		for _, sp := range zipkin.Merge(spans) {
			if sp.Local.ServiceName == m.truth.Service && strings.EqualFold(sp.Name, m.truth.Truth.Operation) {
				found = append(found, Evidence{sp.TraceID.String(), sp.Local.ServiceName, sp.Name, sp.Duration})
			}
		}
	}
	slices.SortFunc(found, func(a, b Evidence) int { return cmp.Compare(b.Duration, a.Duration) })
	return found[:min(shown, len(found))]
}

func readBody(w http.ResponseWriter, r *http.Request, v any) bool {
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(v); err != nil {
		httpapi.WriteError(w, r, httpapi.InvalidField("body", "the body is not the JSON that is wanted here: %v", err))
		return false
	}
	return true
}

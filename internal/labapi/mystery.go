package labapi

import "time"

// Paths below MysteryPath: a POST to MysteryPath itself takes a MysteryStart and
// answers with a Mystery.
const (
	MysteryAnswerPath = MysteryPath + "/answer" // takes a MysteryAnswer, answers with a MysteryVerdict
	MysteryHintPath   = MysteryPath + "/hint"   // takes a MysteryAnswer, answers with a MysteryHint
)

// MysteryStart asks for a mystery.
type MysteryStart struct {
	Seed     uint64 `json:"seed,omitempty"` // zero: any
	Level    int    `json:"level"`
	Attendee string `json:"attendee,omitempty"` // whose requests; empty: all
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

// Diagnosis says what a mystery is.
type Diagnosis struct {
	Service string `json:"service"`
	Cause   string `json:"cause"`        // the name of a fault
	Ms      int    `json:"ms,omitempty"` // what it adds; zero: not said
}

// MysteryAnswer is a diagnosis, or a request for the truth.
type MysteryAnswer struct {
	Diagnosis
	Attendee string `json:"attendee,omitempty"`
	GiveUp   bool   `json:"give_up,omitempty"`
}

// Grade is what a Diagnosis has right.
type Grade struct {
	Service bool  `json:"service"`
	Cause   bool  `json:"cause"`
	Ms      *bool `json:"ms,omitempty"` // nil: not said, or the fault has no amount
}

// Right reports whether nothing that was said is wrong.
func (g Grade) Right() bool { return g.Service && g.Cause && (g.Ms == nil || *g.Ms) }

// MysteryVerdict grades an answer. The truth is in it once the answer is right or
// GiveUp was set; the mystery is over then.
type MysteryVerdict struct {
	Grade    Grade      `json:"grade"`
	Over     bool       `json:"over"`
	Truth    *Fault     `json:"truth,omitempty"`
	Asked    string     `json:"asked,omitempty"` // the fault with its arguments
	Evidence []Evidence `json:"evidence,omitempty"`
}

// Evidence is a span that shows the fault.
type Evidence struct {
	TraceID  string `json:"traceId"`
	Service  string `json:"service"`
	Span     string `json:"span"`
	Duration int64  `json:"duration_us"`
}

// MysteryHint is one step towards the truth.
type MysteryHint struct {
	Hint string `json:"hint"`
	Step int    `json:"step"` // from 1
	Of   int    `json:"of"`
}

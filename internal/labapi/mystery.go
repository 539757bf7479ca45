package labapi

import "time"

// Paths of mysteries. One attendee's: a POST to MysteryPath takes a MysteryStart and
// answers with a Mystery, as does a GET with the id or the attendee in its query.
// Everybody's, for whoever shows the token: RoomPath.
const (
	MysteryAnswerPath = MysteryPath + "/answer" // POST takes a MysteryAnswer, answers with a MysteryVerdict
	MysteryHintPath   = MysteryPath + "/hint"   // POST takes a MysteryAsk, answers with a MysteryHint
	// RoomPath: POST takes a RoomStart, or text as ParseAttendees reads it, and GET
	// nothing; both answer with a Room. DELETE takes a RoomReset, answers with a RoomCleared.
	RoomPath = "/tracelab/v1/mysteries"
)

// MaxLevel is that of the hardest mysteries; the easiest have 1.
const MaxLevel = 3

// MysteryAsk says which mystery is meant.
type MysteryAsk struct {
	// ID is what the start of the mystery answered. Whoever shows it may ask for hints,
	// answer, and start another for the same attendee.
	ID string `json:"id,omitempty"`
	// Attendee is enough for whoever shows the token. Empty without an ID: the mystery
	// for everybody.
	Attendee string `json:"attendee,omitempty"`
}

// MysteryStart asks for a mystery.
type MysteryStart struct {
	Seed     uint64 `json:"seed,omitempty"`     // zero: any
	Level    int    `json:"level,omitempty"`    // not given: 1
	Attendee string `json:"attendee,omitempty"` // whose requests; empty: all, for which it takes the token
	ID       string `json:"id,omitempty"`       // of the attendee's last mystery, if there was one
}

// Mystery is what may be known of one.
type Mystery struct {
	ID       string    `json:"id"`
	Level    int       `json:"level"`
	Seed     uint64    `json:"seed,omitempty"` // for the trusted: with it, another start tells what it is
	Attendee string    `json:"attendee,omitempty"`
	Since    time.Time `json:"since"`
	Gateway  string    `json:"gateway_url,omitempty"`
	// Visit is a command line for a POSIX shell: visits that the fault happens to.
	Visit string `json:"visit"`
	// Joined says that the mystery was under way: it was started for the room, and is
	// the attendee's now.
	Joined bool `json:"joined,omitempty"`
	MysteryProgress
}

// MysteryProgress is how far an attendee is.
type MysteryProgress struct {
	Hints  int       `json:"hints"`         // given
	Wrong  int       `json:"wrong_answers"` // graded so
	Ended  time.Time `json:"ended,omitzero"`
	Solved bool      `json:"solved"` // else, if it has ended, somebody gave up
	// Guessed says that it was solved before it had happened to a request of the attendee.
	Guessed bool `json:"guessed,omitempty"`
}

// State is how far that is, in a word or two.
func (p MysteryProgress) State() string {
	switch {
	case p.Ended.IsZero():
		return "open"
	case p.Guessed:
		return "guessed"
	case p.Solved:
		return "solved"
	}
	return "gave up"
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
	MysteryAsk
	GiveUp bool `json:"give_up,omitempty"`
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
	// Missing says why there is no Evidence. Visit is then a command line for a POSIX
	// shell: visits that make some.
	Missing string `json:"missing,omitempty"`
	Visit   string `json:"visit,omitempty"`
}

// Evidence is a span that shows the fault: of a request of this attendee, since the
// mystery began, to which the fault really happened.
type Evidence struct {
	TraceID  string `json:"traceId"`
	Service  string `json:"service"`
	Span     string `json:"span"`
	Duration int64  `json:"duration_us"`
	// Shows is what the fault moved in this trace, in words: a number of calls, their
	// order, a span that is missing, a status, or a wait.
	Shows string `json:"shows"`
}

// MysteryHint is one step towards the truth.
type MysteryHint struct {
	Hint string `json:"hint"`
	Step int    `json:"step"` // from 1
	Of   int    `json:"of"`
}

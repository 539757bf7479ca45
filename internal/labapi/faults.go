package labapi

import "time"

// Faults is what GET FaultsPath answers, and POST, after switching on what a
// SwitchOn says. With ?attendee=NAME it lists what happens to that attendee's requests.
// Nothing of mysteries is in it.
type Faults struct {
	Catalogue []Fault      `json:"catalogue"`
	On        []SwitchedOn `json:"on"`
	// Visit is, after switching on, a command line for a POSIX shell: visits that what
	// was switched on happens to.
	Visit string `json:"visit,omitempty"`
}

// Fault is an entry of the catalogue of what can be made to go wrong.
type Fault struct {
	Name    string  `json:"name"`
	Service string  `json:"service"` // where it happens
	Summary string  `json:"summary"` // for people who choose one
	Needs   string  `json:"needs,omitempty"`
	Params  []Param `json:"params"`
	// HurtsOthers marks a fault whose nature it is to slow other requests of the
	// same process too. All others stay in their request.
	HurtsOthers bool  `json:"hurts_others,omitempty"`
	Truth       Truth `json:"truth"`
}

// Param is a number that a fault takes.
type Param struct {
	Name    string `json:"name"`
	Help    string `json:"help"`
	Default int    `json:"default"`
	Min     int    `json:"min"`
	Max     int    `json:"max"`
}

// Truth is what a fault does to a trace, against which a diagnosis is graded.
type Truth struct {
	// Operation is the name of the span that the fault is in.
	Operation string `json:"operation"`
	// State is what the request's goroutine is in meanwhile, in the words of an
	// explanation: running, runnable, network, sync, channel, syscall, gc-assist.
	// Empty: the trace's shape shows the fault.
	State string `json:"state,omitempty"`
	// Shape says what changes in the trace.
	Shape string `json:"shape"`
}

// Switch has faults happen to requests that did not ask for them.
type Switch struct {
	Faults   string    `json:"faults"`             // as the header Fault lists them
	Attendee string    `json:"attendee,omitempty"` // only requests with this baggage member; empty: all
	Until    time.Time `json:"until,omitzero"`     // zero: until it is switched off
	Seed     uint64    `json:"seed,omitempty"`     // of the choice of requests by percent; zero: any
}

// SwitchedOn is a Switch that is on.
type SwitchedOn struct {
	Switch
	Since time.Time `json:"since"`
	// By says who switched it on: ByTrusted, or the address of somebody who did it for one
	// attendee. Callers who are not trusted read ByOthers in place of the address.
	By string `json:"by"`
}

// Who switches faults on.
const (
	ByTrusted = "the server's machine, or with its token"
	ByOthers  = "another machine"
)

// SwitchOn asks for a Switch. Without the token, it is for one attendee.
type SwitchOn struct {
	Switch
	For string `json:"for,omitempty"` // how long, such as 10m, in place of Until
	ID  string `json:"id,omitempty"`  // of the attendee's mystery, if one is under way
}

// SwitchOff says what to switch off. Without the token, it is of one attendee.
type SwitchOff struct {
	Fault    string `json:"fault,omitempty"`    // its name; empty: all
	Attendee string `json:"attendee,omitempty"` // empty: of all people
	ID       string `json:"id,omitempty"`       // as that of SwitchOn
}

// SwitchedOff is what DELETE FaultsPath with a SwitchOff answers.
type SwitchedOff struct {
	Off int `json:"off"` // switches
}

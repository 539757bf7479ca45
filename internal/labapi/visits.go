package labapi

// MaxVisits bounds the visits of one MakeVisits.
const MaxVisits = 10

// MakeVisits asks the server to make visits at the gateway: POST VisitsPath. GET takes
// the same, makes none, and answers with the command line alone.
type MakeVisits struct {
	Times    int    `json:"times,omitempty"`    // 1 to MaxVisits; not given: as many as the fault needs to be seen
	Fault    string `json:"fault,omitempty"`    // as the header Fault has it
	Attendee string `json:"attendee,omitempty"` // whose visits they are
}

// Visits are visits that were made.
type Visits struct {
	// Visit is a command line for a POSIX shell that does the same.
	Visit  string  `json:"visit"`
	Visits []Visit `json:"visits"`
}

// Visit is one that was made.
type Visit struct {
	TraceID string `json:"traceId"`
	Status  int    `json:"status"`           // of the gateway's answer
	Detail  string `json:"detail,omitempty"` // of an error
	Sampled bool   `json:"sampled"`          // it has a trace
	Arrived bool   `json:"arrived"`          // the trace is whole, as far as its spans tell
	Spans   int    `json:"spans"`            // that had come when this was answered
}

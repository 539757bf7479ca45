package labapi

import "example.com/tracelab/internal/control"

// Stack is the processes of the stack: the answer of GET StackPath.
type Stack struct {
	Server    control.Registration `json:"server"`
	Source    string               `json:"source"`               // where traces come from
	ZipkinURL string               `json:"zipkin_url,omitempty"` // unless they are stored here
	Gateway   string               `json:"gateway_url,omitempty"`
	Processes []control.Process    `json:"processes"`
	// Status is how they are now: only with ?status=1, since it takes a question to each.
	Status *Status `json:"status,omitempty"`
}

// Finding is what is known of one piece of the stack; POST DoctorPath answers with
// a list of them.
type Finding struct {
	Piece  string `json:"piece"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"` // one sentence; where it is bad news, what to do
}

package visitapi

// Home is the answer of GET /: what can be asked.
type Home struct {
	Service string `json:"service"`
	// TracesURL is where people read the traces of their requests.
	TracesURL string    `json:"tracesUrl"`
	Requests  []Request `json:"requests"`
	Headers   []Header  `json:"headers"`
}

// Request is a kind of request.
type Request struct {
	Method  string  `json:"method"`
	Path    string  `json:"path"`
	Summary string  `json:"summary"`
	Params  []Param `json:"params"` // of the query; others are an error
	Example string  `json:"example"`
}

// Param is a parameter of the query.
type Param struct {
	Name string `json:"name"`
	Help string `json:"help"`
	// Repeats says that it may be given several times.
	Repeats bool `json:"repeats,omitempty"`
}

// Header is a header that every request may have.
type Header struct {
	Name    string `json:"name"`
	Help    string `json:"help"`
	Example string `json:"example"`
}

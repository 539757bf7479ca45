package labapi

import (
	"fmt"

	"example.com/tracelab/internal/zipkin"
)

// An explanation becomes tags of its span: TagWhy has the first sentence, and
// TagPrefix with a state, such as go.sync, has the time in that state, such as
// "22.900 ms".
const (
	TagPrefix = "go."
	TagWhy    = TagPrefix + "why"
)

// Explanation says where a span's time went, over all processes that took part:
// the answer of GET WhyPath/TRACE, with ?span= for another span than the longest
// request of the trace, and ?start_us= where several have that span's id; and of WhyPath with ?slowest= or ?live=. States sum to TotalUS.
//
// The server waits for what is known to be missing, three seconds at most, before it
// answers. Execution says what is missing then. While that may come yet, and when
// nothing is left, there is no Cause, and the answer does not become tags. Its status is
// 202 in the first case, 410 in the second, and 200 otherwise.
type Explanation struct {
	TraceID string `json:"traceId"`
	SpanID  string `json:"spanId"`
	// Reported is the report of the span, merged; nil: none is known. Other spans may
	// have its id.
	Reported  *zipkin.Span `json:"-"`
	Service   string       `json:"service"`
	Operation string       `json:"operation"`
	StartUS   int64        `json:"start_us"` // since the epoch
	TotalUS   int64        `json:"total_us"`
	// Sentences say it in plain words: what took how long, why, and how much is
	// known.
	Sentences []string `json:"sentences"`
	// Cause is null where nothing stands out.
	Cause *Cause `json:"cause"`
	// Pattern is what the trace's spans show by themselves, where that explains the
	// time better than a state of a goroutine.
	Pattern *Pattern    `json:"shape,omitempty"`
	States  []StateTime `json:"tiles"`
	// Waits say what other goroutines did while the span waited for them.
	Waits  []Wait      `json:"chain"`
	Stacks []StackTime `json:"stacks"`
	// UnknownUS is how much of TotalUS is in the state unknown.
	UnknownUS int64 `json:"unknown_us"`
	// DoubtfulUS is how much of the rest was read next to a part of an execution trace that
	// is damaged: its states may be wrong.
	DoubtfulUS int64     `json:"doubtful_us,omitempty"`
	Missing    []Missing `json:"missing"`
	// Snapshots are the execution traces that it was read from.
	Snapshots []Source `json:"snapshots"`
	// Requests is how many requests the trace has, of which this is one: a caller may
	// have made several with its id. Others are the longest of the others. Zero: it is
	// the only one, or the explanation is of a part of one.
	Requests int       `json:"requests,omitempty"`
	Others   []Request `json:"other_requests,omitempty"`
	// Execution says whether that is all, and what may come yet.
	Execution Execution `json:"execution"`
}

// Among says that the trace has other requests, as a part of a sentence; empty: it has
// none.
func (x *Explanation) Among() string {
	if x.Requests < 2 {
		return ""
	}
	return fmt.Sprintf(", one of %d requests of this trace,", x.Requests)
}

// Request is a request of a trace that has several. An explanation of it is to be
// had by its SpanID and StartUS.
type Request struct {
	SpanID string `json:"spanId"`
	// SharesID: a longer span has this id, too, and is what is explained by the id alone.
	SharesID  bool   `json:"shares_id,omitempty"`
	Service   string `json:"service"`
	Operation string `json:"operation"`
	StartUS   int64  `json:"start_us"` // since the epoch
	TotalUS   int64  `json:"total_us"`
}

// Cause is the operation that held the span up most, and the state that its
// goroutine was in.
type Cause struct {
	Service   string `json:"service"`
	Operation string `json:"operation"`
	State     string `json:"state"`
	SpanID    string `json:"spanId"`
	// Reported is as that of the Explanation.
	Reported *zipkin.Span `json:"-"`
	// Ms is how long the operation was held up: from the beginning of the first
	// segment in the state to the end of the last, with what lies between, such as
	// short segments of running between two system calls. For running, runnable and
	// gc-assist, whatever else a computing goroutine is in counts as the state does.
	// StateMs is the state alone.
	Ms      float64 `json:"ms"`
	StateMs float64 `json:"state_ms"`
	Share   float64 `json:"share"` // of the whole span: Ms / TotalUS
	// Doubtful is whether some of it is of the DoubtfulUS of the Explanation.
	Doubtful bool `json:"doubtful,omitempty"`
}

// Pattern is a pattern of spans.
type Pattern struct {
	Kind      string  `json:"kind"`
	Service   string  `json:"service"`
	Operation string  `json:"operation"`
	Ms        float64 `json:"ms"`
	Text      string  `json:"text"`
}

// StateTime is how long the span was in a state, in one operation of one service.
type StateTime struct {
	Service   string `json:"service"`
	Operation string `json:"operation"`
	SpanID    string `json:"spanId,omitempty"`
	State     string `json:"state"`
	US        int64  `json:"us"`
	// InferredUS is how much of it is concluded, and not in an event.
	InferredUS int64 `json:"inferred_us,omitempty"`
	// DoubtfulUS is how much of it is of that of the Explanation.
	DoubtfulUS int64 `json:"doubtful_us,omitempty"`
}

// Wait is what another goroutine did while the span waited for it.
type Wait struct {
	Service string `json:"service"`
	Waiting string `json:"waiting"` // the state of the span, such as sync
	SpanID  string `json:"spanId"`  // the span that waited
	State   string `json:"state"`   // what the other goroutine was in
	US      int64  `json:"us"`
	// Function is what the other goroutine was started with; Stack where it was.
	Function string   `json:"function"`
	Stack    []string `json:"stack,omitempty"`
	// TraceID and Operation are the request that it served. Empty: none is known.
	TraceID   string `json:"traceId,omitempty"`
	Operation string `json:"operation,omitempty"`
	Inferred  bool   `json:"inferred,omitempty"`
}

// StackTime is a stack at which time was spent in a state, the innermost frame
// first.
type StackTime struct {
	Service string   `json:"service"`
	State   string   `json:"state"`
	US      int64    `json:"us"`
	Frames  []string `json:"frames"`
}

// Missing says what could not be looked into.
type Missing struct {
	Service string `json:"service"`
	US      int64  `json:"us"` // of the span that are unknown for it
	Reason  string `json:"reason"`
}

// Source is an execution trace of a process.
type Source struct {
	ID       string `json:"id,omitempty"` // of the snapshot; empty: it was read from a file
	Service  string `json:"service"`
	Instance string `json:"instance"`
	Bytes    int64  `json:"bytes"`
	WindowUS int64  `json:"window_us"` // the time that it covers
	// StartUS is when that time begins on the wall clock of the process, µs since the
	// epoch. What the process did outside of it is unknown. Zero: it does not say.
	StartUS int64  `json:"start_us,omitempty"`
	Reason  string `json:"reason"` // why it was taken
}

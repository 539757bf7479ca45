// Package why explains where a span's time went, over all processes that took
// part: from the spans of its trace and the execution traces of its processes.
package why

// Answer is the explanation of a span. All that it says of time tiles the span:
// Tiles sum to TotalUS.
type Answer struct {
	TraceID   string `json:"trace_id"`
	SpanID    string `json:"span_id"`
	Service   string `json:"service"`
	Operation string `json:"operation"`
	StartUS   int64  `json:"start_us"` // since the epoch
	TotalUS   int64  `json:"total_us"`
	// Sentences say it in plain words: what took how long, why, and how much is
	// known.
	Sentences []string `json:"sentences"`
	// Cause is null where nothing stands out.
	Cause *Cause `json:"cause"`
	// Shape is what the trace's spans show by themselves, where that explains the
	// time better than a state of a goroutine.
	Shape *Shape `json:"shape,omitempty"`
	Tiles []Tile `json:"tiles"`
	// Chain says what those did for whom tiles waited.
	Chain  []Link  `json:"chain"`
	Stacks []Stack `json:"stacks"`
	// UnknownUS is how much of TotalUS is in tiles whose state is unknown.
	UnknownUS int64     `json:"unknown_us"`
	Missing   []Missing `json:"missing"`
	// Snapshots are the execution traces that it was read from.
	Snapshots []Source `json:"snapshots"`
}

// Cause is the operation that held the span up most, and the state that its
// goroutine was in.
type Cause struct {
	Service   string `json:"service"`
	Operation string `json:"operation"`
	State     string `json:"state"`
	SpanID    string `json:"span_id"`
	// Ms is how long the operation was held up: from the beginning of the first tile
	// of the state to the end of the last, with what lies between, such as small
	// pieces of running between two system calls. For running, runnable and
	// gc-assist, whatever else a computing goroutine is in counts as the state does. StateMs is
	// the state alone.
	Ms      float64 `json:"ms"`
	StateMs float64 `json:"state_ms"`
	Share   float64 `json:"share"` // of the whole span: Ms / TotalUS
}

// Shape is a pattern of spans.
type Shape struct {
	Kind      string  `json:"kind"`
	Service   string  `json:"service"`
	Operation string  `json:"operation"`
	Ms        float64 `json:"ms"`
	Text      string  `json:"text"`

	// instead says that the pattern explains all of the time: whatever state the
	// goroutines were in meanwhile is no cause.
	instead bool
	// row are the calls that are a pattern together. None of them is a cause.
	row map[*span]bool
}

// Tile is how long the span was in a state, in one operation of one service.
type Tile struct {
	Service   string `json:"service"`
	Operation string `json:"operation"`
	SpanID    string `json:"span_id,omitempty"`
	State     string `json:"state"`
	US        int64  `json:"us"`
	// Inferred is how much of it is concluded and not told by an event.
	InferredUS int64 `json:"inferred_us,omitempty"`
}

// Link is what somebody else did while tiles of a state waited for it.
type Link struct {
	Service string `json:"service"`
	Waiting string `json:"waiting"` // the state of the tiles, such as sync
	SpanID  string `json:"span_id"` // whose tiles they are
	State   string `json:"state"`   // what the other goroutine was in
	US      int64  `json:"us"`
	// Function is what the other goroutine was started with; Stack where it was.
	Function string   `json:"function"`
	Stack    []string `json:"stack,omitempty"`
	// TraceID and Operation are the request that it served. Empty: none is known.
	TraceID   string `json:"trace_id,omitempty"`
	Operation string `json:"operation,omitempty"`
	Inferred  bool   `json:"inferred,omitempty"`
}

// Stack is where the most time was spent, the innermost frame first.
type Stack struct {
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
	Service  string `json:"service"`
	Instance string `json:"instance"`
	Bytes    int64  `json:"bytes"`
	WindowUS int64  `json:"window_us"` // the time that it really tells of
	Reason   string `json:"reason"`    // why it was taken
}

package labapi

import (
	"context"
	"net/http"

	"example.com/tracelab/internal/zipkin"
)

// CriticalPath says in which spans the time of a request was spent: the answer of GET
// PathPath/TRACE, with ?span= for another request than the longest, and of PathPath with
// ?slowest= or ?last=. Sections are in the order of time, and sum to RootUS.
type CriticalPath struct {
	TraceID   string `json:"traceId"`
	SpanID    string `json:"id"` // of the root
	Service   string `json:"service"`
	Operation string `json:"operation"`
	StartUS   int64  `json:"start"` // since the epoch
	RootUS    int64  `json:"rootUs"`
	// Sentences say it in plain words: where most of the time was spent, what that would
	// save, and what does not count.
	Sentences []string      `json:"sentences"`
	Sections  []PathSection `json:"sections"`
	// Spans are those of the request, each before its children, and those by start. Spans
	// whose parent is missing come last.
	Spans  []PathSpan   `json:"spans"`
	Shifts []ClockShift `json:"shifts"`
	// Others are the other requests of the trace, the longest first, of which at most 100.
	Others   []PathRequest `json:"others"`
	Requests int           `json:"requests"` // how many the trace has, with this one
	Warnings []string      `json:"warnings"`
}

// PathSection is a part of the path, in one span itself. Times are µs since the epoch, as
// those of spans are, once the differences of clocks are removed.
type PathSection struct {
	SpanID    string `json:"id"`
	Service   string `json:"service"`
	Operation string `json:"operation"`
	StartUS   int64  `json:"start"`
	EndUS     int64  `json:"end"`
}

// PathSpan is a span of the request. Times are as those of a PathSection.
type PathSpan struct {
	SpanID     string      `json:"id"`
	ParentID   string      `json:"parentId,omitempty"`
	Depth      int         `json:"depth"` // 0: the root
	Service    string      `json:"service"`
	Operation  string      `json:"operation"`
	Kind       zipkin.Kind `json:"kind,omitempty"`
	StartUS    int64       `json:"start"`
	DurationUS int64       `json:"durationUs"`
	// OnPathUS is how much of the path is in the span itself, and TotalUS in it and those
	// below it.
	OnPathUS int64 `json:"onPathUs"`
	TotalUS  int64 `json:"totalUs"`
	// SelfUS is how long it ran without any of the children that it awaited.
	SelfUS int64 `json:"selfUs"`
	// SlackUS is how much longer it could take, and the request would take no longer; -1:
	// that is not known of what is excluded.
	SlackUS int64 `json:"slackUs"`
	// DragUS is by how much the request would be shorter without it and all below it.
	DragUS int64 `json:"dragUs"`
	// Excluded says why it cannot be on the path; empty: it can.
	Excluded string `json:"excluded,omitempty"`
	Error    bool   `json:"error,omitempty"`
}

// Why a span is excluded. What is below it has the same reason.
const (
	ExcludedMessage    = "message"       // it consumes what its parent sent: nobody waits for that
	ExcludedOutside    = "outside"       // it ran before its parent began, or after it had ended
	ExcludedNotAwaited = "notAwaited"    // its parent ended before it did, by the same clock
	ExcludedIncomplete = "incomplete"    // its start or its duration is not known
	ExcludedLost       = "parentMissing" // its parent is not among the spans
)

// ClockShift is by how much the clock of a process was ahead of its caller's: its times
// were moved back by that. Below zero: it was behind.
type ClockShift struct {
	Service string `json:"service"`
	Host    string `json:"host,omitempty"`
	US      int64  `json:"us"` // of several calls the most
	Calls   int    `json:"calls"`
}

// PathRequest is another request of the trace.
type PathRequest struct {
	SpanID    string `json:"id"`
	Service   string `json:"service"`
	Operation string `json:"operation"`
	StartUS   int64  `json:"start"`
	RootUS    int64  `json:"rootUs"`
}

// PathSlowest finds the critical path of the slowest of the latest requests.
func (c *Client) PathSlowest(ctx context.Context) (*CriticalPath, error) {
	return c.chosenPath(ctx, "?slowest=1")
}

// PathLast finds the critical path of the request that began last.
func (c *Client) PathLast(ctx context.Context) (*CriticalPath, error) {
	return c.chosenPath(ctx, "?last=1")
}

func (c *Client) chosenPath(ctx context.Context, choice string) (*CriticalPath, error) {
	var p CriticalPath
	return &p, c.do(ctx, http.MethodGet, PathPath+choice, nil, &p)
}

// Package critical finds the critical path of a request: what of its time was spent
// in which span, so that the parts sum to the whole exactly. Where several children
// run at once, the one that ends last is on the path: for it the parent waited.
//
// The path is a tiling of the time of a local root, walked from its end: the last of
// the awaited children to end, then the last that had ended when that one started, and
// so on; what lies between is the span's own. The same rule holds within each child.
// Docs/decisions/0029 says why it is so, and what the rules are that follow.
package critical

import (
	"math"
	"sync"

	"example.com/tracelab/internal/zipkin"
)

// Options change the rules.
type Options struct {
	// Clip counts a child that ends after its parent in the same process as awaited
	// until the parent's end, as Jaeger's UI and CRISP do. Without it, it is left out:
	// clocks are no reason there, so that the parent cannot have waited for it.
	Clip bool
}

// Trace is a trace with the critical path of each of its requests.
type Trace struct {
	Spans []*zipkin.Span // merged, in the order of zipkin.ByStart
	Tree  *zipkin.Tree   // of Spans
	Nodes []Node         // of Spans, one for one
	// Paths has one for each local root: that of the longest request first, and the
	// others by start. It is empty where there are no spans.
	Paths  []Path
	Shifts []Shift // the differences of clocks that were removed
}

// Node is what is known of a span. Times are µs.
type Node struct {
	Start, End int64 // since the epoch, once Shifts are removed; equal where they are not known
	OnPath     int64 // of its own on the path
	Total      int64 // of it and what is below it on the path
	// Self is how long it ran without any of its awaited children, in the time of its
	// ancestors.
	Self int64
	// Slack is how much longer it could take and the request would take no longer: 0 on
	// the path, Unknown where it is left out. What started after it had ended counts as
	// dependent on it, until a child on the path ended, so that it is rather too small.
	Slack int64
	// Drag is by how much the request would be shorter if the span took no time, with
	// all that is below it: siblings that ran beside it limit that. 0 off the path.
	Drag int64
	Left Reason // why it is not on any path; empty: it may be
}

// Unknown is the Slack of a span that is left out.
const Unknown = -1

// Reason says why a span is left out. What is below it has the same reason.
type Reason string

// The reasons.
const (
	Message    Reason = "message"    // it consumes what its parent sent: nobody waits for that
	Outside    Reason = "outside"    // it ran before its parent started, or after it had ended
	NotAwaited Reason = "notAwaited" // its parent ended before it did, by the same clock
	Incomplete Reason = "incomplete" // its timestamp or its duration is not known, or cannot be meant
)

// Path is the critical path of a local root.
type Path struct {
	Root       int   // the index of its span
	Request    bool  // it is a request of its own, as of zipkin.Requests
	Start, End int64 // of the root
	// Sections are in the order of time, each begins where the one before ends, and
	// they sum to the duration of the root. There are none where that is not known.
	Sections []Section
}

// Section is a part of a path, in one span itself.
type Section struct {
	Span       int // index of Trace.Spans
	Start, End int64
}

// Shift is how much the clock of a process was ahead of that of its caller.
type Shift struct {
	Service, Host string
	US            int64 // by how much its times were moved back; of several calls the most
	Calls         int   // that were moved
}

// horizon bounds the times that can be meant, in µs: 73,000 years, so that nanoseconds are
// taken for µs. Sums of two of them do not overflow.
const horizon = 1 << 61

// Of finds the critical path of each request of a trace. spans may be partial; the
// answer may share their memory. It takes time that grows with n log n, and does not
// recurse: a trace may be a chain of 10,000 spans.
func Of(spans []zipkin.Span, o Options) *Trace {
	sorted := zipkin.ByStart(zipkin.Merge(spans))
	return OfTree(sorted, zipkin.NewTree(sorted), o)
}

// OfTree is Of for who has built the tree of the spans already: spans are merged and in
// the order of zipkin.ByStart. The answer keeps both.
func OfTree(spans []*zipkin.Span, tree *zipkin.Tree, o Options) *Trace {
	f := finders.Get().(*finder)
	defer finders.Put(f)
	f.begin(&Trace{Spans: spans, Tree: tree, Nodes: make([]Node, len(spans))}, o)
	for i := range spans {
		if tree.IsLocalRoot(i) {
			f.find(i, 0)
		}
	}
	f.shareSections()
	f.orderPaths()
	return f.end()
}

// Under finds the path of the span i as though it were a request of its own: what of its
// time was spent in which of the spans below it. The nodes of all others stay empty. The
// times are by the clock of the root of t.
func (t *Trace) Under(i int, o Options) *Trace {
	f := finders.Get().(*finder)
	defer finders.Put(f)
	f.begin(&Trace{Spans: t.Spans, Tree: t.Tree, Nodes: make([]Node, len(t.Nodes))}, o)
	f.find(i, t.Shift(i))
	f.shareSections()
	f.Paths[0].Request = true
	return f.end()
}

// Shift is what was added to the times of the span i: below 0 where its clock was ahead.
func (t *Trace) Shift(i int) int64 {
	if at := t.Tree.Nodes[i].Timestamp; at > 0 && at <= horizon {
		return t.Nodes[i].Start - at
	}
	return 0
}

// find adds the path of a span and of all below it. shift is of the clock of the span.
func (f *finder) find(root int, shift int64) {
	f.placeRoot(root, shift)
	for below := range f.Tree.Below(root) {
		f.visit(below)
	}
	f.write(root)
}

// finders have memory that is used again: a comparison is of tens of thousands of traces.
var finders = sync.Pool{New: func() any { return new(finder) }}

// finder finds the paths of a trace, from each local root down.
type finder struct {
	*Trace
	Options
	places   []place   // of the spans
	chains   []int32   // the children on each span's chain, by start
	sections []Section // of all paths
	open     []step    // of a path that is written
	hosts    map[host]int

	level // of the span that is visited
}

func (f *finder) begin(t *Trace, o Options) {
	f.Trace, f.Options = t, o
	f.places = append(f.places[:0], make([]place, len(t.Nodes))...)
	f.chains, f.sections = f.chains[:0], f.sections[:0]
}

// end lets go of the trace.
func (f *finder) end() *Trace {
	t := f.Trace
	f.Trace, f.hosts = nil, nil
	return t
}

// place is where a span stands, as its parent sees it.
type place struct {
	shift    int64 // was added to its times
	lo, hi   int64 // the time that is divided among it and its children
	end      int64 // hi, or more where a sibling's start cut hi short within the tolerance
	limit    int64 // of the drag of it, by what ran beside its ancestors and it
	from, to int32 // of chains: its own
	on       bool  // it is on the path
}

func (f *finder) placeRoot(i int, shift int64) {
	n, p := &f.Nodes[i], &f.places[i]
	if !f.setTimes(i, shift) {
		n.Left, n.Slack = Incomplete, Unknown
		return
	}
	*p = place{shift: shift, lo: n.Start, hi: n.End, end: n.End, limit: math.MaxInt64, on: true}
}

// setTimes gives a node its times, and reports whether both are known.
func (f *finder) setTimes(i int, shift int64) bool {
	at, n := &f.Tree.Nodes[i], &f.Nodes[i]
	if at.Timestamp <= 0 || at.Timestamp > horizon {
		return false
	}
	f.places[i].shift = shift
	n.Start = at.Timestamp + shift
	n.End = n.Start
	if at.Duration <= 0 || at.Duration > horizon {
		return false
	}
	n.End += at.Duration
	return true
}

package why

import (
	"fmt"
	"time"

	"example.com/tracelab/internal/display"
)

// Patterns of calls of one name, one after the other.

// row are the calls of a span that have one name and do not overlap.
type row struct {
	calls   []*span
	end     int64 // of all that have the name
	overlap bool  // others of the name do
}

// rows are the rows of calls of s, by their first.
func (s *span) rows() (all []*row) {
	named := map[string]*row{}
	for _, c := range s.children {
		r := named[c.name]
		if r == nil {
			r = &row{}
			named[c.name] = r
			all = append(all, r)
		}
		r.add(c, c.at(s))
	}
	return all
}

// add adds a call, in the order of their starts; own says that s made it.
func (r *row) add(c *span, own bool) {
	r.overlap = r.overlap || c.start < r.end
	if n := len(r.calls); own && c.start < c.end && (n == 0 || c.start >= r.calls[n-1].end) {
		r.calls = append(r.calls, c)
	}
	r.end = max(r.end, c.end)
}

// took is how long the calls took, without what is between them.
func (r *row) took() (busy, longest int64) {
	for _, s := range r.calls {
		busy += s.took()
		longest = max(longest, s.took())
	}
	return busy, longest
}

func (r *row) failed() (n int) {
	for _, s := range r.calls {
		if s.failed() {
			n++
		}
	}
	return n
}

func (r *row) set() map[*span]bool {
	all := map[*span]bool{}
	for _, s := range r.calls {
		all[s] = true
	}
	return all
}

// repeated is a row of calls that follow each other.
func (tr *trace) repeated(asked *span, members []*span) *pattern {
	var found *pattern
	for _, parent := range append([]*span{asked}, members...) {
		for _, r := range parent.rows() {
			took, _ := r.took()
			if len(r.calls) < leastRepeated || found != nil && millis(took) <= found.Ms {
				continue
			}
			remark := ""
			if n := r.failed(); n > 0 {
				remark = fmt.Sprintf(", %d of which failed", n)
			}
			first := r.calls[0]
			found = newPattern(patternRepeated, first, took, "%d calls %s, one after the other, took %s%s", len(r.calls), display.Of(first.name, first.service), display.Duration(time.Duration(took)), remark)
			found.row = r.set()
		}
	}
	return found
}

// serial is work on several things in turn, each of which waits for the network:
// it could have been side by side.
func (tr *trace) serial(asked *span, members []*span) *pattern {
	for _, parent := range append([]*span{asked}, members...) {
		for _, r := range parent.rows() {
			busy, longest := r.took()
			saved := busy - longest
			if len(r.calls) < 2 || r.overlap || saved < int64(leastCause) || 2*busy < asked.took() || 3*longest > 2*busy {
				continue
			}
			s := newPattern(patternSerial, parent, saved, "%d calls %s, one after the other: side by side they would have taken %s less", len(r.calls), display.SpanName(r.calls[0].name), display.Duration(time.Duration(saved)))
			s.row = r.set()
			return s
		}
	}
	return nil
}

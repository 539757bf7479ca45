package propagation

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.opencensus.io/trace"
	"go.opencensus.io/trace/tracestate"
)

// MaxTracestate bounds the tracestate that is carried, in characters of its
// header: what the W3C asks everybody to carry (docs/decisions/0023).
const MaxTracestate = 512

const (
	maxMembers  = 32  // of a tracestate, by the W3C
	largeMember = 128 // characters; larger ones are left out first
)

// FormatTracestate returns the tracestate of sc in the form of the header, or ""
// where there is none. It has at most MaxTracestate characters: what is too much is
// left out by whole members, as the W3C says.
func FormatTracestate(sc trace.SpanContext) string {
	members := sc.Tracestate.Entries()
	if len(members) == 0 {
		return ""
	}
	size := sizeOf(members)
	if size > MaxTracestate {
		members = fit(slices.Clone(members))
		size = sizeOf(members)
	}
	var b strings.Builder
	b.Grow(size)
	for i, m := range members {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(m.Key)
		b.WriteByte('=')
		b.WriteString(m.Value)
	}
	return b.String()
}

// readTracestate reads the lines of the header tracestate. Members that break the
// grammar are left out, and those that are too many, repeat a key, or do not fit:
// then not all is read.
func readTracestate(lines []string) (*tracestate.Tracestate, bool) {
	var room [maxMembers]tracestate.Entry
	members, all := room[:0], true
	for v := range values(lines) {
		m, ok := parseMember(v)
		if !ok || len(members) == maxMembers || slices.ContainsFunc(members, func(e tracestate.Entry) bool { return e.Key == m.Key }) {
			all = false
			continue
		}
		members = append(members, m)
	}
	kept := fit(members)
	return newTracestate(kept), all && len(kept) == len(members)
}

// fit leaves out members until the others fit: the large ones first, from the end,
// then the others from the end, where the oldest are.
func fit(members []tracestate.Entry) []tracestate.Entry {
	size := sizeOf(members)
	for _, least := range []int{largeMember + 1, 0} {
		for i := len(members) - 1; i >= 0 && size > MaxTracestate; i-- {
			if memberSize(members[i]) >= least {
				members = slices.Delete(members, i, i+1)
				size = sizeOf(members)
			}
		}
	}
	return members
}

// sizeOf is the number of characters of the header.
func sizeOf(members []tracestate.Entry) int {
	size := max(0, len(members)-1) // commas
	for _, m := range members {
		size += memberSize(m)
	}
	return size
}

func memberSize(m tracestate.Entry) int { return len(m.Key) + 1 + len(m.Value) }

func parseMember(s string) (m tracestate.Entry, ok bool) {
	key, value, found := strings.Cut(s, "=")
	ok = found && len(key) <= 256 && len(value) <= 256 && key != "" && value != "" &&
		(isLower(rune(key[0])) || isDigit(rune(key[0]))) && !strings.ContainsFunc(key, notKey) && !strings.ContainsFunc(value, notValue)
	return tracestate.Entry{Key: key, Value: value}, ok
}

func isLower(r rune) bool { return 'a' <= r && r <= 'z' }
func isDigit(r rune) bool { return '0' <= r && r <= '9' }

// notKey reports whether level 2 of the specification keeps a character out of a
// key. What level 1 allows, it allows, too.
func notKey(r rune) bool { return !isLower(r) && !isDigit(r) && !strings.ContainsRune("_-*/@", r) }

func notValue(r rune) bool { return r < ' ' || r > '~' || r == ',' || r == '=' }

// newTracestate returns the members as OpenCensus's type, which is how a span
// context takes them to children, to other libraries and to FormatTracestate.
//
// OpenCensus refuses keys that begin with a digit and keys with two @, which are
// valid since. It checks what it is given, but copies a parent as it is, and its
// Entries are its own slice: so the members replace those of a copy.
func newTracestate(members []tracestate.Entry) *tracestate.Tracestate {
	if len(members) == 0 {
		return nil
	}
	state, err := tracestate.New(blank()[len(members)])
	if err != nil {
		return nil // there are no new members to refuse
	}
	copy(state.Entries(), members)
	return state
}

// blank has a Tracestate of each length.
var blank = sync.OnceValue(func() (b [maxMembers + 1]*tracestate.Tracestate) {
	for n := 1; n <= maxMembers; n++ {
		b[n], _ = tracestate.New(b[n-1], tracestate.Entry{Key: fmt.Sprintf("k%d", n), Value: "v"}) // which is valid
	}
	return b
})

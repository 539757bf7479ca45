package timeline

import (
	"net/url"
	"strconv"
	"sync"

	"example.com/tracelab/exectrace/calltree"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/web/execution"
)

// partsShown is in how many parts of the time a flame graph tells how much there was.
const partsShown = 60

// profiles are those of the selections that were asked for last.
type profiles struct {
	mu  sync.Mutex
	all []*keptProfile // the last one first
}

type keptProfile struct {
	of      string // the selection
	profile func() *calltree.Profile
}

// mostProfiles is how many profiles are kept of an execution.
const mostProfiles = 6

// profile sums up what is selected. Of several who ask, the first computes it.
func (q *flameQuery) profile() *calltree.Profile {
	kept, _ := executions.Keep(q.x, "flame graphs", func() (*profiles, error) { return &profiles{}, nil })
	return kept.get(q.with("state", "", "reason", "", "find", "", "root", "", "sort", "", "raw", ""), func() *calltree.Profile {
		return calltree.Sum(q.x.Lanes, calltree.Selection{From: timeOf(q.x, q.From), To: timeOf(q.x, q.To), Lane: q.lane, Func: q.Func, Parts: int(min(partsShown, q.To-q.From))})
	})()
}

func (p *profiles) get(of string, compute func() *calltree.Profile) func() *calltree.Profile {
	p.mu.Lock()
	defer p.mu.Unlock()
	found := &keptProfile{of, sync.OnceValue(compute)}
	rest := p.all[:0:0]
	for _, one := range p.all {
		if one.of == of {
			found = one
		} else {
			rest = append(rest, one)
		}
	}
	p.all = append([]*keptProfile{found}, rest[:min(len(rest), mostProfiles-1)]...)
	return found.profile
}

// with is the address of the page with other values: pairs of a parameter and its value. It is
// empty if a value is too long for an address.
func (q *flameQuery) with(pairs ...string) string {
	v := url.Values{}
	set := func(name, value string) {
		if v.Del(name); value != "" {
			v.Set(name, value)
		}
	}
	if q.From > beginning(q.x) || q.To < lasting(q.x) {
		set("from", strconv.FormatInt(q.From, 10))
		set("to", strconv.FormatInt(q.To, 10))
	}
	for name, value := range map[string]string{"of": q.Of, "func": q.Func, "state": q.State, "reason": q.Reason, "find": q.Find, "root": q.Root} {
		set(name, value)
	}
	if q.Sort == "total" {
		set("sort", q.Sort)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if len(pairs[i+1]) > mostFound {
			return ""
		}
		set(pairs[i], pairs[i+1])
	}
	return execution.Path + "/" + url.PathEscape(q.ID) + "/flame?" + v.Encode()
}

// at is the address of the page of another time, which is moved into the trace.
func (q *flameQuery) at(from, to int64) string {
	begins, lasts := beginning(q.x), lasting(q.x)
	length := min(max(to-from, 1), lasts-begins)
	from = min(max(from, begins), lasts-length)
	other := *q
	other.From, other.To = from, from+length
	return other.with()
}

// timeline is the same time there, marked, with as much before it and after it.
func (q *flameQuery) timeline() string {
	length := q.To - q.From
	v := url.Values{"from": {strconv.FormatInt(max(q.From-length, beginning(q.x)), 10)}, "to": {strconv.FormatInt(min(q.To+length, lasting(q.x)), 10)},
		"range": {strconv.FormatInt(q.From, 10) + "," + strconv.FormatInt(q.To, 10)}}
	if q.lane != nil {
		v.Set("lane", q.Of)
	}
	return Path(q.ID) + "?" + v.Encode()
}

// moves are links to other times.
func (d *flamePage) moves() {
	length := d.To - d.From
	half := max(length/2, 1)
	d.Moves = []move{
		{d.T("Earlier"), d.at(d.From-length, d.From)}, {d.T("Later"), d.at(d.To, d.To+length)},
		{d.T("Left half"), d.at(d.From, d.From+half)}, {d.T("Middle half"), d.at(d.From+half/2, d.To-half/2)}, {d.T("Right half"), d.at(d.From+half, d.To)},
		{d.T("Twice the time"), d.at(d.From-half, d.To+half)}, {d.T("All of it"), d.at(beginning(d.x), lasting(d.x))},
	}
}

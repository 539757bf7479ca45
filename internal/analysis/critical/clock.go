package critical

import (
	"cmp"

	"example.com/tracelab/internal/zipkin"
)

// host is what has a clock.
type host struct{ service, address string }

// shiftOf is by how much the times of a child are to be moved so that they are of the
// clock of its root: as much as its parent's, if it ran on the same host; and where it
// answers a call from another one, as much as puts it into the call.
func (f *finder) shiftOf(parent, child int32) int64 {
	p, c := &f.Tree.Nodes[parent], &f.Tree.Nodes[child]
	same, differ := compareAddresses(p.Local, c.Local)
	sameService := p.Local.ServiceName == c.Local.ServiceName
	switch {
	case isCall(p, c) && (differ || !sameService):
		return f.skew(parent, child)
	case !differ && (same || sameService || c.Local.ServiceName == "" || p.Local.ServiceName == ""):
		return f.places[parent].shift
	}
	return 0
}

// isCall reports whether c is the server's side of the call p.
func isCall(p, c *zipkin.Node) bool { return p.Kind == zipkin.Client && c.Kind == zipkin.Server }

func compareAddresses(a, b *zipkin.Endpoint) (same, differ bool) {
	for _, pair := range [...][2]string{{a.IPv4, b.IPv4}, {a.IPv6, b.IPv6}} {
		if pair[0] != "" && pair[1] != "" {
			same = same || pair[0] == pair[1]
			differ = differ || pair[0] != pair[1]
		}
	}
	return same, differ && !same
}

// skew is Zipkin's rule: a server cannot have worked before it was called, so that where
// it seems to have, the clocks differ, and the way there took as long as the way back.
// Here that goes for a server which ended after its caller had, too, unless the call
// failed: then the caller may have given up. One that took longer than the call is not
// moved, since it would not fit.
func (f *finder) skew(client, server int32) int64 {
	c, s := &f.Nodes[client], &f.Tree.Nodes[server]
	room := c.End - c.Start - s.Duration
	if room < 0 || c.Left == Incomplete || s.Timestamp <= 0 || s.Timestamp > horizon || s.Duration <= 0 {
		return 0
	}
	took := c.End - c.Start
	early := s.Timestamp < c.Start-tolerance(took)
	late := s.Timestamp+s.Duration > c.End+min(max(took/10, 2), 1000) // it may end its span a moment after it has answered
	if !early && (!late || f.Spans[client].Failed()) {
		return 0
	}
	shift := c.Start + room/2 - s.Timestamp
	if shift < -horizon || shift > horizon {
		return 0
	}
	f.note(s.Local, -shift)
	return shift
}

// note adds to Shifts.
func (f *finder) note(at *zipkin.Endpoint, us int64) {
	h := host{at.ServiceName, cmp.Or(at.IPv4, at.IPv6)}
	i, known := f.hosts[h]
	if !known {
		if f.hosts == nil {
			f.hosts = map[host]int{}
		}
		i = len(f.Shifts)
		f.hosts[h] = i
		f.Shifts = append(f.Shifts, Shift{Service: h.service, Host: h.address})
	}
	s := &f.Shifts[i]
	s.Calls++
	if max(us, -us) > max(s.US, -s.US) {
		s.US = us
	}
}

// tolerance is by how many µs spans that took place one after the other may overlap,
// in a time of so many: timestamps are cut to whole µs, and a span is ended a moment
// after what it timed.
func tolerance(us int64) int64 { return max(2, min(us/100, 1000)) }

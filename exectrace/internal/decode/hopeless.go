package decode

// patience is for how long the events of other threads may be gone on with before it is
// looked up whether what an event waits for comes at all. Where nothing is lost, waits are
// short: what an event waits for has happened before it, and threads read one clock.
const patience = 1e6

// scansOf is how many bytes are looked through at most, of a generation. It is in
// proportion to the generation, since a file may have many small ones.
func scansOf(g *generation) int64 { return 1<<20 + 64*min(g.size, 1<<20) + 16*g.size }

// hopeless returns which of the first n events waits for what does not come, or None, if it
// is time to ask: before much later events are gone on with. The longer one waits the less
// often that is looked up.
func (d *Decoder) hopeless(n int) int {
	if d.AsGoTool { // Go's decoder goes on as long as it can
		return None
	}
	now := d.heap[n].time
	for i := range d.heap[:n] {
		c := d.heap[i].c
		waited := now - c.time
		if waited < patience {
			break
		}
		if c.still || now-c.asked < waited/2 || d.scans <= 0 {
			continue
		}
		c.asked = now
		if !d.comes(c) {
			return i
		}
	}
	return None
}

// culprit returns the earliest of the events that all wait for what does not come, and the
// earliest of all if they wait for each other.
func (d *Decoder) culprit() int {
	for i := range d.heap {
		if d.scans > 0 && !d.comes(d.heap[i].c) {
			return i
		}
	}
	return 0
}

func (d *Decoder) mendWaiting(i int) outcome {
	d.why = "it waits for what never comes"
	return d.mend(i)
}

// comes reports whether one of the other threads' events can be what an event waits for.
func (d *Decoder) comes(c *cursor) bool {
	var v [4]uint64
	if args := shapes[c.typ].args; args == no || c.seg.numbers(&v, args, c.at) > c.end {
		return false
	}
	w := wanted{typ: c.typ, id: v[0], seq: v[1]}
	switch c.typ {
	case GoStart, GoUnblock, GoSwitch, GoSwitchDestroy:
		if of := d.goroutines.find(int64(v[0])); of >= 0 && d.gs[of].gen == d.now && d.gs[of].status != goNone {
			w.seen = d.gs[of].seq
		}
	case ProcStart, ProcSteal:
		w.proc = true
		if c.typ == ProcStart && c.m.p >= 0 { // another is to be taken from the thread first
			w.id, w.seq = uint64(c.m.p), anySeq
		}
	case GoSyscallEndBlocked:
		w.proc, w.id, w.seq = true, uint64(c.m.p), anySeq
	case GCActive, GCBegin, GCEnd:
		w.seq = v[0]
	default:
		return true
	}
	for i := range d.heap {
		if o := d.heap[i].c; o != c && (w.runs(d, o.m) || d.brings(o, &w)) {
			return true
		}
	}
	return false
}

// wanted is what an event waits for: one before it of the same goroutine or processor.
type wanted struct {
	typ     Type
	id, seq uint64
	seen    uint64 // of the last event that is known
	proc    bool
}

const anySeq = 1 << 63

// runs reports whether a thread has it.
func (w *wanted) runs(d *Decoder, m *thread) bool {
	if w.typ >= GCActive && w.typ <= GCEnd {
		return false
	}
	if w.proc {
		return m.p >= 0 && uint64(m.p) == w.id
	}
	return m.g >= 0 && uint64(m.goroutine) == w.id
}

// brings looks through what a thread has still to say.
func (d *Decoder) brings(c *cursor, w *wanted) bool {
	if d.bringsBatch(c.seg, c.began, c.end, w) {
		return true
	}
	for i := range c.batches {
		b := &c.batches[i]
		if d.bringsBatch(d.gen.segments[b.segment], b.at, b.end, w) {
			return true
		}
	}
	return false
}

func (d *Decoder) bringsBatch(s *segment, at, end uint32, w *wanted) bool {
	d.scans -= int64(end - at)
	for at < end {
		typ, _, args := s.next(at)
		shape := &shapes[typ]
		if shape.args == no {
			return false
		}
		var v [4]uint64
		at = s.numbers(&v, shape.args, args)
		if at <= end && w.before(typ, shape, &v) {
			return true
		}
	}
	return false
}

// before reports whether an event is one about the same that comes before.
func (w *wanted) before(typ Type, s *shape, v *[4]uint64) bool {
	if w.typ >= GCActive && w.typ <= GCEnd {
		return typ >= GCActive && typ <= GCEnd && v[0] < w.seq
	}
	if s.subject != 0 || s.kind != TransitionKind || v[0] != w.id {
		return false
	}
	switch typ {
	case ProcStart, ProcSteal:
		return w.proc && v[1] < w.seq // the beginning of a system call counts, too, and does not say of which processor
	case ProcStatus:
		return w.proc
	case GoStart, GoUnblock, GoSwitch, GoSwitchDestroy:
		return !w.proc && v[1] == w.seq-1 && v[1] > w.seen
	}
	return !w.proc && w.seq == 1
}

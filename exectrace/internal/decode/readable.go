package decode

// enough is how many events have to be readable behind a place for what is there to be no
// chance.
const enough = 24

// reads returns how many events there are from an offset of a batch on that can be, as far
// as that is seen without states; enough, if there are so many, or the batch ends with them.
func (d *Decoder) reads(s *segment, at, end uint32) int {
	for n := range enough {
		if at == end {
			return enough
		}
		next := d.readable(s, at, end)
		if next == 0 {
			return n
		}
		at = next
	}
	return enough
}

// readable returns the offset behind the event at an offset, or 0 if there is none.
func (d *Decoder) readable(s *segment, at, end uint32) uint32 {
	typ, ticks, args := s.next(at)
	shape := &shapes[typ]
	if shape.args == no || d.gen.ns(ticks) > d.gen.latest-d.gen.ns(d.gen.first) {
		return 0
	}
	var v [4]uint64
	next := s.numbers(&v, shape.args, args)
	if next > end || d.gen.whole() && !d.named(shape, &v) {
		return 0
	}
	switch typ {
	case ProcStart, ProcSteal, ProcStatus:
		if v[0] >= maxPlausibleProcs {
			return 0
		}
	case GoStatus, GoStatusStack:
		if v[2] == 0 || v[2] > uint64(goWaiting) {
			return 0
		}
	case ProcsChange:
		if v[0] == 0 || v[0] > maxProcs {
			return 0
		}
	}
	return next
}

// maxPlausibleProcs is more than GOMAXPROCS is in practice.
const maxPlausibleProcs = 1 << 11

// named reports whether the tables have what an event names.
func (d *Decoder) named(s *shape, v *[4]uint64) bool {
	for _, i := range [...]uint8{s.text, s.text2} {
		if i != no && !d.gen.strings.valid(v[i&3]) {
			return false
		}
	}
	for _, i := range [...]uint8{s.stack, s.of} {
		if i != no && !d.gen.stacks.valid(v[i&3]) {
			return false
		}
	}
	return true
}

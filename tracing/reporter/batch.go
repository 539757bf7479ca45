package reporter

// batch is spans in the form in which they are sent: a JSON array, but for its
// closing bracket. Spans are encoded once, when they end, so a queue holds
// exactly the bytes that it is bounded by, and what is sent again is the same.
type batch struct {
	body []byte
	ends []int // of each span in body
}

// add appends an encoded span.
func (b *batch) add(span []byte) {
	sep := byte(',')
	if len(b.body) == 0 {
		sep = '['
	}
	b.body = append(append(b.body, sep), span...)
	b.ends = append(b.ends, len(b.body))
}

func (b *batch) len() int { return len(b.ends) }

// array is the whole, ready to be sent.
func (b *batch) array() []byte { return append(b.body, ']') }

// part is a batch of the spans from i to before j.
func (b *batch) part(i, j int) *batch {
	some := &batch{}
	from := 0
	if i > 0 {
		from = b.ends[i-1]
	}
	for ; i < j; i++ {
		some.add(b.body[from+1 : b.ends[i]]) // without the separator
		from = b.ends[i]
	}
	return some
}

// reset empties a batch for the next spans, and lets go of unusual memory.
func (b *batch) reset() {
	const usual = 1 << 20
	if cap(b.body) > usual {
		b.body = nil
	}
	b.body, b.ends = b.body[:0], b.ends[:0]
}

package zipkinapi

import "sync/atomic"

// traffic counts what came in over one transport, as Zipkin's own metrics do:
// the fields are named as those of zipkin_collector. There is none for
// spans_dropped, which is always zero: a span that was taken is stored.
type traffic struct {
	messages        atomic.Int64 // also the empty and the refused
	messagesDropped atomic.Int64 // of them, those of which nothing was stored
	bytes           atomic.Int64 // of the bodies, unpacked
	spans           atomic.Int64

	// What the last message had; the second of the last that had any.
	messageBytes, messageSpans atomic.Int64
}

// received notes a body.
func (t *traffic) received(body string) {
	n := int64(len(body))
	if body == "[]" {
		n = 0 // as in Zipkin
	}
	t.bytes.Add(n)
	t.messageBytes.Store(n)
}

// stored notes the spans of a message.
func (t *traffic) stored(n int) {
	if n > 0 {
		t.spans.Add(int64(n))
		t.messageSpans.Store(int64(n))
	}
}

package reporter

import "github.com/openzipkin/zipkin-go/model"

// Send queues a span, or drops it and counts it when it cannot be encoded, the
// queue is full or the Reporter closed. It never waits for the network, and
// keeps nothing of what the span points to.
func (r *Reporter) Send(s model.SpanModel) {
	scratch := r.scratch.Get().(*[]byte)
	span, err := appendSpan((*scratch)[:0], &s)
	if work := r.enqueue(span, err); work {
		r.wakeSender()
	}
	if cap(span) <= 64<<10 { // one huge span must not stay in the pool
		*scratch = span
	}
	r.scratch.Put(scratch)
}

// enqueue reports whether the sender may have to be woken: for the first span of
// a batch and for a full one. Those between find it awake.
func (r *Reporter) enqueue(span []byte, err error) (work bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stats.Accepted++
	switch {
	case r.closed:
		r.drop(DroppedShutdown, 1)
		return true // for the line in the log
	case err != nil:
		r.drop(DroppedInvalid, 1)
		return true
	case r.spans >= r.cfg.MaxSpans, r.bytes+len(span) > r.cfg.MaxBytes:
		r.drop(DroppedQueueFull, 1)
		return true
	}
	if r.open.len() > 0 && len(r.open.body)+len(span) > r.cfg.BatchBytes {
		r.seal()
		work = true
	}
	r.open.add(span)
	r.spans++
	r.bytes += len(span)
	if r.open.len() >= r.cfg.BatchSpans {
		r.seal()
	}
	return work || r.open.len() <= 1
}

// wakeSender has the sender look for work.
func (r *Reporter) wakeSender() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// seal moves the open batch to the full ones; r.mu is held.
func (r *Reporter) seal() {
	r.full = append(r.full, r.open)
	r.open = r.spare
	r.spare = nil
	if r.open == nil {
		r.open = &batch{}
	}
}

// take removes the oldest full batch, or, if partly is true or the Reporter
// closed, the one that is being filled.
func (r *Reporter) take(partly bool) (b *batch, closed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.full) == 0 && (partly || r.closed) && r.open.len() > 0 {
		r.seal()
	}
	if len(r.full) == 0 {
		return nil, r.closed
	}
	b = r.full[0]
	r.full = r.full[1:]
	return b, r.closed
}

// recycle keeps an empty batch for the next spans.
func (r *Reporter) recycle(b *batch) {
	b.reset()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spare = b
}

// pending reports whether the open batch holds a span.
func (r *Reporter) pending() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.open.len() > 0
}

// mustGo reports whether the sender has no reason to wait for more spans.
func (r *Reporter) mustGo() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.closed || len(r.full) > 0
}

// abandon drops what is left when the time to end has come.
func (r *Reporter) abandon() {
	r.mu.Lock()
	r.closed = true
	if r.spans > 0 {
		r.drop(DroppedShutdown, r.spans)
		r.settle(r.spans)
	}
	r.full, r.open, r.spans, r.bytes = nil, &batch{}, 0, 0
	r.mu.Unlock()
	r.logLosses()
}

package reporter

import "github.com/openzipkin/zipkin-go/model"

// Send queues a span, or drops it and counts it when it cannot be encoded, the
// queue is full or the Reporter closed. It never waits for the network, and
// keeps nothing of what the span points to.
func (r *Reporter) Send(s model.SpanModel) {
	r.encode(&s, func(span []byte, err error) bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.stats.Accepted++
		if r.closed {
			r.drop(DroppedShutdown, 1)
			return true // for the line in the log
		}
		return r.enqueue(span, err)
	})
}

// encode has take keep a copy of the span as JSON, or count the error, and wakes the
// sender if it says so.
func (r *Reporter) encode(s *model.SpanModel, take func(span []byte, err error) bool) {
	r.encodeAs(func(b []byte) ([]byte, error) { return appendSpan(b, s) }, take)
}

// encodeAs is encode for what appends itself.
func (r *Reporter) encodeAs(appendTo func([]byte) ([]byte, error), take func(span []byte, err error) bool) {
	scratch := r.scratch.Get().(*[]byte)
	span, err := appendTo((*scratch)[:0])
	if take(span, err) {
		r.wakeSender()
	}
	if cap(span) <= 64<<10 { // one huge span must not stay in the pool
		*scratch = span
	}
	r.scratch.Put(scratch)
}

// enqueue reports whether the sender may have to be woken: for the first span of
// a batch and for the one that fills it. Those between find it awake. r.mu is held.
func (r *Reporter) enqueue(span []byte, err error) (work bool) {
	switch {
	case err != nil:
		r.drop(DroppedInvalid, 1)
		return true
	case r.spans+r.unencoded >= r.cfg.MaxSpans, r.bytes+len(span) > r.cfg.MaxBytes:
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
	return work || r.open.len() <= 1 || r.fills()
}

// fills reports whether the spans of the open batch and those without a model, which will
// join it, are as many as a request takes. r.mu is held.
func (r *Reporter) fills() bool { return r.open.len()+r.unencoded >= r.cfg.BatchSpans }

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

// take removes the oldest full batch, or, if partly is true or no more spans can join
// it, the one that is being filled. closed says that no others can come.
func (r *Reporter) take(partly bool) (b *batch, closed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.full) == 0 && (partly || r.closed && r.unencoded == 0) && r.open.len() > 0 {
		r.seal()
	}
	if len(r.full) == 0 {
		return nil, r.closed && r.unencoded == 0
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

// pending reports whether there is a span for the next batch.
func (r *Reporter) pending() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.open.len() > 0 || r.unencoded > 0
}

// mustGo reports whether the sender has no reason to wait for more spans.
func (r *Reporter) mustGo() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.closed || len(r.full) > 0 || r.fills()
}

// abandon drops what is left when the time to end has come.
func (r *Reporter) abandon() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.encodeEnded() // which frees them, and so that nobody else does meanwhile
	r.mu.Lock()
	if r.spans > 0 {
		r.drop(DroppedShutdown, r.spans)
		r.settle(r.spans)
	}
	r.full, r.open, r.spans, r.bytes = nil, &batch{}, 0, 0
	r.mu.Unlock()
	r.logLosses()
}

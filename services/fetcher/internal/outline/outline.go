// Package outline drafts what is known of a target before it is asked.
package outline

import (
	"context"
	"runtime"
	"runtime/metrics"
	"strings"
	"sync/atomic"
	"time"
)

// Write drafts an outline, again and again, for as long as it may take.
func Write(ctx context.Context, within time.Duration) { new(outline).write(ctx, within) }

// outline is what is known of a target: drafts of it, and the terms that they are
// made of.
type outline struct {
	terms *term
	size  int
	draft strings.Builder
}

// term is a word and its weight. Its pointer stands last: the collector then
// counts all of it as work to do.
type term struct {
	weight uint64
	next   *term
}

// Bounds of an outline. They make it a little of memory and much of work for the
// garbage collector: a chain is followed link by link, by one processor alone,
// and a draft is as much garbage as makes the collector ask for help.
const (
	maxTerms  = 60_000
	draftSize = 1 << 20
)

func (o *outline) write(ctx context.Context, within time.Duration) {
	for began := time.Now(); time.Since(began) < within && ctx.Err() == nil; {
		o.collect()
		if !o.begin() {
			runtime.Gosched() // the collector is late: room is its work now
		}
	}
}

// drafting is the number of drafts whose memory is asked for now, in all outlines.
// The collector may have them wait before it, and the heap does not show them yet.
var drafting atomic.Int64

// begin takes memory for a draft, and reports whether there was room. Drafts that
// others have just asked for count: of sixty-four who see the same room, few find it.
func (o *outline) begin() bool {
	defer drafting.Add(-1)
	if !roomy(drafting.Add(1)) {
		return false
	}
	o.draft = strings.Builder{}
	o.draft.Grow(draftSize)
	return true
}

// collect adds some terms, up to the bound.
func (o *outline) collect() {
	for range min(4096, maxTerms-o.size) {
		o.terms = &term{uint64(o.size), o.terms}
		o.size++
	}
}

// roomy reports whether the heap, with so many drafts more, is within what its
// collector aims at.
func roomy(drafts int64) bool {
	heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/heap/goal:bytes"}}
	metrics.Read(heap)
	return heap[0].Value.Uint64()+uint64(drafts)*draftSize <= heap[1].Value.Uint64()+4*draftSize
}

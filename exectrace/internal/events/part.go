package events

import (
	"fmt"
	"time"

	"example.com/tracelab/exectrace/internal/container"
	"example.com/tracelab/exectrace/internal/decode"
)

// part hands over the events of a time. Before them are events that nobody wrote, which say
// what was the case when it began, as a trace begins with; after them is the Sync that a
// trace ends with.
type part struct {
	span   *container.Span
	take   func(*decode.Tables, []decode.Event) bool
	states states
	begun  bool
	ended  *decode.Tables // of the generation in which the time ended
	last   int64          // when something was last, before the time
	any    bool           // last is set
	syncs  uint64
}

// readPart is read for a File of which a time is asked for.
func readPart(f *container.File, recycled bool, take func(*decode.Tables, []decode.Event) bool, lost func(Loss) bool) error {
	p := &part{span: f.Span, take: take}
	err := readAll(f, recycled, p.next, func(l Loss) bool {
		if l.Gap {
			p.states = states{}
		}
		return p.ended != nil && l.From > p.span.To || lost(l)
	})
	if err == nil && p.ended == nil && f.Span.GoesOn { // and nothing happens until its next generation
		if p.begun || p.begin(decode.Make()) {
			p.end(decode.Make())
		}
	}
	if err == nil && !p.begun {
		err = fmt.Errorf("the trace has no moment %v after its beginning: it lasts %v",
			time.Duration(p.span.From-p.span.Began), time.Duration(p.last-p.span.Began))
	}
	return err
}

func (p *part) next(t *decode.Tables, list []decode.Event) bool {
	if p.ended != nil {
		return t == p.ended // what is lost of a generation is told at its end
	}
	for len(list) > 0 && list[0].Time < p.span.From {
		p.last, p.any = list[0].Time, true
		p.states.take(t, &list[0])
		list = list[1:]
	}
	if len(list) == 0 {
		return true
	}
	if !p.begun && !p.begin(t) {
		return false
	}
	n := len(list)
	for n > 0 && list[n-1].Time > p.span.To {
		n--
	}
	if list[0].Type == decode.Sync { // each is the first of those that are handed over with it
		p.syncs = list[0].Args[0]
	}
	if n > 0 && !p.take(t, list[:n]) {
		return false
	}
	return n == len(list) || p.end(t)
}

// begin tells the states, unless the time begins with the trace.
func (p *part) begin(t *decode.Tables) bool {
	p.begun = true
	if !p.any {
		return true
	}
	list := append([]decode.Event{p.sync()}, p.states.events(t)...)
	for i := range list {
		list[i].Time = p.span.From
	}
	return p.take(t, list)
}

func (p *part) end(t *decode.Tables) bool {
	p.ended = t
	ev := p.sync()
	ev.Time = p.span.To
	return p.take(decode.Make(), []decode.Event{ev})
}

func (p *part) sync() decode.Event {
	p.syncs++
	ev := made(decode.Sync, 0)
	ev.Args[0] = p.syncs
	return ev
}

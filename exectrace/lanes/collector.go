package lanes

import (
	"strings"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/exectrace/internal/events"
)

// collector follows who runs on which processor, and on which thread.
type collector struct {
	procs   []*proc
	threads []*thread // by the decoder's index
	sync    exectrace.Time
	now     exectrace.Time
}

// proc is a processor that is followed.
type proc struct {
	track
	has    bool // a goroutine
	turn   turn // if it has one, without its end
	thread int32
}

// thread is a thread that is followed.
type thread struct {
	track
	id     int64
	busy   bool
	turn   turn     // if it is busy, without its end
	before kindSums // of its processor, when the turn began
}

func newCollector() *collector { return &collector{} }

// Event takes the next event.
func (c *collector) Event(t *decode.Tables, ev *decode.Event) {
	c.now = exectrace.Time(ev.Time)
	switch ev.Kind() {
	case decode.SyncKind:
		c.sync = c.now
	case decode.LabelKind:
		if strings.HasPrefix(t.Text(ev.Label()), "GC ") { // as workers of the garbage collector have
			c.collects(ev)
		}
	case decode.TransitionKind:
		switch {
		case ev.From == ev.To: // told again, as a generation begins
		case ev.OfProc():
			c.proc(ev)
		default:
			c.goroutine(ev)
		}
	}
}

// Gap ends all turns: the next generation begins with new statuses.
func (c *collector) Gap() { c.finish(c.now) }

// finish ends all turns at a moment.
func (c *collector) finish(at exectrace.Time) {
	for _, m := range c.threads {
		c.leave(m, at)
	}
	for _, p := range c.procs {
		p.stop(at)
		p.thread = decode.None
	}
}

// since is when a state began that an event tells.
func (c *collector) since(ev *decode.Event) exectrace.Time {
	if ev.From == decode.Undetermined { // it has been so since the generation began
		return c.sync
	}
	return c.now
}

func (c *collector) proc(ev *decode.Event) {
	p := c.procAt(ev.Of)
	switch {
	case p == nil: // of a damaged trace
	case ev.To == decode.Running:
		c.take(ev.M, ev.Thread, ev.Of, c.since(ev))
	case ev.To == decode.Idle:
		call := p.turn
		inCall := p.has && call.kind == calls
		p.stop(c.now)
		m := c.threadAt(p.thread, 0)
		p.thread = decode.None
		if m.has(ev.Of) {
			c.leave(m, c.now)
		}
		if inCall { // the call goes on without the processor
			c.enter(m, turn{from: c.now, who: call.who, kind: calls})
		}
	}
}

// take gives a processor to a thread. One in a system call, which it is about to end,
// has it for the goroutine once the call has ended.
func (c *collector) take(m int32, id int64, number int32, at exectrace.Time) {
	p, to := c.procAt(number), c.threadAt(m, id)
	if p == nil || to == nil || to.has(number) {
		return
	}
	if before := c.threadAt(p.thread, 0); before.has(number) { // in a damaged trace
		c.leave(before, at)
	}
	if to.busy && to.turn.kind == onProcessor {
		c.procs[to.turn.who].thread = decode.None
	}
	p.thread = m
	if !to.busy || to.turn.kind != calls {
		c.enter(to, turn{from: at, who: int64(number), kind: onProcessor})
	}
}

func (c *collector) goroutine(ev *decode.Event) {
	id, ok := ev.OfGoroutine()
	if !ok {
		return
	}
	p, m := c.procAt(ev.P), c.threadAt(ev.M, ev.Thread)
	switch {
	case ev.To.Executing() && p != nil:
		x := turn{from: c.since(ev), who: id, kind: runs}
		if ev.To == decode.Syscall {
			x.kind = calls
		}
		if !m.has(ev.P) { // its processor was not told, or it has ended a call
			c.leave(m, x.from)
			c.take(ev.M, ev.Thread, ev.P, x.from)
		}
		p.run(x)
	case ev.To == decode.Syscall: // it has lost its processor before the trace began
		c.enter(m, turn{from: c.since(ev), who: id, kind: calls})
	case ev.From.Executing() && p != nil && p.isOf(id):
		p.stop(c.now)
	case ev.From == decode.Syscall && m != nil && m.busy && m.turn.kind == calls && m.turn.who == id:
		c.leave(m, c.now)
		if p != nil && p.thread == ev.M {
			c.enter(m, turn{from: c.now, who: int64(ev.P), kind: onProcessor})
		}
	}
}

// collects says that the goroutine that runs where an event happened is a worker of the
// garbage collector.
func (c *collector) collects(ev *decode.Event) {
	if p := c.procAt(ev.P); p != nil && p.isOf(ev.Goroutine) && p.turn.kind == runs {
		p.turn.kind = collects
	}
}

// procAt is the processor with a number, or nil.
func (c *collector) procAt(number int32) *proc {
	if number < 0 || number >= events.MaxProcs {
		return nil
	}
	for int(number) >= len(c.procs) {
		c.procs = append(c.procs, &proc{thread: decode.None})
	}
	return c.procs[number]
}

// threadAt is the thread with an index, which may be new, or nil for none.
func (c *collector) threadAt(index int32, id int64) *thread {
	if index < 0 {
		return nil
	}
	for int(index) >= len(c.threads) {
		c.threads = append(c.threads, nil)
	}
	if c.threads[index] == nil {
		c.threads[index] = &thread{id: id}
	}
	return c.threads[index]
}

// isOf reports whether the processor has a goroutine.
func (p *proc) isOf(goroutine int64) bool { return p.has && p.turn.who == goroutine }

// has reports whether a thread has a processor. No thread has none.
func (m *thread) has(processor int32) bool {
	return m != nil && m.busy && m.turn.kind == onProcessor && m.turn.who == int64(processor)
}

// run has the processor run a goroutine, in place of what it ran before.
func (p *proc) run(x turn) {
	if p.has {
		if p.turn.who == x.who && p.turn.kind == x.kind {
			return
		}
		x.from = max(x.from, p.turn.from)
		p.stop(x.from)
	}
	x.from = max(x.from, p.end)
	p.has, p.turn = true, x
}

func (p *proc) stop(at exectrace.Time) {
	if !p.has {
		return
	}
	p.has = false
	if p.turn.to = at; p.turn.from < at {
		p.add(p.turn)
	}
}

// spentUpTo is the time by kind of a processor up to now.
func (p *proc) spentUpTo(at exectrace.Time) kindSums {
	sums := p.sums
	if x := p.turn; p.has && x.from < at {
		x.to = at
		sums.add(x.spent())
	}
	return sums
}

// enter has a thread do something, in place of what it did before.
func (c *collector) enter(m *thread, x turn) {
	if m == nil {
		return
	}
	c.leave(m, x.from)
	x.from = max(x.from, m.end)
	m.busy, m.turn = true, x
	if x.kind == onProcessor {
		m.before = c.procs[x.who].spentUpTo(x.from)
	}
}

// leave ends what a thread does.
func (c *collector) leave(m *thread, at exectrace.Time) {
	if m == nil || !m.busy {
		return
	}
	m.busy = false
	m.turn.to = at
	if m.turn.kind == onProcessor {
		m.turn.sums = c.procs[m.turn.who].spentUpTo(at).since(m.before)
	}
	if m.turn.from < at {
		m.add(m.turn)
	}
}

package loadgen

import (
	"cmp"
	"slices"
	"strings"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// late is how much after its time a request must be sent to count as late: more
// than a timer on a busy machine is off.
const late = 10 * time.Millisecond

// totals counts what comes back. One goroutine uses it.
type totals struct {
	pace
	block    int
	outcomes []*outcome
	results  uint64 // all that came, also those that were cut off
	ended    int
	failed   int
	cut      uint64 // the first request that was cut off
	late     int
	latest   time.Duration
	sent     time.Time // the last of all
	pages    string    // the beginning of a trace's URL, once an answer has one
}

func newTotals(cfg Config, p pace) *totals {
	t := &totals{pace: p, sent: p.began, cut: p.count}
	if len(cfg.Variants) > 1 {
		t.block = cfg.Block
	}
	for _, v := range cfg.Variants {
		t.outcomes = append(t.outcomes, newOutcome(v))
	}
	return t
}

// collect takes all results, until there are no more.
func (t *totals) collect(results <-chan *vegeta.Result, s *sender, progress func(Progress)) {
	var tick <-chan time.Time
	if progress != nil {
		ticker := time.NewTicker(100 * time.Millisecond)
		defer ticker.Stop()
		tick = ticker.C
	}
	for {
		select {
		case r, more := <-results:
			if !more {
				return
			}
			t.add(r, t.outcomes[s.variant(r.Seq)], s.flagged(r.Seq))
		case <-tick:
			progress(Progress{Ended: t.ended, Failed: t.failed, UnderWay: int(s.underWay.Load())})
		}
	}
}

func (t *totals) add(r *vegeta.Result, to *outcome, debug bool) {
	t.results++
	if r.Timestamp.After(t.sent) {
		t.sent = r.Timestamp
	}
	due := t.due(r.Seq)
	lag := max(0, r.Timestamp.Sub(due))
	if lag > late {
		t.late++
	}
	t.latest = max(t.latest, lag)
	req := Request{Due: due.UnixMicro(), Latency: Micros(lag + r.Latency), Service: Micros(r.Latency), Status: int(r.Code)}
	if r.Code == 0 {
		req.Reason = unwrapped(r.Error)
		if req.Reason == cutOff {
			t.cut = min(t.cut, r.Seq)
			return
		}
	}
	t.ended++
	if failed(req) {
		t.failed++
	}
	req.TraceID = traceID(r.Headers)
	if to.looksAt(req) {
		t.look(&req, r.Body)
	}
	to.add(r.Seq, req)
	if debug && req.TraceID != "" {
		to.DebugIDs = append(to.DebugIDs, req.TraceID)
	}
}

// failed reports whether a request had no answer, or the server's error.
func failed(r Request) bool { return r.Status == 0 || r.Status >= 500 }

// look adds what the answer says in its body.
func (t *totals) look(req *Request, body []byte) {
	if len(body) == 0 {
		return
	}
	s := read(body)
	if req.Status >= 400 {
		req.Reason = s.detail
	}
	if before, found := strings.CutSuffix(s.traceURL, req.TraceID); found && req.TraceID != "" {
		t.pages = before
		req.TraceURL = s.traceURL
	}
}

func (t *totals) result(s *sender) *Result {
	now := time.Now()
	r := &Result{
		Began: t.began.UnixMicro(), Took: Micros(now.Sub(t.began)), Asked: t.rate, Count: int(t.count), Ended: t.ended,
		Late: t.late, Latest: Micros(t.latest), Full: s.peak.Load() >= s.most, Block: t.block,
	}
	if t.results > 0 {
		r.Reached = float64(t.results) / (t.sent.Sub(t.began).Seconds() + 1/t.rate)
	}
	if fallen := int(t.fallen(now)); fallen > t.ended {
		r.CutOff = fallen - t.ended
		// What was never sent fell due after all that was.
		r.Waited = Micros(now.Sub(t.due(min(t.cut, t.results))))
	}
	for _, o := range t.outcomes {
		r.Variants = append(r.Variants, o.public(t.pages))
	}
	return r
}

// shown is how many requests of a kind are.
const shown = 5

// bySlowness puts the slowest first.
func bySlowness(a, b Request) int { return cmp.Compare(b.Latency, a.Latency) }

// keep inserts r where it belongs among the slowest.
func keep(slowest []Request, r Request) []Request {
	at, _ := slices.BinarySearchFunc(slowest, r, bySlowness)
	slowest = slices.Insert(slowest, at, r)
	return slowest[:min(len(slowest), shown)]
}

package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"example.com/tracelab/internal/zipkin"

	"golang.org/x/sync/singleflight"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/why"
)

// Bounds of explaining, which takes a processor and, while an execution trace is
// indexed, several times its size in memory.
const (
	maxRead       = 32 << 20         // bytes of an execution trace
	maxExplaining = 2                // explanations at a time
	explainWithin = 30 * time.Second // all in all
	maxExplained  = 64               // answers that are kept
)

// maxReading is how many execution traces are indexed at a time. It leaves a
// processor to the rest of the program.
func maxReading() int { return min(3, max(1, runtime.GOMAXPROCS(0)-1)) }

// explaining makes answers, and keeps the latest.
type explaining struct {
	group singleflight.Group
	slots chan struct{} // holds a token for each explanation
	reads chan struct{} // and for each execution trace that is being indexed

	mu    sync.Mutex
	known map[explained]known
	order []explained // the oldest first

	count, failed atomic.Int64
}

// explained is what an answer is of.
type explained struct {
	trace zipkin.TraceID
	span  zipkin.SpanID // zero: the root
}

// known is an answer and what it was made of.
type known struct {
	answer      *labapi.Explanation
	fingerprint string
}

func newExplaining() *explaining {
	return &explaining{slots: make(chan struct{}, maxExplaining), reads: make(chan struct{}, maxReading()), known: map[explained]known{}}
}

// explain answers why a span took so long, from what there is by now. Who asks
// for the same at the same time shares the answer, which must not change.
func (s *Server) explain(ctx context.Context, of explained) (*labapi.Explanation, error) {
	ch := s.explaining.group.DoChan(fmt.Sprint(of), func() (any, error) {
		// Whoever came first may go; the others still wait.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), explainWithin)
		defer cancel()
		return s.explainOnce(ctx, of)
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-ch:
		if r.Err != nil {
			return nil, r.Err
		}
		return r.Val.(*labapi.Explanation), nil
	}
}

func (s *Server) explainOnce(ctx context.Context, of explained) (answer *labapi.Explanation, err error) {
	defer s.explaining.guard(&err, "trace", of.trace.String())
	e, err := s.gather(ctx, of.trace)
	if err != nil {
		return nil, httpapi.Failed("zipkin", httpapi.Unreachable, err)
	}
	if answer := s.explaining.recall(of, e.fingerprint()); answer != nil {
		return answer, nil
	}
	select {
	case s.explaining.slots <- struct{}{}:
		defer func() { <-s.explaining.slots }()
	case <-ctx.Done():
		return nil, &httpapi.Error{Code: httpapi.Busy, Detail: "too many explanations are asked for at once: try again later"}
	}
	if answer, err = s.conclude(ctx, e, of); err != nil {
		return nil, err
	}
	s.explaining.count.Add(1)
	s.explaining.remember(of, known{answer, e.fingerprint()})
	s.tagging.offer(tagged{answer, e.spans})
	return answer, nil
}

// conclude reads the evidence.
func (s *Server) conclude(ctx context.Context, e *evidence, of explained) (*labapi.Explanation, error) {
	answer, err := why.Explain(why.Input{TraceID: of.trace, SpanID: of.span, Spans: e.spans,
		Processes: append(s.readFlights(e), e.without...), Usual: s.usual(ctx, e, of.span)})
	if errors.Is(err, why.ErrNothing) {
		return nil, &httpapi.Error{Code: httpapi.NotFound, Detail: err.Error()}
	}
	return answer, err
}

// guard turns a panic into an error. Execution traces come from outside and are
// read by much code; the server shall outlive what it makes of them.
func (x *explaining) guard(err *error, what, id string) {
	if p := recover(); p != nil {
		x.failed.Add(1)
		slog.Error("reading an execution trace failed", what, id, "panic", p, "stack", string(debug.Stack()))
		*err = fmt.Errorf("%s %s: %v", what, id, p)
	}
}

// readFlights indexes the execution traces, side by side.
func (s *Server) readFlights(e *evidence) []why.Process {
	flights := slices.DeleteFunc(slices.Clone(e.flights), func(k *kept) bool { return k.body == nil })
	all := make([]why.Process, len(flights))
	var group sync.WaitGroup
	for i, k := range flights {
		group.Go(func() {
			s.explaining.reads <- struct{}{}
			defer func() { <-s.explaining.reads }()
			all[i] = s.readFlight(k, e.id)
		})
	}
	group.Wait()
	return all
}

// readFlight indexes what a snapshot tells of a trace.
func (s *Server) readFlight(k *kept, id zipkin.TraceID) why.Process {
	p := why.Process{Service: k.Service, Instance: k.Instance, Reason: k.Reason}
	var err error
	func() {
		defer s.explaining.guard(&err, "instance", k.Instance)
		p.Trace, p.Bytes, err = k.index(id)
	}()
	if err != nil {
		p.Trace, p.Refused = nil, "its execution trace cannot be read: "+err.Error()
	}
	return p
}

func (k *kept) index(id zipkin.TraceID) (*exectrace.Trace, int64, error) {
	f, err := k.cutFor(id)
	if err == nil && f.Size() > maxRead {
		err = fmt.Errorf("it has %d bytes, and %d at most are read", f.Size(), maxRead)
	}
	if err != nil {
		return nil, 0, err
	}
	t, err := exectrace.Read(f)
	return t, f.Size(), err
}

// recall returns an answer that was made of the same.
func (x *explaining) recall(of explained, fingerprint string) *labapi.Explanation {
	x.mu.Lock()
	defer x.mu.Unlock()
	if k := x.known[of]; k.fingerprint == fingerprint {
		return k.answer
	}
	return nil
}

func (x *explaining) remember(of explained, k known) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if _, ok := x.known[of]; !ok {
		x.order = append(x.order, of)
	}
	x.known[of] = k
	if len(x.order) > maxExplained {
		delete(x.known, x.order[0])
		x.order = x.order[1:]
	}
}

func (x *explaining) writeMetrics(w io.Writer) {
	fmt.Fprintf(w, "tracelab_why_explained_total %d\n", x.count.Load())
	fmt.Fprintf(w, "tracelab_why_failed_total %d\n", x.failed.Load())
}

package zipkinapi

import (
	"context"
	"errors"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// Edges is the service graph of the traces in a window.
type Edges struct {
	List []zipkin.Edge
	// Sampled is how many traces were read for the durations and names, where these are
	// not of all traces that the calls are of; zero: they are.
	Sampled int
	// Uncounted says that the Zipkin links nothing, though there are traces, as some do
	// until a job has run: the calls are those of the sampled traces, too.
	Uncounted bool
	// Failed is why there are no durations. Nil: they could be read.
	Failed error
}

// Sample is how many traces are read for durations at most, and for how long.
type Sample struct {
	Traces int
	Within time.Duration
}

// edgeReader is a Reader that has the durations of all calls at hand.
type edgeReader interface {
	edges(ctx context.Context, endTs time.Time, lookback time.Duration) ([]zipkin.Edge, error)
}

func (l local) edges(ctx context.Context, endTs time.Time, lookback time.Duration) ([]zipkin.Edge, error) {
	return l.st.Edges(endTs, lookback), ctx.Err()
}

// ReadEdges asks for the calls and errors of Reader.Dependencies with the durations of the
// calls: of all of them where the store is in this process, else of those in the newest
// traces, no more than the sample allows. Zipkin's API has no question for durations.
func ReadEdges(ctx context.Context, reader Reader, endTs time.Time, lookback time.Duration, sample Sample) (e Edges, err error) {
	if all, ok := reader.(edgeReader); ok {
		e.List, err = all.edges(ctx, endTs, lookback)
		return e, err
	}
	links, err := reader.Dependencies(ctx, endTs, lookback)
	if err != nil {
		return e, err
	}
	sampled := e.sample(ctx, reader, zipkin.Query{EndTs: endTs, Lookback: lookback}, sample)
	if e.Uncounted = len(links) == 0 && len(sampled.List()) > 0; e.Uncounted {
		e.List = sampled.List()
		return e, nil
	}
	for _, l := range links {
		edge := sampled.Of(l.Parent, l.Child)
		edge.Link = l
		e.List = append(e.List, edge)
	}
	return e, nil
}

// sample sums up the calls of the newest traces.
func (e *Edges) sample(ctx context.Context, reader Reader, q zipkin.Query, s Sample) (sum zipkin.Edges) {
	within, cancel := context.WithTimeout(ctx, s.Within)
	defer cancel()
	read := 0
	for spans, err := range Search(within, reader, q) {
		outOfTime := errors.Is(within.Err(), context.DeadlineExceeded)
		switch {
		case read > 0 && (read == s.Traces || outOfTime):
			e.Sampled = read
			return sum
		case err != nil:
			e.Sampled, e.Failed = read, err
			return sum
		}
		read++
		sum.Add(spans)
	}
	return sum
}

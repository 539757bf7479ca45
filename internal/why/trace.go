package why

import (
	"cmp"
	"math"
	"slices"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/labapi"
)

// trace is all that is known of a trace: the spans that were reported, and those
// that are in the execution traces, which were not all reported.
type trace struct {
	id        zipkin.TraceID
	processes []*process
	spans     map[zipkin.SpanID][]*span // several have one id where client and server share it
	order     []*span                   // by start
	roots     []*span                   // the local roots that have a time
	spelling  spelling
	awaited   []string // services
}

// process is a Process on the wall clock of its machine, in ns since the epoch.
type process struct {
	Process
	offset int64 // of the wall clock from the execution trace's
}

func (p *process) wall(t exectrace.Time) int64 { return int64(t) + p.offset }

// span is a span of the trace. Times are ns since the epoch, of the wall clock
// of its process; zero: not known.
type span struct {
	id, parent zipkin.SpanID
	shared     bool // it has the id of its client
	service    string
	name       string
	kind       zipkin.Kind
	start, end int64
	reported   *zipkin.Span   // nil: no report has come
	process    *process       // nil: it is in no execution trace
	task       exectrace.Task // if one does
	up         *span          // its parent, if that is known
	children   []*span        // by start

	inner, answered *timeline // of the children, and of the servers among them, once they are asked for
}

func newTrace(in Input) *trace {
	tr := &trace{id: in.TraceID, awaited: in.Awaited, spans: map[zipkin.SpanID][]*span{}}
	tr.report(zipkin.Merge(in.Spans))
	for _, p := range in.Processes {
		tr.processes = append(tr.processes, &process{Process: p})
	}
	for _, p := range tr.processes {
		if p.Trace != nil {
			tr.record(p)
		}
	}
	for _, halves := range tr.spans {
		tr.order = append(tr.order, halves...)
	}
	slices.SortFunc(tr.order, func(a, b *span) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.id, b.id), cmp.Compare(b.end, a.end), cmp.Compare(a.service, b.service), cmp.Compare(a.name, b.name))
	})
	tr.spell()
	tr.link()
	return tr
}

// at reports whether two spans ran in one process, as far as is known: a service
// may call itself, and several processes may be replicas of one.
func (s *span) at(o *span) bool {
	if s.process != nil && o.process != nil {
		return s.process == o.process
	}
	a, b := s.endpoint(), o.endpoint()
	differ := a.IPv4 != "" && b.IPv4 != "" && a.IPv4 != b.IPv4 || a.IPv6 != "" && b.IPv6 != "" && a.IPv6 != b.IPv6
	return s.service == o.service && !differ
}

// elsewhere reports whether a child of s ran in another process, or may have: also
// where a service calls itself, and its addresses are not known.
func (s *span) elsewhere(parent *span) bool {
	return !s.at(parent) || s.kind == zipkin.Server && parent.kind == zipkin.Client
}

// link finds the parents, the children and the local roots.
func (tr *trace) link() {
	tree := zipkin.Tree{Nodes: make([]zipkin.Node, len(tr.order))}
	for i, s := range tr.order {
		tree.Nodes[i] = zipkin.Node{Half: zipkin.Half{Kind: s.kind, ParentID: s.parent, Shared: s.shared}, ID: s.id,
			Timestamp: s.start / 1000, Duration: s.took() / 1000, Local: s.endpoint()}
	}
	tree.Build()
	for i, s := range tr.order {
		switch n := &tree.Nodes[i]; {
		case !tree.IsLocalRoot(i):
			s.up = tr.order[n.Parent]
			s.up.children = append(s.up.children, s)
		case s.start != 0 || s.process != nil:
			tr.roots = append(tr.roots, s)
		}
	}
}

// endpoint is where a span ran.
func (s *span) endpoint() *zipkin.Endpoint {
	if s.reported != nil {
		return &s.reported.Local
	}
	return &zipkin.Endpoint{ServiceName: zipkin.LowerName(s.service)}
}

// report takes what was reported. Of what has neither a kind nor a name nor an end,
// such as tags that came later, only that counts of which nothing else is known.
func (tr *trace) report(spans []zipkin.Span) {
	for _, known := range []bool{true, false} {
		for i := range spans {
			z := &spans[i]
			if says := z.Duration > 0 || z.Kind != "" || z.Name != ""; says != known || !known && len(tr.spans[z.ID]) > 0 {
				continue
			}
			tr.add(&span{id: z.ID, parent: z.ParentID, shared: z.Shared, service: z.Local.ServiceName, name: z.Name, kind: z.Kind,
				start: nanos(z.Timestamp), end: nanos(z.Timestamp) + nanos(z.Duration), reported: z})
		}
	}
}

// nanos are the ns of µs, of which a century is enough: sums and differences of
// times must fit, whatever was reported.
func nanos(us int64) int64 {
	const most = math.MaxInt64 / 4
	return max(0, min(us, most/1000)) * 1000
}

func (tr *trace) add(s *span) *span {
	tr.spans[s.id] = append(tr.spans[s.id], s)
	return s
}

// sources are the execution traces that there are.
func (tr *trace) sources() []labapi.Source {
	all := []labapi.Source{}
	for _, p := range tr.processes {
		if p.Trace == nil {
			continue
		}
		source := labapi.Source{ID: p.ID, Service: p.Service, Instance: p.Instance, Bytes: p.Bytes, WindowUS: p.Trace.Duration().Microseconds(), Reason: p.Reason}
		if at := p.Trace.Wall(p.Trace.Start); !at.IsZero() {
			source.StartUS = at.UnixMicro()
		}
		all = append(all, source)
	}
	return all
}

package why

import (
	"cmp"
	"encoding/binary"
	"maps"
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
	spans     map[zipkin.SpanID]*span
	order     []*span // by start
	root      *span
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
	service    string
	name       string
	kind       zipkin.Kind
	start, end int64
	reported   *zipkin.Span   // nil: no report has come
	process    *process       // nil: it is in no execution trace
	task       exectrace.Task // if one does
	up         *span          // its parent, if that is known
	children   []*span        // by start
}

func newTrace(in Input) *trace {
	tr := &trace{id: in.TraceID, spans: map[zipkin.SpanID]*span{}}
	for _, s := range zipkin.Merge(in.Spans) {
		tr.report(&s)
	}
	for _, p := range in.Processes {
		tr.processes = append(tr.processes, &process{Process: p})
	}
	for _, p := range tr.processes {
		if p.Trace != nil {
			tr.record(p)
		}
	}
	tr.order = slices.SortedFunc(maps.Values(tr.spans), func(a, b *span) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.id, b.id))
	})
	tr.link()
	return tr
}

// link finds the parents, children and root. Spans of one id are one here, so
// that nothing is shared.
func (tr *trace) link() {
	tree := zipkin.Tree{Nodes: make([]zipkin.Node, len(tr.order))}
	for i, s := range tr.order {
		tree.Nodes[i] = zipkin.Node{ID: s.id, Half: zipkin.Half{ParentID: s.parent}, Local: &zipkin.Endpoint{}}
	}
	tree.Build()
	for i, s := range tr.order {
		n := &tree.Nodes[i]
		if n.Parent != zipkin.None {
			s.up = tr.order[n.Parent]
			s.up.children = append(s.up.children, s)
		}
	}
	tr.root = tr.findRoot()
}

// report takes what was reported of a span. Of a span that client and server
// share, the client's side is the span, and the server's is in the execution
// trace of its process, if it is anywhere.
func (tr *trace) report(z *zipkin.Span) {
	s := tr.span(z.ID)
	if z.Duration == 0 && s.reported != nil || z.Shared && s.reported != nil {
		return
	}
	s.reported = z
	s.parent, s.kind = z.ParentID, z.Kind
	s.service, s.name = cmp.Or(z.Local.ServiceName, s.service), cmp.Or(z.Name, s.name)
	s.start, s.end = z.Timestamp*1000, (z.Timestamp+z.Duration)*1000
}

func (tr *trace) span(id zipkin.SpanID) *span {
	s := tr.spans[id]
	if s == nil {
		s = &span{id: id}
		tr.spans[id] = s
	}
	return s
}

// record takes the spans that are in an execution trace.
func (tr *trace) record(p *process) {
	var id [16]byte
	binary.BigEndian.PutUint64(id[:8], tr.id.High)
	binary.BigEndian.PutUint64(id[8:], tr.id.Low)
	for i, x := range p.Trace.SpansOf(id) {
		task, ok := p.Trace.Task(x.Task)
		if !ok {
			continue
		}
		if i == 0 {
			p.offset = p.Trace.Wall(task.Start).UnixNano() - int64(task.Start)
		}
		s := tr.span(spanID(x.ID))
		if s.process != nil && whole(s.task) {
			continue // of two that hold it, one is enough
		}
		s.process, s.task, s.service = p, task, p.Service
		s.name = cmp.Or(task.Name, s.name) // as the program spells it
		s.stretch(p)
		if s.reported == nil {
			s.parent = parentOf(p.Trace, x, task)
		}
	}
}

// stretch sets when the span began and ended: by its task, whose clock is right,
// and, where the execution trace lacks the one or the other, by its report.
func (s *span) stretch(p *process) {
	start, end := p.wall(s.task.Start), p.wall(s.task.End)
	if s.reported != nil && !s.task.Begun && s.start < start {
		start = s.start
	}
	if s.reported != nil && !s.task.Ended && s.end > end {
		end = s.end
	}
	s.start, s.end = start, end
}

func whole(k exectrace.Task) bool { return k.Begun && k.Ended }

// parentOf is the parent that an execution trace knows: one in another process,
// or the nearest task around it that is a span.
func parentOf(t *exectrace.Trace, x exectrace.Span, task exectrace.Task) zipkin.SpanID {
	if x.Parent != [8]byte{} {
		return spanID(x.Parent)
	}
	for range maxDepth {
		if task.Parent == 0 {
			return 0
		}
		if outer, ok := t.SpanOf(task.Parent); ok && outer.TraceID == x.TraceID {
			return spanID(outer.ID)
		}
		next, ok := t.Task(task.Parent)
		if !ok {
			return 0
		}
		task = next
	}
	return 0
}

func spanID(id [8]byte) zipkin.SpanID { return zipkin.SpanID(binary.BigEndian.Uint64(id[:])) }

// findRoot is the first span without a parent, or else the first whose parent
// is not known.
func (tr *trace) findRoot() *span {
	var headless *span
	for _, s := range tr.order {
		if s.start == 0 && s.process == nil {
			continue
		}
		if s.parent == 0 {
			return s
		}
		if headless == nil && s.up == nil {
			headless = s
		}
	}
	return headless
}

// sources are the execution traces that there are.
func (tr *trace) sources() []labapi.Source {
	all := []labapi.Source{}
	for _, p := range tr.processes {
		if p.Trace != nil {
			all = append(all, labapi.Source{Service: p.Service, Instance: p.Instance, Bytes: p.Bytes, WindowUS: p.Trace.Duration().Microseconds(), Reason: p.Reason})
		}
	}
	return all
}

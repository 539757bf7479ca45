package waterfall

import (
	"slices"
	"strconv"

	"example.com/tracelab/internal/analysis/critical"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/draw"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkin/codec"
)

// The flags of a row.
const (
	flagError = 1 << iota
	flagExplained
	flagSame
	flagCutLeft
	flagCutRight
	flagNoBar
	flagOnPath
)

// kinds are numbers in JSON.
var kinds = map[zipkin.Kind]int64{zipkin.Client: 1, zipkin.Server: 2, zipkin.Producer: 3, zipkin.Consumer: 4}

// rowBytes is about how many bytes a row takes.
const rowBytes = 120

// appendRows appends what the browser draws the timeline of.
func (w *Waterfall) appendRows(b []byte, s shown) []byte {
	c := columns{Waterfall: w, b: slices.Grow(b, rowBytes*len(w.Rows)), names: map[string]int{}, services: map[string]int{}}
	c.b = append(c.b, `{"id":"`...)
	c.b = append(c.b, w.ID.String()...)
	c.b = append(c.b, `","spans":`...)
	c.b = strconv.AppendInt(c.b, int64(w.Spans), 10)
	c.number("zero", w.Axis.Zero)
	c.number("from", w.Axis.FromOffset())
	c.number("to", w.Axis.ToOffset())
	c.text("root", s.Root)
	c.text("clocks", s.clocks())
	c.shifts()
	c.tree()
	c.who()
	c.times()
	c.path()
	return append(c.b, '}')
}

func (c *columns) shifts() {
	c.name("shifts")
	c.b = append(c.b, '[')
	for _, s := range c.Waterfall.path.Shifts {
		c.b = append(c.b, '[')
		host := serviceName(s.Service)
		if s.Host != "" {
			host += "/" + s.Host
		}
		c.string(host)
		c.b = append(strconv.AppendInt(append(c.b, ','), s.US, 10), ']', ',')
	}
	c.end('[', ']')
}

// tree appends keys and where the rows stand.
func (c *columns) tree() {
	c.name("key")
	c.b = append(c.b, '[')
	for i := range c.Rows {
		c.b = append(append(append(c.b, '"'), c.Rows[i].Key...), '"', ',') // of hex digits
	}
	c.end('[', ']')
	c.each("depth", func(r *row) int64 { return int64(r.Depth) })
	c.each("below", func(r *row) int64 { return int64(r.Descendants) })
}

// who appends services, names and callees.
func (c *columns) who() {
	c.name("services")
	c.b = append(c.b, '[')
	for i, s := range c.Services {
		c.services[s.Name] = i
		c.b = append(c.b, `{"name":`...)
		c.string(serviceName(s.Name))
		c.b = append(append(append(c.b, `,"class":"`...), s.Class()...), `"},`...)
	}
	c.end('[', ']')
	c.each("service", func(r *row) int64 {
		if r.Span == nil {
			return none
		}
		return int64(c.services[r.Span.Local.ServiceName])
	})
	c.each("name", func(r *row) int64 {
		if r.Span == nil {
			return c.index("")
		}
		return c.index(r.Span.Name)
	})
	c.each("callee", func(r *row) int64 {
		if callee := r.callee(); callee != "" {
			return c.index(callee)
		}
		return none
	})
	c.calleeClasses()
	c.name("names")
	c.b = append(c.b, '[')
	for _, name := range c.listed {
		c.string(spanName(name))
		c.b = append(c.b, ',')
	}
	c.end('[', ']')
}

// index is that of a name.
func (c *columns) index(name string) int64 {
	i, known := c.names[name]
	if !known {
		i = len(c.listed)
		c.names[name] = i
		c.listed = append(c.listed, name)
	}
	return int64(i)
}

func (c *columns) calleeClasses() {
	c.name("calleeClass")
	c.b = append(c.b, '{')
	for i := range c.Rows {
		r := &c.Rows[i]
		if r.Span == nil || r.Span.Remote.ServiceName == "" || r.callee() == "" {
			continue
		}
		c.key(i)
		c.string(draw.Class(r.Callee))
		c.b = append(c.b, ',')
	}
	c.end('{', '}')
}

// times appends when the rows' spans ran, and what they are.
func (c *columns) times() {
	c.name("start")
	c.b = append(c.b, '[')
	for i := range c.Rows {
		if r := &c.Rows[i]; r.timed() {
			c.b = append(strconv.AppendInt(c.b, r.start()-c.Axis.Zero, 10), ',')
		} else {
			c.b = append(c.b, "null,"...)
		}
	}
	c.end('[', ']')
	c.each("duration", func(r *row) int64 {
		if r.Span == nil {
			return 0
		}
		return max(0, r.Span.Duration)
	})
	c.each("kind", func(r *row) int64 {
		if r.Span == nil {
			return 0
		}
		return kinds[r.Span.Kind]
	})
	c.each("flags", c.flags)
	c.marks()
}

func (c *columns) flags(r *row) (flags int64) {
	set := func(flag int64, is bool) {
		if is {
			flags |= flag
		}
	}
	set(flagNoBar, !r.HasBar)
	if r.Span == nil {
		return flags
	}
	set(flagError, r.Span.Failed())
	_, explained := r.Span.Tag(labapi.TagWhy)
	set(flagExplained, explained)
	set(flagSame, r.Same)
	set(flagCutLeft, r.CutLeft)
	set(flagCutRight, r.CutRight)
	set(flagOnPath, c.measured(r).Total > 0)
	return flags
}

func (c *columns) marks() {
	c.name("marks")
	c.b = append(c.b, '{')
	for i := range c.Rows {
		marks := c.Rows[i].marks()
		if len(marks) == 0 {
			continue
		}
		c.key(i)
		c.b = append(codec.AppendNames(c.b, marks), ',')
	}
	c.end('{', '}')
}

// path appends what the critical path says of the rows, and where it runs.
func (c *columns) path() {
	nodes := make([]critical.Node, len(c.Rows))
	for i := range c.Rows {
		if r := &c.Rows[i]; r.Span != nil {
			nodes[i] = c.measured(r)
		} else {
			nodes[i].Slack = critical.Unknown
		}
	}
	measured := func(key string, of func(*critical.Node) int64) {
		c.name(key)
		c.b = append(c.b, '[')
		for i := range nodes {
			c.b = append(strconv.AppendInt(c.b, of(&nodes[i]), 10), ',')
		}
		c.end('[', ']')
	}
	measured("self", func(n *critical.Node) int64 { return n.Self })
	measured("onPath", func(n *critical.Node) int64 { return n.OnPath })
	measured("drag", func(n *critical.Node) int64 { return n.Drag })
	measured("slack", func(n *critical.Node) int64 { return n.Slack })
	c.name("sections")
	c.b = append(c.b, '[')
	for _, s := range c.sections() {
		for _, n := range [...]int64{int64(s.row), s.from - c.Axis.Zero, s.to - c.Axis.Zero} {
			c.b = append(strconv.AppendInt(c.b, n, 10), ',')
		}
	}
	c.end('[', ']')
}

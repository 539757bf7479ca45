// Package chrome writes Go execution traces in the Trace Event Format of the Chrome
// browser, which other viewers read, too.
package chrome

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"math"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/counters"
	"example.com/tracelab/exectrace/internal/analysis"
	"example.com/tracelab/exectrace/internal/table"
)

// Options restrict what is written. The zero value is the whole trace.
type Options struct {
	// From and To are the time to write: what overlaps it is written as far as it
	// does. Zero means the start, or the end, of the trace.
	From, To exectrace.Time
	// Goroutines are the goroutines to write, with their regions, logs, samples and
	// ranges, what they ran on processors, and the tasks that one of them began or ended.
	// None means all.
	Goroutines []exectrace.GoID
	// MaxBytes is how much is written at most. Zero means as much as there is.
	MaxBytes int64
}

// A SizeError says that there was more to write than Options.MaxBytes.
type SizeError struct {
	Bytes int64 // that there would be
	Limit int64 // Options.MaxBytes
	// Until is such that the part from Options.From to it has less, if there is one.
	Until exectrace.Time
}

func (e *SizeError) Error() string {
	return fmt.Sprintf("it would have %d bytes, and %d at most are asked for", e.Bytes, e.Limit)
}

// Export is what of a trace can be written.
type Export struct {
	Trace *exectrace.Trace // the index of the time that is to be written

	o      Options
	turns  table.List[turn]
	values *thinned
}

// Read reads the part of f that is to be written, once. The error is not nil if no event can
// be read, or the trace ends before Options.From.
func Read(f *exectrace.File, o Options) (*Export, error) {
	if o.From != 0 || o.To != 0 {
		from := o.From
		if from == 0 {
			from = math.MinInt64
		}
		f = f.Between(from, cmp.Or(o.To, math.MaxInt64))
	}
	x := &Export{o: o, values: &thinned{}}
	r := &running{x: x, on: map[int32]turn{}}
	values := counters.NewFollower(f, x.values.add)
	var err error
	if x.Trace, err = analysis.Index(f, values, r); err != nil {
		return nil, err
	}
	r.Gap()
	return x, nil
}

// Write writes it to w in the Trace Event Format, as JSON, which ui.perfetto.dev
// and chrome://tracing open. It has a row for each processor with the goroutines that it
// ran; a row for each goroutine with its states, arrows from the goroutine that made it
// runnable, its log messages and CPU samples, and its regions below; a row for each
// task; what the runtime did for the garbage collector; and the counters of goroutines,
// heap and threads. Times count from the start of the trace. Write returns the number of
// events of the format that it wrote.
//
// The error is the first one of w, or a *SizeError. What w has then is of no use.
//
// The format is defined by the document "Trace Event Format" of the Chromium project.
// The documentation of Perfetto lists which of it Perfetto supports.
func (x *Export) Write(w io.Writer) (int, error) {
	c := &writer{
		t: x.Trace, from: x.Trace.Start, to: x.Trace.End, wanted: map[exectrace.GoID]bool{},
		w: bufio.NewWriterSize(w, 64<<10), limit: x.o.MaxBytes, quoter: quoter{known: map[string]string{}},
	}
	for _, id := range x.o.Goroutines {
		c.wanted[id] = true
	}
	c.write(`{"displayTimeUnit":"ns","traceEvents":[`)
	c.nameRows()
	for _, p := range x.values.points {
		c.values(p)
	}
	c.processors(&x.turns)
	for g := range c.t.Goroutines() {
		if c.has(g.ID) {
			c.goroutine(g)
		}
	}
	c.logs()
	c.samples()
	c.regions()
	c.tasks()
	c.ranges()
	c.write("\n]}\n")
	return c.events, c.end()
}

// The groups of rows, which the format calls processes, from the top.
const (
	rowsOfCounters = 1 + iota
	rowsOfProcessors
	rowsOfGoroutines
	rowsOfTasks
	rowsOfRuntime
)

var rows = []string{"counters", "processors", "goroutines", "tasks", "runtime"}

// nameRows names the groups of rows, in their order.
func (c *writer) nameRows() {
	for i, name := range rows {
		c.add(event{name: "process_name", category: namesOfRows, phase: metadata, pid: i + 1, args: []arg{text("name", name)}})
		c.add(event{name: "process_sort_index", category: namesOfRows, phase: metadata, pid: i + 1, args: []arg{number("sort_index", int64(i))}})
	}
}

// namesOfRows is the category that Chrome gives to the names of rows.
const namesOfRows = "__metadata"

// parts are those of the time in which it is counted how much is written.
const (
	parts = 1000
	names = parts + 1 // the last part is what integers leave over
)

// writer writes events.
type writer struct {
	t        *exectrace.Trace
	from, to exectrace.Time
	wanted   map[exectrace.GoID]bool // empty: all
	w        *bufio.Writer
	quoter   quoter
	line     []byte
	limit    int64 // zero: none
	size     int64
	bytesOf  [names + 1]int64 // what was written for each part of the time, and for names of rows
	events   int
	pairs    int // events with two ends
	err      error
}

// end flushes, and returns the first error.
func (c *writer) end() error {
	if c.err == nil && c.over() {
		c.err = &SizeError{c.size, c.limit, c.fits()}
	}
	return cmp.Or(c.err, c.w.Flush())
}

// fits is until when a part has at most half of the limit. The rest is for what is cut at
// its end, and counters, of which a shorter time has more: that was a third of a file once.
func (c *writer) fits() exectrace.Time {
	room := c.limit/2 - c.bytesOf[names]
	part := 0
	for room -= c.bytesOf[part]; room > 0 && part < names-1; room -= c.bytesOf[part] {
		part++
	}
	return c.from + (c.to-c.from)/parts*exectrace.Time(part)
}

func (c *writer) over() bool { return c.limit > 0 && c.size > c.limit }

// write writes a text. What exceeds the limit is only counted.
func (c *writer) write(s string) { c.bytes([]byte(s)) }

func (c *writer) bytes(b []byte) {
	c.size += int64(len(b))
	if c.over() {
		return
	}
	if _, err := c.w.Write(b); c.err == nil {
		c.err = err
	}
}

func (c *writer) add(e event) {
	c.line = c.line[:0]
	if c.events > 0 {
		c.line = append(c.line, ',')
	}
	c.events++
	c.line = e.append(append(c.line, '\n'), c.quoter.quote)
	c.bytes(c.line)
	part := names
	if e.phase != metadata {
		part = int((e.at - c.since(c.from)) / max((c.to-c.from)/parts, 1))
	}
	c.bytesOf[max(0, min(part, names))] += int64(len(c.line))
}

// since is a moment as the format counts it.
func (c *writer) since(at exectrace.Time) exectrace.Time { return at - c.t.Began }

// slice adds a time of a row, if it overlaps the time of Options.
func (c *writer) slice(e event, start, end exectrace.Time) {
	start, end = max(start, c.from), min(end, c.to)
	if start >= end {
		return
	}
	e.phase, e.at, e.duration = slice, c.since(start), end-start
	c.add(e)
}

// async adds a time that others of its row may overlap.
func (c *writer) async(e event, start, end exectrace.Time) {
	if end < c.from || start > c.to {
		return
	}
	c.pairs++
	e.id, e.phase, e.at = c.pairs, asyncBegin, c.since(max(start, c.from))
	c.add(e)
	e.phase, e.at, e.args = asyncEnd, c.since(min(end, c.to)), nil
	c.add(e)
}

// instant adds a moment of a row.
func (c *writer) instant(e event, at exectrace.Time) {
	if at < c.from || at > c.to {
		return
	}
	e.phase, e.scope, e.at = instant, "t", c.since(at)
	c.add(e)
}

func (c *writer) has(id exectrace.GoID) bool { return len(c.wanted) == 0 || c.wanted[id] }

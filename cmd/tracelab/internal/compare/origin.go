package compare

import (
	"context"
	"strings"

	"example.com/tracelab/cmd/tracelab/internal/source"
	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/internal/analysis/collect"
	"example.com/tracelab/internal/analysis/question"
	"example.com/tracelab/internal/analysis/states"
	"example.com/tracelab/internal/analysis/text"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/redact"
)

// origin is where traces are read from.
type origin struct {
	source.Flags
	// client is of the tracelab server: it compares, or says what goroutines did in traces
	// of files. Nil: there are only files, or another Zipkin.
	client *labapi.Client
}

// find finds the server. What is in files, or in another Zipkin, needs none.
func find(ctx context.Context, from source.Flags, files bool) (o origin, err error) {
	o.Flags = from
	if from.ZipkinURL == "" && (from.Server != "" || !files) {
		o.client, err = from.Find(ctx)
	}
	return o, err
}

// ask has the server compare what it has, and compares the rest.
func (o origin) ask(ctx context.Context, of asked) (*labapi.Comparison, error) {
	switch {
	case of.report != nil:
		return o.askReport(ctx, of)
	case o.client != nil && !of.files():
		return o.askServer(ctx, of.query)
	}
	return o.compare(ctx, of.Question, sets{o})
}

func (o origin) askServer(ctx context.Context, q labapi.ComparisonQuery) (*labapi.Comparison, error) {
	defer term.Waiting("the server compares")()
	return o.client.Compare(ctx, q)
}

// compare is the work of the server, done here.
func (o origin) compare(ctx context.Context, q question.Question, from question.Finder) (*labapi.Comparison, error) {
	var p phases
	defer p.end()
	return question.World{Finder: from, Explainer: o.explainer(ctx), Progress: p.say}.Answer(ctx, q)
}

// Bounds of what a command reads of a Zipkin itself, of one set.
const (
	maxTraces = 100_000
	maxSpans  = 10_000_000
)

// zipkin is what answers searches.
func (o origin) zipkin(ctx context.Context) (collect.Reader, error) {
	reader, err := o.Reader(ctx)
	return collect.Reader{Reader: reader, Max: collect.Bounds{Traces: maxTraces, Spans: maxSpans}}, err
}

// explainer is what knows of execution traces.
func (o origin) explainer(ctx context.Context) states.Explainer {
	if o.client == nil {
		return nil
	}
	return newRemote(ctx, o.client)
}

// next is what to open.
func (o origin) next() (next text.NextOfComparison) {
	ui, flag := o.ZipkinURL, ""
	switch {
	case ui != "":
		flag = " --zipkin-url " + display.ShellWord(redact.Text(ui))
	case o.client == nil:
		return next
	default:
		ui = o.client.URL()
		if o.Server != "" {
			flag = " --server " + display.ShellWord(redact.Text(o.Server))
		}
	}
	next.Page = func(id string) string { return labapi.TraceURL(display.URL(ui), id) }
	next.Compare = func(a, b string) string { return strings.Join([]string{"tracelab compare", a, b}, " ") + flag }
	next.Why = func(id string) string { return "tracelab why " + id + flag }
	return next
}

// phases shows what is being done.
type phases struct {
	doing string
	stop  func()
}

func (p *phases) say(doing string, _, _ int) {
	if doing == p.doing {
		return
	}
	p.end()
	p.doing, p.stop = doing, term.Waiting(doing)
}

func (p *phases) end() {
	if p.stop != nil {
		p.stop()
		p.stop = nil
	}
}

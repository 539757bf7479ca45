// Package injector decides which faults happen to the requests of one service: those
// that they ask for, and those that are switched on. It puts them into the context
// of the request and into its baggage, and calls nothing else.
package injector

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"

	"example.com/tracelab/internal/costs"
	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/tracing/propagation"
)

// decided is the member of the baggage with the faults of a request.
const decided = "fault"

// Options of an Injector.
type Options struct {
	Service    string
	Allowed    bool
	EntryPoint bool // what is switched on for all requests is decided here
	// Post, if not nil, sends the server JSON that it asked for. It does not wait.
	Post func(path string, body any)
}

// Injector lets faults happen to the requests of one service.
type Injector struct {
	options  Options
	switches faults.Switches
	log      costs.Log
}

// New returns an Injector without switches.
func New(o Options) *Injector { return &Injector{options: o} }

// Handler decides what happens to a request, before next begins its span: what is done
// for a faulty request only must not be in the stacks of its time. Admit, which is to be
// called below next, hands on what was decided.
func (f *Injector) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := r.Header.Values(faults.Header)
		ctx, _ := propagation.ExtractBaggage(r.Context(), r.Header)
		ctx, err := f.request(ctx, header)
		if err == nil && ctx == r.Context() {
			next.ServeHTTP(w, r)
			return
		}
		d := decision{propagation.BaggageHeader(ctx), err}
		next.ServeHTTP(w, r.WithContext(context.WithValue(ctx, decisionKey{}, d)))
	})
}

// decision is what Handler tells Admit of a request.
type decision struct {
	baggage string
	err     error
}

type decisionKey struct{}

// Admit returns the request with the baggage that Handler decided on, or why it is
// refused.
func (f *Injector) Admit(r *http.Request) (*http.Request, error) {
	d, decided := r.Context().Value(decisionKey{}).(decision)
	if !decided || d.err != nil {
		return r, d.err
	}
	return r.WithContext(propagation.ContextWithBaggage(r.Context(), d.baggage)), nil
}

// request decides what happens to a request, and has its baggage say so to the
// services that it goes to.
func (f *Injector) request(ctx context.Context, header []string) (context.Context, error) {
	if !f.options.Allowed {
		if len(header) > 0 {
			return ctx, &httpapi.Error{Code: httpapi.Forbidden, Field: faults.Header,
				Detail: "faults are not allowed here: the service runs without --allow-faults"}
		}
		return ctx, nil
	}
	requested, err := requestedFaults(ctx, header)
	if err != nil {
		return ctx, httpapi.InvalidField(faults.Header, "%v", err)
	}
	attendee, _ := propagation.Baggage(ctx, labapi.AttendeeTag)
	happen := f.switches.Decide(requested, attendee)
	if ctx, err = propagation.WithBaggage(ctx, decided, faults.Format(happen)); err != nil {
		return ctx, httpapi.InvalidField("Baggage", "%v", err)
	}
	return faults.With(ctx, attendee, f.options.Service, happen, &f.log), nil
}

// requestedFaults are the faults that a request brings: the header's, or, from a
// service that decided, those of the baggage.
func requestedFaults(ctx context.Context, header []string) ([]faults.Injection, error) {
	text := strings.Join(header, ",")
	if len(header) == 0 {
		text, _ = propagation.Baggage(ctx, decided)
	}
	if text == "" && len(header) == 0 {
		return nil, nil
	}
	return faults.Parse(text)
}

type key struct{}

// NewContext returns a context from which Queued knows f.
func NewContext(ctx context.Context, f *Injector) context.Context {
	return context.WithValue(ctx, key{}, f)
}

// Queued returns the context of work that did not come by HTTP, such as a queued
// message: with the faults that its baggage asks for.
func Queued(ctx context.Context, baggage string) context.Context {
	ctx = propagation.ContextWithBaggage(ctx, baggage)
	f, _ := ctx.Value(key{}).(*Injector)
	if f == nil {
		return ctx
	}
	with, err := f.request(ctx, nil)
	if err != nil {
		return ctx
	}
	return with
}

// OnMessage takes the switches that the server broadcasts, and its questions.
func (f *Injector) OnMessage(kind string, body json.RawMessage) {
	switch {
	case kind == faults.Published && f.options.EntryPoint:
		f.setSwitches(body)
	case kind == costs.Asked && f.options.Post != nil:
		var q costs.Question
		if json.Unmarshal(body, &q) == nil {
			f.options.Post(labapi.HappenedPath, f.log.Report(q))
		}
	}
}

func (f *Injector) setSwitches(body json.RawMessage) {
	var all []faults.Switch
	err := json.Unmarshal(body, &all)
	if err == nil {
		err = f.switches.Set(all)
	}
	if err != nil {
		slog.Warn("the switches of the server cannot be decoded; is it of another version?", "err", err)
	}
}

// Costs answers GET /debug/faults?trace=ID: what faults really cost a request.
func (f *Injector) Costs(w http.ResponseWriter, r *http.Request) error {
	httpapi.WriteJSON(w, struct {
		Allowed bool         `json:"allowed"`
		Total   int64        `json:"total"`
		Costs   []costs.Cost `json:"costs"`
	}{f.options.Allowed, f.log.Total(), append([]costs.Cost{}, f.log.Of(r.URL.Query().Get("trace"))...)})
	return nil
}

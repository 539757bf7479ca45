package service

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/tracing/propagation"
)

// Members of the baggage that the workshop reads.
const (
	baggageFault    = "fault"    // the faults of this request, decided
	baggageAttendee = "attendee" // who sends it, where thirty people share a stack
	baggageVariant  = "variant"  // which one it is, where two alternate
)

// injector lets faults happen to the requests of one service that ask for them.
type injector struct {
	service    string
	allowed    bool
	entryPoint bool // what is switched on for all requests is decided here
	switches   faults.Switches
	log        faults.Log
}

// admit decides what happens to a request.
func (f *injector) admit(r *http.Request) (*http.Request, error) {
	ctx, err := f.request(r.Context(), r.Header.Values(faults.Header))
	if err != nil || ctx == r.Context() {
		return r, err
	}
	return r.WithContext(ctx), nil
}

// request decides what happens to a request, and has its baggage say so to the
// services that it goes to.
func (f *injector) request(ctx context.Context, header []string) (context.Context, error) {
	if !f.allowed {
		if len(header) > 0 {
			return ctx, &httpapi.Error{Code: httpapi.Forbidden, Field: faults.Header,
				Detail: "faults are not allowed here: the service runs without --allow-faults"}
		}
		return ctx, nil
	}
	asked, err := f.asked(ctx, header)
	if err != nil {
		return ctx, httpapi.InvalidField(faults.Header, "%v", err)
	}
	attendee, _ := propagation.Baggage(ctx, baggageAttendee)
	happen := f.switches.Decide(asked, attendee)
	if ctx, err = propagation.WithBaggage(ctx, baggageFault, faults.Format(happen)); err != nil {
		return ctx, httpapi.InvalidField("Baggage", "%v", err)
	}
	return faults.With(ctx, f.service, happen, &f.log), nil
}

// asked are the faults that a request brings: the header's, or, from a service
// that decided, those of the baggage.
func (f *injector) asked(ctx context.Context, header []string) ([]faults.Injection, error) {
	text := strings.Join(header, ",")
	if len(header) == 0 {
		text, _ = propagation.Baggage(ctx, baggageFault)
	}
	if text == "" && len(header) == 0 {
		return nil, nil
	}
	return faults.Parse(text)
}

type injectorKey struct{}

// Arrived returns the context of work that did not come by HTTP, such as a
// queued message: with what its baggage asks to happen to it.
func Arrived(ctx context.Context, baggage string) context.Context {
	ctx = propagation.ContextWithBaggage(ctx, baggage)
	f, _ := ctx.Value(injectorKey{}).(*injector)
	if f == nil {
		return ctx
	}
	with, err := f.request(ctx, nil)
	if err != nil {
		return ctx
	}
	return with
}

// onMessage takes the switches that the server broadcasts.
func (f *injector) onMessage(kind string, body json.RawMessage) {
	if kind != faults.Published || !f.entryPoint {
		return
	}
	var all []faults.Switch
	err := json.Unmarshal(body, &all)
	if err == nil {
		err = f.switches.Set(all)
	}
	if err != nil {
		slog.Warn("switches of the server are not understood; is it of another version?", "err", err)
	}
}

// costs answers GET /debug/faults?trace=ID: what faults really cost a request.
func (f *injector) costs(w http.ResponseWriter, r *http.Request) error {
	httpapi.WriteJSON(w, struct {
		Allowed bool          `json:"allowed"`
		Total   int64         `json:"total"`
		Costs   []faults.Cost `json:"costs"`
	}{f.allowed, f.log.Total(), append([]faults.Cost{}, f.log.Of(r.URL.Query().Get("trace"))...)})
	return nil
}

package injector_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"go.opencensus.io/trace"

	"example.com/tracelab/internal/costs"
	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/injector"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/tracing/propagation"
)

const switches = `[{"faults":"writer=slow-disk;ms=9","attendee":"ann"}]`

// admit sends a request through a Handler and, below it, Admit. All is decided by then:
// below is the time of the request's span, in which nobody reads the header.
func admit(f *injector.Injector, r *http.Request) (admitted *http.Request, err error) {
	f.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		r.Header = nil
		admitted, err = f.Admit(r)
	})).ServeHTTP(httptest.NewRecorder(), r)
	return admitted, err
}

// TestAdmit has what the baggage of a request says once it is admitted.
func TestAdmit(t *testing.T) {
	off, on, entry := injector.Options{}, injector.Options{Allowed: true}, injector.Options{Allowed: true, EntryPoint: true}
	for name, test := range map[string]struct {
		options         injector.Options
		header, baggage string
		want            string
		code            httpapi.Code // of the error
		field           string
	}{
		"nothing":                   {options: on},
		"the header":                {options: on, header: "writer=slow-disk;ms=7", want: "fault=writer=slow-disk%3Bms=7%3Bpercent=100"},
		"decided before":            {options: on, baggage: "fault=writer=slow-disk%3Bms=7", want: "fault=writer=slow-disk%3Bms=7%3Bpercent=100"},
		"a switch":                  {options: entry, baggage: "attendee=ann", want: "attendee=ann,fault=writer=slow-disk%3Bms=9%3Bpercent=100"},
		"a switch for another":      {options: entry, baggage: "attendee=bob", want: "attendee=bob"},
		"a switch, no entry point":  {options: on, baggage: "attendee=ann", want: "attendee=ann"},
		"not allowed":               {options: off, header: "writer=slow-disk", code: httpapi.Forbidden, field: "Fault"},
		"not allowed, in baggage":   {options: off, baggage: "fault=writer=slow-disk", want: "fault=writer=slow-disk"},
		"an unknown fault":          {options: on, header: "writer=nope", code: httpapi.Invalid, field: "Fault"},
		"an unknown one in baggage": {options: on, baggage: "fault=nope", code: httpapi.Invalid, field: "Fault"},
	} {
		f := injector.New(test.options)
		f.OnMessage(faults.Published, json.RawMessage(switches))
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		if test.baggage != "" {
			r.Header.Set("Baggage", test.baggage)
		}
		if test.header != "" {
			r.Header.Set(faults.Header, test.header)
		}
		admitted, err := admit(f, r)
		var e *httpapi.Error
		if errors.As(err, &e); e == nil {
			e = &httpapi.Error{}
		}
		if e.Code != test.code || e.Field != test.field || err == nil && propagation.BaggageHeader(admitted.Context()) != test.want {
			t.Errorf("%s: baggage %q, error %v; want %q, %s of %q", name, propagation.BaggageHeader(admitted.Context()), err, test.want, test.code, test.field)
		}
	}
}

// TestQueued decides for a message as for a request. What cannot be decided does
// not stop the message.
func TestQueued(t *testing.T) {
	with := injector.NewContext(context.Background(), injector.New(injector.Options{Service: "writer", Allowed: true}))
	for name, test := range map[string]struct {
		ctx           context.Context
		baggage, want string
	}{
		"a fault":              {with, "fault=writer=slow-disk%3Bms=7", "fault=writer=slow-disk%3Bms=7%3Bpercent=100"},
		"an unknown fault":     {with, "fault=nope", "fault=nope"},
		"without an injector":  {context.Background(), "fault=writer=slow-disk", "fault=writer=slow-disk"},
		"a message of nothing": {with, "", ""},
	} {
		if got := propagation.BaggageHeader(injector.Queued(test.ctx, test.baggage)); got != test.want {
			t.Errorf("%s: baggage %q; want %q", name, got, test.want)
		}
	}
}

// TestQuestionsOfTheServer are answered with the traces of the attendee that is asked for,
// whether requests enter here or not. What is no question is not.
func TestQuestionsOfTheServer(t *testing.T) {
	var posted []string
	f := injector.New(injector.Options{Service: "writer", Allowed: true, Post: func(path string, body any) {
		report := body.(costs.Report)
		posted = append(posted, path+" "+report.Number)
		for _, c := range report.Costs {
			posted = append(posted, c.TraceID)
		}
	}})
	var ids []string
	for _, attendee := range []string{"ann", "bob"} {
		ctx, span := trace.StartSpan(t.Context(), "PUT /values/{key}")
		r := httptest.NewRequest(http.MethodPut, "/", nil).WithContext(ctx)
		r.Header.Set("Baggage", "attendee="+attendee)
		r.Header.Set(faults.Header, "writer=slow-disk")
		admitted, err := admit(f, r)
		if err != nil {
			t.Fatal(err)
		}
		faults.In(admitted.Context()).At("slow-disk").Measure(admitted.Context())()
		span.End()
		ids = append(ids, span.SpanContext().TraceID.String())
	}
	f.OnMessage(costs.Asked, json.RawMessage(`{"number":"7","fault":"slow-disk","attendee":"ann","since":"2020-01-01T00:00:00Z"}`))
	f.OnMessage(costs.Asked, json.RawMessage(`{"number":7}`))
	f.OnMessage("other", json.RawMessage(`{"number":"8"}`))
	if want := []string{labapi.HappenedPath + " 7", ids[0]}; !slices.Equal(posted, want) {
		t.Errorf("it posts %v, want %v", posted, want)
	}
	injector.New(injector.Options{}).OnMessage(costs.Asked, json.RawMessage(`{"number":"9"}`)) // of a process that cannot post
}

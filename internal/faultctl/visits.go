package faultctl

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/visits"
)

// showVisits answers with the command line of a labapi.MakeVisits, and makes no visit.
func (h *Handlers) showVisits(w http.ResponseWriter, r *http.Request) error {
	ask, v, err := h.readVisits(w, r)
	if err != nil {
		return err
	}
	answerVisits(w, r, labapi.Visits{Visit: h.visitLine(r, v, ask.Attendee, ask.Fault), Visits: []labapi.Visit{}})
	return nil
}

// makeVisits takes a labapi.MakeVisits. Everybody may: who reaches this server reaches
// the gateway.
func (h *Handlers) makeVisits(w http.ResponseWriter, r *http.Request) error {
	ask, v, err := h.readVisits(w, r)
	if err != nil {
		return err
	}
	if ask.Fault != "" {
		injections, _ := faults.Parse(ask.Fault) // which readVisits has done
		if err := h.awaitServices(r.Context(), needs(injections)...); err != nil {
			return err
		}
	}
	request, err := h.request(v, ask)
	if err != nil {
		return err
	}
	made, err := h.visitor.Make(r.Context(), request)
	if err != nil {
		return partly(err, made, request.Times)
	}
	answerVisits(w, r, labapi.Visits{Visit: h.visitLine(r, v, ask.Attendee, ask.Fault), Visits: made})
	return nil
}

// partly is an error with the visits that were made before it: they have traces.
func partly(err error, made []labapi.Visit, of int) error {
	if len(made) == 0 {
		return err
	}
	e := *httpapi.AsError(err)
	e.Detail = fmt.Sprintf("%d of %d visits were made; then %s", len(made), of, e.Detail)
	e.Extensions = map[string]any{"visits": made}
	return &e
}

// readVisits reads what is asked for, and which visits that is.
func (h *Handlers) readVisits(w http.ResponseWriter, r *http.Request) (ask labapi.MakeVisits, v faults.Visit, err error) {
	if err := httpapi.ReadParams(w, r, &ask); err != nil {
		return ask, v, err
	}
	if ask.Times < 0 || ask.Times > labapi.MaxVisits {
		return ask, v, httpapi.InvalidField("times", "times=%d: want 1 to %d visits", ask.Times, labapi.MaxVisits)
	}
	if ask.Attendee != "" {
		if err := labapi.CheckAttendee(ask.Attendee); err != nil {
			return ask, v, httpapi.InvalidField("attendee", "%v", err)
		}
	}
	v.Times = 1
	if ask.Fault != "" {
		injections, err := faults.Parse(ask.Fault)
		if err != nil {
			return ask, v, httpapi.InvalidField("fault", "%v", err)
		}
		v = visitOf(injections)
	}
	v.Times = min(cmp.Or(ask.Times, v.Times), labapi.MaxVisits)
	return ask, v, nil
}

// request is how the server itself makes the visits: at the gateway that is connected,
// where its control stream says that it is, or at the one that it was told of.
func (h *Handlers) request(v faults.Visit, ask labapi.MakeVisits) (visits.Request, error) {
	base := cmp.Or(h.gateway().URL, h.cfg.GatewayURL)
	if base == "" {
		return visits.Request{}, &httpapi.Error{Code: httpapi.Unavailable, Service: labapi.Services()[0],
			Detail: "no gateway is connected to this server, and it was told of none: start one with --server-url, or all with 'tracelab up'"}
	}
	request := visits.Request{Method: http.MethodGet, URL: base + "/visit", Header: http.Header{}, Times: v.Times}
	if v.Queued {
		request.Method, request.URL = http.MethodPost, base+"/visits"
	}
	query := url.Values{}
	for _, path := range v.Paths {
		if target, ok := thirdParty(h.gateway().Visits, path); ok {
			query.Add("url", target)
		}
	}
	if len(query) > 0 {
		request.URL += "?" + query.Encode()
	}
	if ask.Fault != "" {
		request.Header.Set(faults.Header, ask.Fault)
	}
	if ask.Attendee != "" {
		request.Header.Set("Baggage", labapi.AttendeeTag+"="+url.PathEscape(ask.Attendee))
	}
	return request, nil
}

func answerVisits(w http.ResponseWriter, r *http.Request, v labapi.Visits) {
	httpapi.Answer(w, r, v, visitsText(r, v))
}

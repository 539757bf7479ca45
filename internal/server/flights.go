package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/flight"
	"example.com/tracelab/internal/service"
	"example.com/tracelab/internal/store"
)

// maxFlight bounds the execution trace of a snapshot, in bytes; maxArriving all
// of those that are on their way in at once, since each is in memory.
const (
	maxFlight   = 64 << 20
	maxArriving = 2 * maxFlight
	leastFlight = 64 << 10 // what one is reckoned as, so that there are not too many
)

// takeFlight takes a snapshot from a process. What cannot be one is refused; what
// can is cut to what it was taken for after the answer, since that takes a while.
func (s *Server) takeFlight(w http.ResponseWriter, r *http.Request) {
	snapshot, err := s.readFlight(r)
	if err == nil {
		var body []byte
		var free func()
		if body, free, err = s.readFlightBody(w, r, snapshot); err == nil {
			go func() {
				defer free()
				s.file(snapshot, body)
			}()
			w.WriteHeader(http.StatusAccepted)
			return
		}
	}
	s.flights.refused.Add(1)
	service.WriteError(w, r, err)
}

// readFlight reads who sends what.
func (s *Server) readFlight(r *http.Request) (*arrival, error) {
	if s.cfg.Token != "" && !s.knowsToken(r) {
		return nil, &service.Error{Code: service.Unauthorized,
			Detail: "a snapshot needs the server's token: set TRACELAB_TOKEN to the same value on both sides"}
	}
	if r.ContentLength > maxFlight {
		return nil, tooLarge
	}
	a, err := parseArrival(r.Header.Get(flight.Header))
	if err != nil {
		return nil, service.InvalidField(flight.Header, "the header %s: %v", flight.Header, err)
	}
	return a, nil
}

var tooLarge = &service.Error{Code: service.TooLarge, Field: "body",
	Detail: fmt.Sprintf("a snapshot may have %d bytes: let the recorder keep less", maxFlight)}

// readFlightBody reads the execution trace into memory, once there is room for
// it; free gives the room back.
func (s *Server) readFlightBody(w http.ResponseWriter, r *http.Request, a *arrival) (body []byte, free func(), err error) {
	room := max(r.ContentLength, leastFlight)
	if r.ContentLength < 0 {
		room = maxFlight
	}
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	if s.flights.arriving.Acquire(ctx, room) != nil {
		return nil, nil, &service.Error{Code: service.Busy, Detail: "too many snapshots arrive at once: try again later"}
	}
	free = func() { s.flights.arriving.Release(room) }
	defer func() {
		if err != nil {
			free()
		}
	}()
	http.NewResponseController(w).SetReadDeadline(time.Now().Add(3 * patience)) // from now on
	var b bytes.Buffer
	b.Grow(int(max(r.ContentLength, 0)))
	_, err = io.Copy(&b, http.MaxBytesReader(w, r.Body, maxFlight))
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return nil, nil, tooLarge
	case err != nil:
		return nil, nil, service.InvalidField("body", "the body ends after %d bytes: %v", b.Len(), err)
	case a.Refused != "" && b.Len() > 0:
		return nil, nil, service.InvalidField("body", "there are %d bytes, and refused says that there is no execution trace", b.Len())
	case a.Refused != "":
		return nil, free, nil
	}
	if _, err = exectrace.FromBytes(b.Bytes()); err != nil {
		return nil, nil, service.InvalidField("body", "the body is no execution trace: %v", err)
	}
	return b.Bytes(), free, nil
}

// listFlights lists what snapshots there are, or those for one trace.
func (s *Server) listFlights(w http.ResponseWriter, r *http.Request) {
	all := s.flights.list()
	if text := r.URL.Query().Get("trace"); text != "" {
		id, err := parseTrace(text)
		if err != nil {
			service.WriteError(w, r, err)
			return
		}
		all = s.flights.of(id)
	}
	listed := []Flight{}
	for _, k := range all {
		listed = append(listed, k.Flight)
	}
	service.WriteJSON(w, listed)
}

// downloadFlight sends the execution trace of a snapshot; with ?trace= only what
// of it tells of that trace.
func (s *Server) downloadFlight(w http.ResponseWriter, r *http.Request) {
	k := s.flights.get(r.PathValue("id"))
	if k == nil || k.body == nil {
		service.WriteError(w, r, &service.Error{Code: service.NotFound,
			Detail: fmt.Sprintf("there is no execution trace %q: it may have made room for newer ones", r.PathValue("id"))})
		return
	}
	body := k.body
	if text := r.URL.Query().Get("trace"); text != "" {
		id, err := parseTrace(text)
		if err == nil {
			body, err = k.bytesFor(id)
		}
		if err != nil {
			service.WriteError(w, r, err)
			return
		}
	}
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": k.Service + "-" + k.Instance + ".trace"}))
	h.Set("Content-Length", fmt.Sprint(len(body)))
	patient{w, http.NewResponseController(w)}.Write(body)
}

// parseTrace reads the id of a trace, 16 or 32 digits.
func parseTrace(text string) (store.TraceID, error) {
	id, err := store.ParseTraceID(text)
	if err == nil && len(text) != 16 && len(text) != 32 {
		err = errors.New("want 16 or 32 digits")
	}
	if err != nil {
		return id, service.InvalidField("trace", "the trace id %.40q: %v", text, err)
	}
	return id, nil
}

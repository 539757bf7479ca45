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

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
)

// maxArriving bounds the bytes of those that are on their way in at once, since each is in memory.
const (
	maxArriving = 2 * labapi.MaxSnapshot
	leastFlight = 64 << 10 // what one is reckoned as, so that there are not too many
	roomWithin  = 10 * time.Second
	bodyWithin  = 30 * time.Second
)

// takeFlight takes a snapshot from a process. What cannot be one is refused; what
// can is cut to what it was taken for after the answer, since that takes a while.
func (s *Server) takeFlight(w http.ResponseWriter, r *http.Request) {
	a, err := s.checkFlight(r)
	if err == nil {
		err = s.takeBody(w, r, a)
	}
	if err != nil {
		s.flights.refused.Add(1)
		httpapi.WriteError(w, r, err)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

// checkFlight reads who sends what.
func (s *Server) checkFlight(r *http.Request) (*arrival, error) {
	if s.cfg.Token != "" && !s.knowsToken(r) {
		return nil, &httpapi.Error{Code: httpapi.Unauthorized,
			Detail: "a snapshot needs the server's token: set TRACELAB_TOKEN to the same value on both sides"}
	}
	if r.ContentLength > labapi.MaxSnapshot {
		return nil, tooLarge
	}
	a, err := parseArrival(r.Header.Get(labapi.UploadHeader))
	if err != nil {
		return nil, httpapi.InvalidField(labapi.UploadHeader, "the header %s: %v", labapi.UploadHeader, err)
	}
	return a, nil
}

var tooLarge = &httpapi.Error{Code: httpapi.TooLarge, Field: "body",
	Detail: fmt.Sprintf("a snapshot may have %d bytes: let the recorder keep less", labapi.MaxSnapshot)}

// takeBody reads the execution trace once there is room for it, and has it kept.
func (s *Server) takeBody(w http.ResponseWriter, r *http.Request, a *arrival) error {
	room := max(r.ContentLength, leastFlight)
	if r.ContentLength < 0 {
		room = labapi.MaxSnapshot
	}
	ctx, cancel := context.WithTimeout(r.Context(), roomWithin)
	defer cancel()
	if s.flights.arriving.Acquire(ctx, room) != nil {
		return &httpapi.Error{Code: httpapi.Busy, Detail: "too many snapshots arrive at once: try again later"}
	}
	http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyWithin)) // from now on
	body, err := readTrace(http.MaxBytesReader(w, r.Body, labapi.MaxSnapshot), r.ContentLength, a)
	if err != nil {
		s.flights.arriving.Release(room)
		return err
	}
	go func() {
		defer s.flights.arriving.Release(room)
		s.file(a, body)
	}()
	return nil
}

// readTrace reads the execution trace, or nil where there is none, and looks at
// its header.
func readTrace(r io.Reader, size int64, a *arrival) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(int(max(size, 0)) + bytes.MinRead)
	_, err := b.ReadFrom(r)
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return nil, tooLarge
	case err != nil:
		return nil, httpapi.InvalidField("body", "the body ends after %d bytes: %v", b.Len(), err)
	case a.Refused != "" && b.Len() > 0:
		return nil, httpapi.InvalidField("body", "there are %d bytes, and refused says that there is no execution trace", b.Len())
	case a.Refused != "":
		return nil, nil
	}
	if _, err := exectrace.FromBytes(b.Bytes()); err != nil {
		return nil, httpapi.InvalidField("body", "the body is no execution trace: %v", err)
	}
	if size < 0 {
		return bytes.Clone(b.Bytes()), nil // the buffer has grown beyond what is in it
	}
	return b.Bytes(), nil
}

// listFlights lists what snapshots there are, or those for one trace.
func (s *Server) listFlights(w http.ResponseWriter, r *http.Request) {
	all := s.flights.list()
	if text := r.URL.Query().Get("trace"); text != "" {
		id, err := parseTrace(text)
		if err != nil {
			httpapi.WriteError(w, r, err)
			return
		}
		all = s.flights.of(id)
	}
	listed := []labapi.Snapshot{}
	for _, k := range all {
		listed = append(listed, k.Snapshot)
	}
	httpapi.WriteJSON(w, listed)
}

// downloadFlight sends the execution trace of a snapshot; with ?trace= only what
// of it tells of that trace.
func (s *Server) downloadFlight(w http.ResponseWriter, r *http.Request) {
	k := s.flights.get(r.PathValue("id"))
	if k == nil || k.body == nil {
		httpapi.WriteError(w, r, &httpapi.Error{Code: httpapi.NotFound,
			Detail: fmt.Sprintf("there is no execution trace %q: it may have made room for newer ones", r.PathValue("id"))})
		return
	}
	f, err := k.file(r.URL.Query().Get("trace"))
	if err != nil {
		httpapi.WriteError(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": k.Service + "-" + k.Instance + ".trace"}))
	h.Set("Content-Length", fmt.Sprint(f.Size()))
	f.WriteTo(patient{w, http.NewResponseController(w)})
}

// parseTrace reads the id of a trace, 16 or 32 digits.
func parseTrace(text string) (zipkin.TraceID, error) {
	id, err := labapi.ParseTraceID(text)
	if err != nil {
		return id, httpapi.InvalidField("trace", "%v", err)
	}
	return id, nil
}

package httpapi

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"

	"go.opencensus.io/trace"
)

// ProblemType is the Content-Type of a Problem.
const ProblemType = "application/problem+json"

// Problem is the body of every error answer (RFC 9457).
type Problem struct {
	Type    string `json:"type"`
	Title   string `json:"title"`
	Status  int    `json:"status"`
	Detail  string `json:"detail"`
	Code    Code   `json:"code"`
	Field   string `json:"field,omitempty"`
	Service string `json:"service,omitempty"`
	TraceID string `json:"traceId,omitempty"`
	// TraceURL shows the trace, where the service has the address of a UI.
	TraceURL string `json:"traceUrl,omitempty"`

	// Extensions are members of one service's own. They are written beside the
	// others, and not read: a client that knows them decodes the document again.
	Extensions map[string]any `json:"-"`
}

// MarshalJSON writes the extensions after the members that every problem has.
func (p Problem) MarshalJSON() ([]byte, error) {
	type plain Problem
	own, err := marshal(plain(p))
	if err != nil || len(p.Extensions) == 0 {
		return own, err
	}
	more, err := marshal(p.Extensions)
	if err != nil {
		return nil, err
	}
	return append(append(own[:len(own)-1], ','), more[1:]...), nil
}

// marshal leaves <, > and & as they are, as writeJSON does.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

// TraceURL is the page of a request's trace, or empty where there is none.
type TraceURL func(*http.Request, trace.SpanContext) string

// WriteError answers with a problem document for err, gives the span its
// status, and logs it: a defect as an error, what failed elsewhere as a warning,
// what the caller did wrong for debugging only.
func WriteError(w http.ResponseWriter, r *http.Request, err error) { writeError(w, r, err, nil) }

func writeError(w http.ResponseWriter, r *http.Request, err error, page TraceURL) {
	e := AsError(err)
	p := Problem{Type: "about:blank", Title: http.StatusText(e.Code.HTTPStatus()), Status: e.Code.HTTPStatus(), Detail: e.Detail,
		Code: e.Code, Field: e.Field, Service: e.Service, Extensions: e.Extensions}
	if p.Status == statusClientGone {
		p.Title = "Client Closed Request"
	}
	span := trace.FromContext(r.Context())
	if span != nil {
		sc := span.SpanContext()
		p.TraceID = sc.TraceID.String()
		if page != nil {
			p.TraceURL = page(r, sc)
		}
	}
	w.Header().Set("Content-Type", ProblemType)
	writeJSON(w, p.Status, p)
	Mark(span, e)
	logError(r, e)
}

// logError logs what is not the caller's doing. An error is for somebody to mend
// here; a dependency that is down, a time that is up and a full queue are warnings:
// they come once for each request, and are not this program's defects.
func logError(r *http.Request, e *Error) {
	status := e.Code.HTTPStatus()
	level, message := slog.LevelWarn, "request failed"
	switch {
	case e.Code == Canceled:
		return
	case e.Code == Internal:
		level = slog.LevelError
	case status < 500:
		level, message = slog.LevelDebug, "request refused"
	}
	slog.Log(r.Context(), level, message, "route", route(r), "status", status, "err", e)
}

// route is where a request went, without what the caller put into the path.
func route(r *http.Request) string {
	if r.Pattern != "" {
		return r.Pattern
	}
	return r.Method + " " + r.URL.Path
}

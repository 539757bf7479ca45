package fetcher

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"go.opencensus.io/trace"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/target"
	"example.com/tracelab/redact"
	"example.com/tracelab/services/fetcher/fetchapi"
	"example.com/tracelab/services/fetcher/internal/plan"
	"example.com/tracelab/tracing"
)

// httpRequest fetches u under a span of that name, which keeps the status as
// the annotation and the attribute that this program's readers know from the
// book it grew from.
func (f *fetcher) httpRequest(ctx context.Context, u *url.URL) (*fetchapi.Result, error) {
	ctx, span := trace.StartSpan(ctx, "httpRequest")
	defer span.End()
	span.AddAttributes(trace.StringAttribute("url", tracing.SafeURL(u)))
	// The plan of nearly every fetch adds nothing: read on as if ctx were the same. It
	// may tell the client's transport, through ctx, to take another route.
	ctx = plan.BeforeFetch(ctx)
	result, err := f.get(ctx, u)
	if err != nil {
		err = f.explain(u, err)
		httpapi.Mark(span, err)
		return nil, err
	}
	code := trace.Int64Attribute("URL Response Code", int64(result.Status))
	span.Annotate([]trace.Attribute{code}, "HTTP Response Status Code:"+result.StatusText)
	span.AddAttributes(code) // Zipkin's annotations have no attributes; its tags do
	return result, nil
}

func (f *fetcher) get(ctx context.Context, u *url.URL) (*fetchapi.Result, error) {
	ctx, clock := startClock(ctx)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "tracelab-fetcher")
	resp, err := f.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	n, err := io.CopyN(io.Discard, resp.Body, f.maxBody)
	if err != nil && err != io.EOF {
		return nil, err
	}
	truncated := false
	if err == nil { // the bound was reached; is there more?
		one, _ := resp.Body.Read(make([]byte, 1))
		truncated = one > 0
	}
	return &fetchapi.Result{URL: u.String(), Status: resp.StatusCode, StatusText: statusText(resp), Bytes: n,
		Truncated: truncated, Redirects: hops(resp), Timings: clock.stop()}, nil
}

// statusText is the status line's text, "200 OK", also for a server that sends
// the bare number.
func statusText(resp *http.Response) string {
	if text := strings.TrimSpace(resp.Status); strings.Contains(text, " ") {
		return redact.In(text) // which a server may have put a URL into
	}
	return strings.TrimSpace(resp.Status + " " + http.StatusText(resp.StatusCode))
}

func hops(resp *http.Response) (n int) {
	for r := resp.Request; r.Response != nil; r = r.Response.Request {
		n++
	}
	return n
}

// explain distinguishes a refusal (the user's URL, a redirect) from a target that is
// down, slow or talks no HTTP.
func (f *fetcher) explain(u *url.URL, err error) error {
	var cause *url.Error
	if errors.As(err, &cause) {
		err = cause.Err // the rest repeats the URL
	}
	err = redact.Error(err) // it may repeat another, of a redirect
	name := f.policy.Name(u)
	redirected := cause != nil && cause.URL != u.String()
	switch {
	case errors.Is(err, errRedirect), redirected && target.Refused(err):
		return &httpapi.Error{Code: httpapi.Unreachable, Service: name,
			Detail: name + " redirects to where the fetcher does not go: " + err.Error()}
	case target.Refused(err):
		return &httpapi.Error{Code: httpapi.Invalid, Field: "url", Err: err,
			Detail: u.Hostname() + " leads to an address that is not public: it is not fetched"}
	}
	e := httpapi.Failed(name, httpapi.Unreachable, err)
	switch {
	case e.Code != httpapi.Unreachable:
	case errors.Is(err, io.ErrUnexpectedEOF):
		e.Detail = name + " broke off its answer"
	default:
		e.Detail, e.Err = name+" gave no answer: "+err.Error(), nil // which the log would repeat
	}
	return e
}

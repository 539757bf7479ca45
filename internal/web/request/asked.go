package request

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/params"
	"example.com/tracelab/internal/zipkin"
)

// asked is what the address of a page asks for.
type asked struct {
	path  string
	trace zipkin.TraceID
	span  zipkin.SpanAt
	// from and to are the part of the time, in ns since it begins. Zero to: all of it.
	from, to int64
}

var known = []string{"trace", "span", "start_us", "from", "to"}

// readAsked reads an address. The error is a sentence on what is wrong with it.
func readAsked(r *http.Request) (a asked, err error) {
	v, err := url.ParseQuery(r.URL.RawQuery)
	if text := params.Unreadable(v, err); text != "" {
		return a, fmt.Errorf("%s", text)
	}
	if unknown := params.FindUnknown(v, known); len(unknown) > 0 {
		return a, fmt.Errorf("%.40s is not a parameter of this page: it has %s", unknown[0].Name, strings.Join(known, ", "))
	}
	a.path = r.URL.EscapedPath()
	if a.trace, err = zipkin.ParseTraceID(v.Get("trace")); err != nil {
		return a, fmt.Errorf("trace=%.60s: %w", v.Get("trace"), err)
	}
	if text := v.Get("span"); text != "" {
		if a.span.ID, err = zipkin.ParseSpanID("span", text); err != nil {
			return a, err
		}
	}
	if text := v.Get("start_us"); text != "" {
		if a.span.Timestamp, err = labapi.ParseStartUS(text); err != nil {
			return a, err
		}
	}
	if a.from, err = nanos(v, "from"); err == nil {
		a.to, err = nanos(v, "to")
	}
	if err == nil && v.Get("to") != "" && a.from >= a.to {
		err = fmt.Errorf("to=%d: give a time that is later than from=%d, in ns since the first span began", a.to, a.from)
	}
	return a, err
}

// nanos is a parameter that is a time since the first span began; 0: it is not given.
func nanos(v url.Values, name string) (int64, error) {
	text := v.Get(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%s=%.40s: give a whole number of ns since the first span began", name, text)
	}
	return n, nil
}

// with is the address of the page with another span chosen, or another part of the time.
func (a asked) with(span zipkin.SpanAt, from, to int64) string {
	v := url.Values{"trace": {a.trace.String()}}
	if span.ID != 0 {
		v.Set("span", span.ID.String())
	}
	if span.Timestamp != 0 {
		v.Set("start_us", strconv.FormatInt(span.Timestamp, 10))
	}
	if to != 0 {
		v.Set("from", strconv.FormatInt(from, 10))
		v.Set("to", strconv.FormatInt(to, 10))
	}
	return a.path + "?" + v.Encode()
}

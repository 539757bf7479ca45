package waterfall

import (
	"html/template"
	"net/url"
	"strings"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
)

// PeersPath is where to ask how usual the span's duration is.
func (d *detail) PeersPath() string {
	q := url.Values{"span": {d.Key}}
	if d.Opened {
		q.Set("opened", "1")
	}
	return Path(d.trace.String()) + "/peers?" + q.Encode()
}

// Permalink is the address of the span, and of nothing else of the page.
func (d *detail) Permalink() template.URL { return d.OnlySpan(d.Key) }

// Compare is the address of the comparison of the trace with those whose request has
// the same name, if the span is the first of its request and the trace is not of a file.
func (d *detail) Compare() string {
	name := url.Values{"serviceName": {d.span.Local.ServiceName}, "spanName": {d.span.Name}, "lookback": {"3600000"}}
	if !d.request || d.Opened || d.span.Local.ServiceName == "" || d.span.Name == "" {
		return ""
	}
	return "/compare?" + url.Values{"a": {name.Encode()}, "b": {d.trace.String()}}.Encode()
}

// Search is the address of the traces in which the same service has this tag,
// or empty when Zipkin's grammar cannot ask for it.
func (d *detail) Search(tag [2]string) string {
	key, value := tag[0], tag[1]
	if strings.Contains(key+" "+value, " and ") || strings.Contains(key, "=") || len(key+value) > 200 {
		return ""
	}
	return d.searchFor(key + "=" + value)
}

// SearchState is the address of the traces in which a span of the same service
// was in this state.
func (d *detail) SearchState(state string) string { return d.searchFor(labapi.TagPrefix + state) }

// Alike is the address of the traces that have a span of the same name.
func (d *detail) Alike() string {
	q := url.Values{"serviceName": {d.span.Local.ServiceName}, "spanName": {d.span.Name}}
	if d.span.Local.ServiceName == "" || d.span.Name == "" || len(q.Encode()) > 500 {
		return ""
	}
	return "/?" + q.Encode()
}

func (d *detail) searchFor(annotationQuery string) string {
	q := url.Values{"annotationQuery": {annotationQuery}}
	if d.Service != display.Service("") {
		q.Set("serviceName", d.Service)
	}
	return "/?" + q.Encode()
}

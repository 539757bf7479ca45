package dependencies

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"example.com/tracelab/internal/web/params"
	"example.com/tracelab/internal/zipkin"
)

// asked is what the address of the page asks for.
type asked struct {
	Service string // only this one and its neighbours; empty: all
	Sort    string
	params.Window
	Unknown []params.Unknown
}

var known = []string{"serviceName", "lookback", "startTs", "endTs", "millis", "sort"}

// byCalls is the order of a page that asks for none.
const byCalls = "calls"

func readAsked(text string) *asked {
	v, err := url.ParseQuery(text)
	a := &asked{Service: strings.ToLower(strings.TrimSpace(v.Get("serviceName"))), Sort: strings.TrimSpace(v.Get("sort")),
		Window: params.ReadWindow(v), Unknown: params.FindUnknown(v, known)}
	if a.Sort == "" {
		a.Sort = byCalls
	}
	if orders[a.Sort] == nil {
		a.Wrong["sort"] = fmt.Sprintf("sort=%.40s is not an order of this page: use %s.", a.Sort, strings.Join(slices.Sorted(maps.Keys(orders)), ", "))
	}
	if wrong := params.Unreadable(v, err); wrong != "" {
		a.Wrong["query"] = wrong
	}
	return a
}

// Right reports whether all of the address could be understood.
func (a *asked) Right() bool { return len(a.Wrong) == 0 && len(a.Unknown) == 0 }

// WrongTexts are sentences on what could not be used.
func (a *asked) WrongTexts() (texts []string) {
	for _, field := range slices.Sorted(maps.Keys(a.Wrong)) {
		texts = append(texts, a.Wrong[field])
	}
	return texts
}

// SortedBy is the address of the same page with its table in another order.
func (a *asked) SortedBy(order string) string {
	other := *a
	other.Sort = order
	return other.Address()
}

// Of is the address of the graph of one service and its neighbours; empty: of all. It is
// empty for a name that no address can hold.
func (a *asked) Of(service string) string {
	if len(service) > longestName {
		return ""
	}
	other := *a
	other.Service = service
	return other.Address()
}

// Back is the address of the same graph, over another time until now.
func (a *asked) Back(lookback string) string {
	other := *a
	other.Window = params.Window{Lookback: lookback}
	return other.Address()
}

// UntilNow is the address of the same graph until now.
func (a *asked) UntilNow() string {
	other := *a
	other.Window = a.Window.UntilNow()
	return other.Address()
}

// Address is that of the page, without what is not known.
func (a *asked) Address() string {
	v := url.Values{}
	if a.Service != "" {
		v.Set("serviceName", a.Service)
	}
	if a.Sort != byCalls {
		v.Set("sort", a.Sort)
	}
	a.Window.Set(v)
	return withQuery(Path, v)
}

// longestName is the longest name that a link has, in bytes: browsers and servers refuse
// addresses of some thousands.
const longestName = 1000

// traces is the address of the traces in which a service has these conditions, over the
// same time.
func (a *asked) traces(service string, more ...string) string {
	v := url.Values{"serviceName": {service}}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	for _, values := range v {
		if len(values[0]) > longestName {
			return ""
		}
	}
	a.Window.Set(v)
	return withQuery("/", v)
}

// tracesOf is the address of the traces that have calls of an edge. A search finds them by
// the end that has the name of the other; where neither has, by whom is called.
func (a *asked) tracesOf(e *zipkin.Edge, more ...string) string {
	switch {
	case e.Names.Callee && !e.Names.Caller:
		return a.traces(e.Child, append(more, "remoteServiceName", e.Parent)...)
	case len(e.Durations) > 0 && !e.Names.Caller:
		return a.traces(e.Child, more...)
	}
	return a.traces(e.Parent, append(more, "remoteServiceName", e.Child)...)
}

func withQuery(path string, v url.Values) string {
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

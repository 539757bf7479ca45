package httpapi

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"example.com/tracelab/internal/misspelt"
)

// Query rejects a request whose query has other parameters than these: who
// misspells one would take the answer to another question for theirs. So would who
// gives one twice, unless it is listed as several: NAME followed by "...".
func Query(handler HandlerFunc, params ...string) HandlerFunc {
	names := make([]string, len(params))
	for i, param := range params {
		names[i] = strings.TrimSuffix(param, several)
	}
	return func(w http.ResponseWriter, r *http.Request) error {
		query, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			return InvalidField("query", "the query cannot be read: %v", err)
		}
		for _, name := range slices.Sorted(maps.Keys(query)) {
			switch at := slices.Index(names, name); {
			case at < 0:
				return InvalidField(name, "%s", unknownParam(name, path(r), query, names))
			case len(query[name]) > 1 && names[at] == params[at]:
				return InvalidField(name, "%s is given twice: give it once", name)
			}
		}
		return handler(w, r)
	}
}

// several marks a parameter that may be given more than once.
const several = "..."

// path is that of the route, since what stands for its wildcards may be secret.
func path(r *http.Request) string {
	if at := strings.IndexByte(r.Pattern, '/'); at >= 0 {
		return strings.TrimSuffix(r.Pattern[at:], "{$}")
	}
	return r.URL.Path
}

// unknownParam names the parameter, and what may have been meant.
func unknownParam(name, path string, query url.Values, params []string) string {
	text := fmt.Sprintf("%.40q is no parameter of %s", name, path)
	if len(params) == 0 {
		return text + ", which takes none"
	}
	if meant := misspelt.Nearest(name, params); meant != "" {
		text += fmt.Sprintf(": did you mean %s? It takes %s", meant, strings.Join(params, ", "))
	} else {
		text += ", which takes " + strings.Join(params, ", ")
	}
	if query.Has("url") && slices.Contains(params, "url") {
		text += "; if it is part of the URL, write its & as %26"
	}
	return text
}

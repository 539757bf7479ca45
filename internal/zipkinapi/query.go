package zipkinapi

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/tracelab/internal/misspelt"
	"example.com/tracelab/internal/zipkin"
)

// searchNames are the parameters of GET /api/v2/traces, with the unit of those that are
// numbers.
var searchNames = map[string]string{"serviceName": "", "spanName": "", "remoteServiceName": "", "annotationQuery": "",
	"minDuration": "µs", "maxDuration": "µs", "endTs": "ms since 1970", "lookback": "ms", "limit": "traces"}

// ParseSearch reads a query that a person wrote, such as
// "serviceName=gateway&annotationQuery=error": the parameters of GET /api/v2/traces, with
// the question mark before them or without. Without endTs it ends now, without lookback it
// goes back for a day, and without limit the Limit is zero. Unlike the API it refuses
// parameters that it does not know, since the answer would be another one than is meant.
func ParseSearch(text string, now time.Time) (zipkin.Query, error) {
	values, err := url.ParseQuery(strings.ReplaceAll(strings.TrimPrefix(text, "?"), ";", "%3B"))
	if err == nil {
		err = checkSearch(values)
	}
	var q zipkin.Query
	if err == nil {
		q, err = (&parameters{values: values}).query(now, 24*time.Hour)
	}
	if err != nil {
		return zipkin.Query{}, fmt.Errorf("the query %.80q: %w", text, err)
	}
	if !values.Has("limit") {
		q.Limit = 0
	}
	return q, nil
}

// checkSearch says what the API would not say, or in Java's words.
func checkSearch(values url.Values) error {
	names := slices.Sorted(maps.Keys(searchNames))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		unit, known := searchNames[name]
		meant := misspelt.Nearest(name, names)
		switch {
		case !known && meant != "":
			return fmt.Errorf("there is no parameter %.40q: is %s meant?", name, meant)
		case !known:
			return fmt.Errorf("there is no parameter %.40q: want some of %s", name, strings.Join(names, ", "))
		case len(values[name]) > 1:
			return fmt.Errorf("%s is given %d times: want it once", name, len(values[name]))
		}
		if n, err := strconv.ParseInt(values.Get(name), 10, 64); unit != "" && (err != nil || n <= 0) {
			return fmt.Errorf("%s=%.40s: want a number of %s, above 0", name, values.Get(name), unit)
		}
	}
	return nil
}

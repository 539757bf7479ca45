package zipkinapi

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// parameters reads the query of a URL as Zipkin does: of a repeated parameter
// the first counts, and the first thing that is wrong is the error.
type parameters struct {
	values url.Values
	err    error
}

// params reads a semicolon as part of a value, which Go does not.
func params(r *http.Request) *parameters {
	values, _ := url.ParseQuery(strings.ReplaceAll(r.URL.RawQuery, ";", "%3B"))
	return &parameters{values: values}
}

func (p *parameters) fail(format string, args ...any) {
	p.err = cmp.Or(p.err, fmt.Errorf(format, args...))
}

func (p *parameters) check(ok bool, text string) {
	if !ok {
		p.fail("%s", text)
	}
}

func (p *parameters) required(name string) string {
	if !p.values.Has(name) {
		p.fail("Mandatory parameter/header/attribute is missing: %s", name)
	}
	return p.values.Get(name)
}

// name reads a name, which is stored in lower case.
func (p *parameters) name(name string) string { return zipkin.LowerName(p.values.Get(name)) }

// optional reads a number that may be missing or empty.
func (p *parameters) optional(name string) (n int64, given bool) {
	s := p.values.Get(name)
	if s == "" {
		return 0, false
	}
	return p.number(s, 64), true
}

func (p *parameters) optionalOr(name string, otherwise int64) int64 {
	if n, given := p.optional(name); given {
		return n
	}
	return otherwise
}

// primitive reads a number that may not be empty.
func (p *parameters) primitive(name, s string, bits int) int64 {
	if s == "" {
		p.fail("Cannot set null to primitive type parameter: %s", name)
		return 0
	}
	return p.number(s, bits)
}

func (p *parameters) number(s string, bits int) int64 {
	n, err := strconv.ParseInt(s, 10, bits)
	if err != nil {
		p.fail("For input string: \"%s\"", s)
	}
	return n
}

// query reads the parameters of /api/v2/traces. back is the default lookback.
func (p *parameters) query(now time.Time, back time.Duration) (zipkin.Query, error) {
	minDuration, hasMin := p.optional("minDuration")
	maxDuration, hasMax := p.optional("maxDuration")
	endTs := p.optionalOr("endTs", now.UnixMilli())
	lookback := p.optionalOr("lookback", back.Milliseconds())
	limit := int64(10)
	if p.values.Has("limit") {
		limit = p.primitive("limit", p.values.Get("limit"), 32)
	}
	p.check(endTs > 0, "endTs <= 0")
	p.check(limit > 0, "limit <= 0")
	p.check(lookback > 0, "lookback <= 0")
	p.check(!hasMin || minDuration > 0, "minDuration <= 0")
	p.check(!hasMin || !hasMax || maxDuration >= minDuration, "maxDuration < minDuration")
	p.check(hasMin || !hasMax, "maxDuration is only valid with minDuration")
	if p.err != nil {
		return zipkin.Query{}, p.err
	}
	if lookback-endTs > math.MaxInt64/1000 {
		lookback = -1 // in µs it overflows, and Zipkin then finds nothing
	}
	spanName := p.name("spanName")
	if spanName == "all" {
		spanName = ""
	}
	return zipkin.Query{
		ServiceName:       p.name("serviceName"),
		SpanName:          spanName,
		RemoteServiceName: p.name("remoteServiceName"),
		AnnotationQuery:   p.values.Get("annotationQuery"),
		MinDuration:       duration(minDuration, time.Microsecond),
		MaxDuration:       duration(maxDuration, time.Microsecond),
		EndTs:             time.UnixMilli(endTs),
		Lookback:          duration(lookback, time.Millisecond),
		Limit:             int(limit),
	}, nil
}

// window reads the parameters of /api/v2/dependencies, as query does.
func (p *parameters) window(back time.Duration) (endTs time.Time, lookback time.Duration, err error) {
	var end int64
	if s := p.required("endTs"); p.err == nil {
		end = p.primitive("endTs", s, 64)
	}
	ms := p.optionalOr("lookback", back.Milliseconds())
	p.check(end > 0, "endTs <= 0")
	p.check(ms > 0, "lookback <= 0")
	return time.UnixMilli(end), duration(ms, time.Millisecond), p.err
}

// duration is n units, or the longest there is.
func duration(n int64, unit time.Duration) time.Duration {
	if n > int64(math.MaxInt64/unit) {
		return math.MaxInt64
	}
	return time.Duration(n) * unit
}

// maxTraceIDs is where Zipkin stops splitting the list.
const maxTraceIDs = 1000

// traceIDs reads the parameter of /api/v2/traceMany.
func (p *parameters) traceIDs() ([]zipkin.TraceID, error) {
	list := p.required("traceIds")
	if p.err == nil && list == "" {
		p.fail("traceIds parameter is empty")
	}
	if p.err != nil {
		return nil, p.err
	}
	var ids []zipkin.TraceID
	seen := map[zipkin.TraceID]bool{}
	for _, s := range strings.SplitN(list, ",", maxTraceIDs) {
		id, err := zipkin.ParseTraceID(s)
		if err != nil {
			return nil, err
		}
		if seen[id] {
			return nil, fmt.Errorf("redundant traceId: %s", s)
		}
		seen[id] = true
		ids = append(ids, id)
	}
	if len(ids) == 1 {
		return nil, errors.New("Use /api/v2/trace/{traceId} endpoint to retrieve a single trace")
	}
	return ids, nil
}

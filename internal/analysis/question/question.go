// Package question answers what is asked about sets of traces: it reads what is to be
// compared, has it found, compared, and split by the states of goroutines. A command and
// the server ask the same way.
package question

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.com/tracelab/internal/analysis/collect"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkinapi"
)

// Question is what is to be compared, by what a Finder finds it.
type Question struct {
	Kind string // of labapi.Comparison
	A    string // of the kinds CompareSlow and CompareTag all traces
	B    string
	Tag  string // of the kind CompareTag; *: all
	// Slow is the quantile beyond which requests are slow, of the kinds CompareSlow and
	// CompareTag. Zero: as package compare has it.
	Slow     float64
	Quantile float64 // that is described too; zero: none
	Strata   []string

	known func(text string) bool
}

// Latest is the query of what is compared where nothing else is said: the traces of the
// last quarter of an hour.
const Latest = "lookback=900000"

// Error is a question that cannot be meant.
type Error struct {
	Parameter string // of labapi.ComparisonQuery
	Err       error
}

func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

func wrong(parameter, format string, args ...any) error {
	return &Error{parameter, fmt.Errorf(format, args...)}
}

// Read reads the parameters of a comparison. Its error is an *Error. known reports which
// texts name a set beside queries and ids, such as files; nil: none do.
func Read(q labapi.ComparisonQuery, known func(text string) bool) (of Question, err error) {
	if of.known = known; known == nil {
		of.known = func(string) bool { return false }
	}
	of.Strata = q.Strata
	if of.Quantile, err = readQuantile("quantile", q.Quantile); err != nil {
		return of, err
	}
	if of.Slow, err = readQuantile("slow", q.Slow); err != nil {
		return of, err
	}
	if q.By != "" || q.Slow != "" {
		return of.ofOne(q)
	}
	return of.ofTwo(q)
}

// ofOne is a question about one set.
func (of Question) ofOne(q labapi.ComparisonQuery) (Question, error) {
	if q.A != "" || q.B != "" {
		return of, wrong("a", "two sets are given, and slow and by are of one")
	}
	switch {
	case q.Quantile != "":
		return of, wrong("quantile", "the change of a quantile is one of two sets, and slow and by are of one")
	case len(q.Strata) > 0:
		return of, wrong("strata", "strata are of two sets, and slow and by are of one")
	}
	of.Kind, of.Tag, of.A = labapi.CompareSlow, q.By, cmp.Or(q.Q, Latest)
	if q.By != "" {
		of.Kind = labapi.CompareTag
	}
	if of.known(of.A) {
		return of, nil
	}
	return of, CheckQuery("q", of.A)
}

// CheckQuery returns an *Error that says what is wrong with the query that a parameter
// has, or nil.
func CheckQuery(parameter, text string) error {
	if !collect.IsQuery(text) {
		return wrong(parameter, "%.60q: want a query, such as serviceName=gateway&lookback=900000", text)
	}
	if _, err := zipkinapi.ParseSearch(text, time.Now()); err != nil {
		return &Error{parameter, err}
	}
	return nil
}

// ofTwo is a question about two sets, or two traces.
func (of Question) ofTwo(q labapi.ComparisonQuery) (Question, error) {
	switch {
	case q.Q != "":
		return of, wrong("q", "one set goes with slow or by")
	case q.A == "" && q.B == "":
		return of, wrong("a", "want two queries, or the ids of two traces; or slow=p95 or by=TAG")
	case q.A == "":
		return of, wrong("a", "it is missing: want both a and b")
	case q.B == "":
		return of, wrong("b", "it is missing: want both a and b")
	case q.A == q.B:
		return of, wrong("b", "it is the same as the other: the same traces do not differ")
	}
	of.A, of.B, of.Kind = q.A, q.B, labapi.CompareSets
	if !of.isSet(q.A) && !of.isSet(q.B) {
		of.Kind = labapi.CompareTraces
	}
	if err := of.check("a", q.A); err != nil {
		return of, err
	}
	if err := of.check("b", q.B); err != nil || of.Kind == labapi.CompareSets {
		return of, err
	}
	switch {
	case len(q.Strata) > 0:
		return of, wrong("strata", "two traces have no strata: they go with two sets")
	case q.Quantile != "":
		return of, wrong("quantile", "two traces have no quantiles: they go with two sets")
	}
	return of, nil
}

func (of Question) isSet(text string) bool { return of.known(text) || collect.IsQuery(text) }

// check returns an *Error of what is no set of the kind.
func (of Question) check(parameter, text string) error {
	if of.known(text) {
		return nil
	}
	_, err := labapi.ParseTraceID(text)
	switch {
	case of.Kind == labapi.CompareSets && err == nil:
		return nil // one trace, beside a set of others
	case of.Kind == labapi.CompareTraces && err != nil:
		return wrong(parameter, "%.60q: want a query, such as serviceName=gateway&lookback=900000, or the id of a trace: 16 or 32 hexadecimal digits in lower case", text)
	case of.Kind == labapi.CompareTraces:
		return nil
	}
	return CheckQuery(parameter, text)
}

var errQuantile = errors.New("want p50 to p99.9, or 0.5 to 0.999")

// readQuantile reads p95, or 0.95. Empty is zero.
func readQuantile(name, text string) (float64, error) {
	if text == "" {
		return 0, nil
	}
	number, percent := strings.CutPrefix(text, "p")
	v, err := strconv.ParseFloat(number, 64)
	if percent {
		v /= 100
	}
	const rounding = 1e-9
	if err != nil || !(v >= 0.5 && v <= 0.999+rounding) {
		return 0, wrong(name, "%.40q: %w", text, errQuantile)
	}
	return v, nil
}

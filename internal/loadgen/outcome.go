package loadgen

import (
	"cmp"
	"encoding/hex"
	"slices"

	"example.com/tracelab/redact"
)

// Bounds of what is stored of one variant, in addition to its histograms.
const (
	maxTraces = 50_000
	maxErrors = 20 // kinds
)

// outcome is an Outcome in the making.
type outcome struct {
	Outcome
	latency, service histogram
	traces           []recorded
}

type recorded struct {
	number uint64 // of the request
	id     [16]byte
}

func newOutcome(v Variant) *outcome {
	return &outcome{
		Outcome: Outcome{Name: v.Name, About: v.About, Method: v.Request.Method, URL: redact.URL(v.Request.URL),
			Statuses: map[int]int{}, Errors: map[string]int{}, Slowest: []Request{}, Bad: []Request{}},
		latency: newHistogram(), service: newHistogram(),
	}
}

// looksAt reports whether r will be shown to people, as things stand.
func (o *outcome) looksAt(r Request) bool {
	return o.isSlow(r) || o.isBad(r)
}

func (o *outcome) isSlow(r Request) bool {
	return len(o.Slowest) < shown || r.Latency > o.Slowest[shown-1].Latency
}

func (o *outcome) isBad(r Request) bool {
	return len(o.Bad) < shown && (r.Status == 0 || r.Status >= 400)
}

func (o *outcome) add(number uint64, r Request) {
	o.Ended++
	if failed(r) {
		o.Failed++
	}
	if r.Status == 0 {
		o.count(r.Reason)
	} else {
		o.Statuses[r.Status]++
	}
	o.latency.record(r.Latency)
	o.service.record(r.Service)
	if o.isBad(r) {
		o.Bad = append(o.Bad, r)
	}
	if o.isSlow(r) {
		o.Slowest = keep(o.Slowest, r)
	}
	o.trace(number, r.TraceID)
}

func (o *outcome) count(reason string) {
	if _, known := o.Errors[reason]; !known && len(o.Errors) >= maxErrors {
		reason = "for other reasons"
	}
	o.Errors[reason]++
}

func (o *outcome) trace(number uint64, id string) {
	switch {
	case id == "":
	case len(o.traces) == maxTraces:
		o.MoreTraces++
	default:
		r := recorded{number: number}
		hex.Decode(r.id[:], []byte(id))
		o.traces = append(o.traces, r)
	}
}

// public is the Outcome with what is computed at the end. pages is where traces
// are shown, or empty.
func (o *outcome) public(pages string) *Outcome {
	o.Latency, o.Service = o.latency.percentiles(), o.service.percentiles()
	slices.SortFunc(o.traces, func(a, b recorded) int { return cmp.Compare(a.number, b.number) })
	o.TraceIDs = make([]string, len(o.traces))
	for i, r := range o.traces {
		o.TraceIDs[i] = hex.EncodeToString(r.id[:])
	}
	for _, some := range [][]Request{o.Slowest, o.Bad} {
		for i := range some {
			if r := &some[i]; r.TraceID != "" && pages != "" {
				r.TraceURL = pages + r.TraceID
			}
		}
	}
	return &o.Outcome
}

package compare

import (
	"fmt"
	"slices"
	"strings"

	"example.com/tracelab/internal/analysis/critical"
	"example.com/tracelab/internal/zipkin"
)

// Requests are compared with those that had the same input: a request for four URLs
// takes longer than one for a single one, and more of the former are no slower system.
// What is an input must not depend on how the request went.
var (
	routeTags = []string{"http.method", "http.route"}
	sizeTags  = []string{"visit.urls", "visit.rounds"}
)

// inputs numbers the inputs of requests.
type inputs struct {
	wanted  []string // tags, beside those above
	numbers map[string]int32
	keys    []string
}

func newInputs(wanted []string) inputs {
	return inputs{wanted: wanted, numbers: map[string]int32{}}
}

// of numbers the inputs of a request, with the sizes of inputs and without.
func (in *inputs) of(t *critical.Trace, root int) (whole, coarse int32) {
	s := t.Spans[root]
	var key strings.Builder
	key.WriteString(callText(s.Local.ServiceName, s.Name))
	in.write(&key, t, root, append(slices.Clone(routeTags), in.wanted...))
	coarse = in.number(key.String())
	in.write(&key, t, root, sizeTags)
	return in.number(key.String()), coarse
}

func (in *inputs) write(key *strings.Builder, t *critical.Trace, root int, tags []string) {
	for _, tag := range tags {
		if value, ok := tagOf(t, root, tag); ok {
			fmt.Fprintf(key, " %s=%s", tag, value)
		}
	}
}

// tagOf is the value of a tag of a request: of its first span, or else of the earliest
// span of the same service that has it. Frameworks name what handles a request by a span
// of its own.
func tagOf(t *critical.Trace, root int, tag string) (value string, ok bool) {
	of := t.Spans[root]
	if value, ok = of.Tag(tag); ok {
		return value, true
	}
	var from *zipkin.Span
	for i := range t.Tree.Below(root) {
		s := t.Spans[i]
		if s.Local.ServiceName != of.Local.ServiceName || from != nil && s.Timestamp >= from.Timestamp {
			continue
		}
		if v, has := s.Tag(tag); has {
			from, value, ok = s, v, true
		}
	}
	return value, ok
}

func (in *inputs) number(key string) int32 {
	n, known := in.numbers[key]
	if !known {
		n = int32(len(in.keys))
		in.numbers[key] = n
		in.keys = append(in.keys, key)
	}
	return n
}

// stratum is the requests with one input.
type stratum struct {
	input  int32
	nx, ny int
	weight float64 // its share in what is compared; zero: one side has none
}

// weigh gives each stratum the weight with which the difference of the sides is known
// best (Cochran, Mantel and Haenszel). They add up to 1, or are zero where no stratum has both.
func weigh(strata []stratum) (common bool) {
	var sum float64
	for i := range strata {
		s := &strata[i]
		s.weight = float64(s.nx) * float64(s.ny) / float64(s.nx+s.ny)
		sum += s.weight
	}
	for i := range strata {
		if sum > 0 {
			strata[i].weight /= sum
		}
	}
	return sum > 0
}

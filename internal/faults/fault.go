// Package faults is the catalogue of what can be made to go wrong, on purpose,
// for one request: how a request asks for it, and the truth about it. What goes
// wrong is real, and is done by the services themselves; docs/faults.md says where.
//
// Nothing that explains traces may import this package: the cause
// must be found in the trace.
package faults

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"example.com/tracelab/internal/labapi"
)

// Fault is an entry of the catalogue.
type Fault struct{ labapi.Fault }

// Param and Truth are parts of a Fault.
type (
	Param = labapi.Param
	Truth = labapi.Truth
)

// The parameters that many faults share.
func ms(most int) Param {
	return Param{Name: "ms", Help: "milliseconds that it adds", Default: 100, Min: 1, Max: most}
}

func n(help string, otherwise, most int) Param {
	return Param{Name: "n", Help: help, Default: otherwise, Min: 1, Max: most}
}

// percent is a parameter of every fault. The service that a request enters the
// workshop by decides, once for the whole request.
var percent = Param{Name: "percent", Help: "share of the requests that it happens to", Default: 100, Min: 1, Max: 100}

// Catalogue lists all faults, by service and then by name.
func Catalogue() []*Fault { return slices.Clone(catalogue) }

var catalogue = sorted(waits, work, io, calls, spans)

func sorted(families ...[]labapi.Fault) (all []*Fault) {
	for _, f := range slices.Concat(families...) {
		f.Params = append(f.Params, percent)
		all = append(all, &Fault{f})
	}
	slices.SortFunc(all, func(a, b *Fault) int {
		return cmp.Or(strings.Compare(a.Service, b.Service), strings.Compare(a.Name, b.Name))
	})
	return all
}

// Find returns the fault of that name.
func Find(name string) (*Fault, bool) {
	at := slices.IndexFunc(catalogue, func(f *Fault) bool { return f.Name == name })
	if at < 0 {
		return nil, false
	}
	return catalogue[at], true
}

func (f *Fault) param(name string) (Param, bool) {
	at := slices.IndexFunc(f.Params, func(p Param) bool { return p.Name == name })
	if at < 0 {
		return Param{}, false
	}
	return f.Params[at], true
}

// Adds is the time that the fault adds to its request with these arguments,
// zero if it takes no ms.
func (f *Fault) Adds(a Args) time.Duration { return a.Duration("ms") }

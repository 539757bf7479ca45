package compare

import (
	"slices"
	"strings"

	"example.com/tracelab/internal/labapi"
)

// What bounds call paths. Traces of others may have ids in the names of spans, or calls
// nested by thousands.
const (
	deepest     = 128     // calls below it are of the path at that depth
	mostPaths   = 2000    // in a comparison; others are one row
	mostNamed   = 100_000 // in memory; others are one path
	otherPath   = 0       // the path of these others
	noPath      = -1      // above a root
	firstUnique = otherPath + 1
)

// paths numbers call paths: chains of what called what, from the root.
type paths struct {
	numbers map[pathKey]int32
	all     []callPath // by number; callers come before what they call
	names   map[string]string
	dropped int // calls of paths beyond mostNamed
}

type pathKey struct {
	caller             int32
	service, operation string
}

type callPath struct {
	caller             int32
	depth              int32
	service, operation string
}

func newPaths() *paths {
	return &paths{
		numbers: map[pathKey]int32{}, names: map[string]string{},
		all: []callPath{{caller: noPath, operation: labapi.OtherPath}},
	}
}

// of is the number of the path that a call from another path has.
func (p *paths) of(caller int32, service, operation string) int32 {
	depth := int32(0)
	if caller >= firstUnique {
		if depth = p.all[caller].depth + 1; depth >= deepest {
			return caller
		}
	}
	key := pathKey{caller, service, operation}
	if n, known := p.numbers[key]; known {
		return n
	}
	if len(p.all) > mostNamed || caller == otherPath {
		p.dropped++
		return otherPath
	}
	// The strings may be parts of a large text, which would be kept with them.
	key.service, key.operation = p.name(service), p.name(operation)
	n := int32(len(p.all))
	p.numbers[key] = n
	p.all = append(p.all, callPath{caller, depth, key.service, key.operation})
	return n
}

func (p *paths) name(s string) string {
	if known, ok := p.names[s]; ok {
		return known
	}
	s = strings.Clone(s)
	p.names[s] = s
	return s
}

// text is how people are told a path.
func (p *paths) text(n int32) string {
	if n == otherPath {
		return labapi.OtherPath
	}
	var calls []string
	for ; n != noPath; n = p.all[n].caller {
		calls = append(calls, callText(p.all[n].service, p.all[n].operation))
	}
	slices.Reverse(calls)
	return strings.Join(calls, labapi.PathSeparator)
}

func callText(service, operation string) string {
	return strings.TrimSpace(service + " " + operation)
}

package states

import (
	"encoding/hex"
	"time"

	"example.com/tracelab/exectrace"
)

// read reads what /debug/pprof/trace answered.
func read(raw []byte) (*exectrace.Trace, error) {
	file, err := exectrace.FromBytes(raw)
	if err != nil {
		return nil, err
	}
	return exectrace.Read(file)
}

// span returns the span of that name in that trace, if all of it is told.
func span(x *exectrace.Trace, traceID, name string) (exectrace.Task, bool) {
	var id [16]byte
	hex.Decode(id[:], []byte(traceID))
	for _, s := range x.SpansOf(id) {
		if k, ok := x.Task(s.Task); ok && k.Name == name && k.Begun && k.Ended {
			return k, true
		}
	}
	return exectrace.Task{}, false
}

// explain says what a span was in, and for how long.
func explain(x *exectrace.Trace, span exectrace.Task) map[string]time.Duration {
	sum := map[string]time.Duration{}
	for _, tile := range x.Breakdown(span) {
		sum[tile.State.String()] += tile.End.Sub(tile.Start)
	}
	return sum
}

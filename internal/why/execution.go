package why

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
)

// noTime is said of a span that has no duration.
const noTime = "There is no time to explain."

// execution says how much is known of what the processes did meanwhile.
func (in *Input) execution(segments []segment, missing []labapi.Missing) labapi.Execution {
	switch {
	case len(in.Awaited) > 0:
		verb := "has"
		if len(in.Awaited) > 1 {
			verb = "have"
		}
		return labapi.Execution{State: labapi.ExecutionAwaited, Awaited: in.Awaited,
			Reason: fmt.Sprintf("The %s %s not handed in all of what was done for it.", strings.Join(in.Awaited, " and the "), verb)}
	case len(segments) == 0:
		return labapi.Execution{State: labapi.ExecutionGone, Reason: noTime}
	case in.nothing() || in.Forgotten != "" && !slices.ContainsFunc(segments, func(p segment) bool { return p.process != nil }):
		reason := "No process has handed in what it did meanwhile."
		if len(missing) > 0 {
			reason = fmt.Sprintf("Of %s there is nothing: %s.", display.The(missing[0].Service), missing[0].Reason)
		}
		return labapi.Execution{State: labapi.ExecutionGone, Reason: cmp.Or(in.Forgotten, reason)}
	case len(missing) > 0:
		return labapi.Execution{State: labapi.ExecutionPartial, Reason: fmt.Sprintf("Of %s something is missing: %s.", display.The(missing[0].Service), missing[0].Reason)}
	}
	return labapi.Execution{State: labapi.ExecutionKnown}
}

// nothing reports whether there is no execution trace.
func (in *Input) nothing() bool {
	return !slices.ContainsFunc(in.Processes, func(p Process) bool { return p.Trace != nil })
}

package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/internal/labapi"
)

// Bounds of what a process says of a snapshot.
const (
	maxFlightHeader = 64 << 10 // bytes
	maxParts        = 256      // traces of one snapshot
	maxName         = 128      // bytes of a service, an instance, a host
	maxReason       = 512      // bytes of why there is none
	latestUS        = 1 << 53  // the year 2255: later is no time
)

// arrival is a snapshot as it is handed in, with all that it says checked.
type arrival struct {
	labapi.Upload
	parts []part
}

// part is a process's part in a trace. Zero times: it knows of none.
type part struct {
	trace      zipkin.TraceID
	start, end time.Time
}

// parseArrival reads the header of a snapshot.
func parseArrival(text string) (*arrival, error) {
	switch {
	case text == "":
		return nil, errors.New("it is not there: want a snapshot as JSON")
	case len(text) > maxFlightHeader:
		return nil, fmt.Errorf("%d bytes are too many: want at most %d", len(text), maxFlightHeader)
	}
	a := new(arrival)
	if err := json.Unmarshal([]byte(text), &a.Upload); err != nil {
		return nil, fmt.Errorf("want a snapshot as JSON: %w", err)
	}
	for _, f := range []struct {
		name, value string
	}{{"service", a.Service}, {"instance", a.Instance}} {
		if err := checkName(f.value); err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
	}
	a.Host, a.Refused = legible(a.Host, maxName), legible(a.Refused, maxReason)
	if a.Reason != labapi.ReasonSlow && a.Reason != labapi.ReasonDebug && a.Reason != labapi.ReasonAsked {
		return nil, fmt.Errorf("reason %.40q: want slow, debug or asked", a.Reason)
	}
	return a, a.parse()
}

// checkName refuses what would spoil a terminal, a file's name or a page.
func checkName(name string) error {
	switch {
	case name == "":
		return errors.New("it is missing")
	case len(name) > maxName:
		return fmt.Errorf("%d bytes are too many: want at most %d", len(name), maxName)
	case name != legible(name, maxName):
		return fmt.Errorf("%.40q has characters that cannot be printed", name)
	}
	return nil
}

// legible is text for people, of which not every byte counts.
func legible(text string, most int) string {
	text = strings.ToValidUTF8(text[:min(len(text), most)], "")
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
}

// parse reads what the snapshot was taken for.
func (a *arrival) parse() error {
	if len(a.Traces) == 0 || len(a.Traces) > maxParts {
		return fmt.Errorf("%d traces: want 1 to %d", len(a.Traces), maxParts)
	}
	for _, p := range a.Traces {
		id, err := parseTrace(p.Trace)
		if err != nil {
			return err
		}
		known := p.StartUS != 0 || p.EndUS != 0
		if known && (p.StartUS <= 0 || p.EndUS < p.StartUS || p.EndUS > latestUS) {
			return fmt.Errorf("trace %s: from %d to %d µs is no time", p.Trace, p.StartUS, p.EndUS)
		}
		x := part{trace: id}
		if known {
			x.start, x.end = time.UnixMicro(p.StartUS), time.UnixMicro(p.EndUS)
		}
		a.parts = append(a.parts, x)
	}
	return nil
}

// span is the time from the first part's beginning to the last one's end. Zero:
// no part has a time.
func (a *arrival) span() (from, to time.Time) {
	for _, p := range a.parts {
		if p.start.IsZero() {
			continue
		}
		if from.IsZero() || p.start.Before(from) {
			from = p.start
		}
		if p.end.After(to) {
			to = p.end
		}
	}
	return from, to
}

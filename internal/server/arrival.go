package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"example.com/tracelab/internal/flight"
	"example.com/tracelab/internal/store"
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
	flight.Snapshot
	parts []part
}

// part is a process's part in a trace. Zero times: it knows of none.
type part struct {
	trace      store.TraceID
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
	if err := json.Unmarshal([]byte(text), &a.Snapshot); err != nil {
		return nil, fmt.Errorf("want a snapshot as JSON: %w", err)
	}
	for _, f := range []struct {
		name, value string
		required    bool
		most        int
	}{
		{"service", a.Service, true, maxName},
		{"instance", a.Instance, true, maxName},
		{"host", a.Host, false, maxName},
		{"refused", a.Refused, false, maxReason},
	} {
		if err := checkText(f.value, f.required, f.most); err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
	}
	if a.Reason != flight.ReasonSlow && a.Reason != flight.ReasonDebug && a.Reason != flight.ReasonAsked {
		return nil, fmt.Errorf("reason %.40q: want slow, debug or asked", a.Reason)
	}
	return a, a.parse()
}

// checkText refuses what would spoil a terminal, a file's name or a page.
func checkText(text string, required bool, most int) error {
	switch {
	case required && text == "":
		return errors.New("it is missing")
	case len(text) > most:
		return fmt.Errorf("%d bytes are too many: want at most %d", len(text), most)
	case !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }):
		return fmt.Errorf("%.40q has characters that cannot be printed", text)
	}
	return nil
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

package snapshots

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/jsonerr"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// Bounds of what a process says of a snapshot.
const (
	maxUploadHeader = 64 << 10 // bytes
	maxParts        = 256      // traces of one snapshot
	maxName         = 128      // bytes of a service, an instance, a host
	maxReason       = 512      // bytes of why there is none
	latestUS        = 1 << 53  // the year 2255: later is no time
)

// upload is what a process says of a snapshot, checked.
type upload struct {
	labapi.Upload
	parts []part
}

// part is a process's part in a trace. Zero times: it knows of none.
type part struct {
	trace zipkin.TraceID
	Window
	open  bool // there will be more
	asked bool // it answers a request
	plain bool // it is not explained by itself
}

// parseUpload reads the header of an upload.
func parseUpload(text string) (*upload, error) {
	switch {
	case text == "":
		return nil, errors.New("it is not there: want a snapshot as JSON")
	case len(text) > maxUploadHeader:
		return nil, fmt.Errorf("%d bytes are too many: want at most %d", len(text), maxUploadHeader)
	}
	u := new(upload)
	if err := jsonerr.Unmarshal([]byte(text), &u.Upload); err != nil {
		return nil, err
	}
	for _, f := range []struct {
		name, value string
	}{{"service", u.Service}, {"instance", u.Instance}} {
		if err := checkName(f.value); err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
	}
	u.Host, u.Refused = display.Text(u.Host, maxName), display.Text(u.Refused, maxReason)
	if !slices.Contains([]string{labapi.ReasonSlow, labapi.ReasonDebug, labapi.ReasonAsked, labapi.ReasonEarly}, u.Reason) {
		return nil, fmt.Errorf("reason %.40q: want slow, debug, asked or early", u.Reason)
	}
	return u, u.parse()
}

// checkName refuses what would spoil a terminal, a file's name or a page.
func checkName(name string) error {
	switch {
	case name == "":
		return errors.New("it is missing")
	case len(name) > maxName:
		return fmt.Errorf("%d bytes are too many: want at most %d", len(name), maxName)
	case name != display.Text(name, maxName):
		return fmt.Errorf("%.40q has characters that cannot be printed", name)
	}
	return nil
}

// parse reads what the snapshot was taken for.
func (u *upload) parse() error {
	if len(u.Traces) == 0 || len(u.Traces) > maxParts {
		return fmt.Errorf("%d traces: want 1 to %d", len(u.Traces), maxParts)
	}
	for _, p := range u.Traces {
		id, err := labapi.ParseTraceID(p.TraceID)
		if err != nil {
			return err
		}
		known := p.StartUS != 0 || p.EndUS != 0
		if known && (p.StartUS <= 0 || p.EndUS < p.StartUS || p.EndUS > latestUS) {
			return fmt.Errorf("trace %s: from %d to %d µs is no time", p.TraceID, p.StartUS, p.EndUS)
		}
		x := part{trace: id, open: p.Open, asked: p.Asked || u.Reason == labapi.ReasonAsked, plain: p.Plain}
		if known {
			x.Start, x.End = time.UnixMicro(p.StartUS), time.UnixMicro(p.EndUS)
		}
		u.parts = append(u.parts, x)
	}
	return nil
}

// window is the time from the first part's beginning to the last one's end. Zero:
// no part has a time.
func (u *upload) window() (from, to time.Time) {
	for _, p := range u.parts {
		if p.Start.IsZero() {
			continue
		}
		if from.IsZero() || p.Start.Before(from) {
			from = p.Start
		}
		if p.End.After(to) {
			to = p.End
		}
	}
	return from, to
}

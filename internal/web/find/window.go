package find

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// lookbacks are offered; any other duration in a URL is understood too.
var lookbacks = []string{"1m", "15m", "1h", "6h", "24h", "7d"}

// Values of lookback that are no duration: other parameters say the time.
const (
	customRange = "range"  // of Zipkin's pages: from startTs to endTs
	custom      = "custom" // the same of its first pages
	millis      = "millis" // as many ms as millis says, until endTs
)

// window is the time that is searched.
func (s *search) window(now time.Time) (end time.Time, back time.Duration) {
	// The end is inclusive to the ms; what starts within this one counts.
	end = now.Add(time.Millisecond)
	if s.End != "" {
		end = s.moment("endTs", s.End)
	}
	switch s.Lookback {
	case customRange, custom:
		back = end.Sub(s.moment("startTs", s.Start))
		if back < 0 && s.Wrong["startTs"] == "" && s.Wrong["endTs"] == "" {
			s.Wrong["startTs"] = fmt.Sprintf("startTs=%s is later than the end of the time to search: swap startTs and endTs.", s.Start)
		}
		return end, max(back, time.Millisecond)
	case millis:
		return end, s.back("millis", s.Millis)
	}
	return end, s.back("lookback", s.Lookback)
}

// moment reads ms since the epoch.
func (s *search) moment(field, typed string) time.Time {
	ms, err := strconv.ParseInt(typed, 10, 64)
	if err != nil || ms < 1 || ms > maxMoment {
		s.Wrong[field] = fmt.Sprintf("%s=%s is not a moment: write milliseconds since 1970, as in Zipkin's links.", field, typed)
	}
	return time.UnixMilli(ms)
}

// maxMoment is in ms since the epoch: what µs have room for, as Zipkin compares.
const maxMoment = 1<<63/1000 - 1

// back reads a duration; a bare number is in ms, as Zipkin's API has it.
func (s *search) back(field, typed string) time.Duration {
	text := typed
	if days, ok := strings.CutSuffix(typed, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil {
			text = fmt.Sprintf("%dh", 24*n)
		}
	}
	if _, err := strconv.ParseUint(typed, 10, 64); err == nil {
		text += "ms"
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < time.Millisecond {
		s.Wrong[field] = fmt.Sprintf("%q is not a time to look back: choose one of the list, or write 90s, 30m, 2h or 3d.", typed)
	}
	return d
}

// Lookbacks are the choices of the form, with the one in use among them.
func (s *search) Lookbacks() []string {
	if slices.Contains(lookbacks, s.Lookback) {
		return lookbacks
	}
	return append([]string{s.Lookback}, lookbacks...)
}

// Fixed reports whether the end of the time is another than now.
func (s *search) Fixed() bool {
	return s.End != "" || s.Lookback == customRange || s.Lookback == custom
}

// Span is how far back the search looks, where it ends now.
func (s *search) Span() string {
	if s.Lookback == millis {
		return s.Millis + " ms"
	}
	if _, err := strconv.ParseUint(s.Lookback, 10, 64); err == nil {
		return s.Lookback + " ms"
	}
	return s.Lookback
}

// StartUnused reports whether startTs says nothing, as in the links of Zipkin's first
// pages, which have both.
func (s *search) StartUnused() bool {
	return s.Start != "" && s.Lookback != customRange && s.Lookback != custom
}

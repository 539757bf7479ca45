// Package params reads what the addresses of several pages have alike: the time that a page
// is about, and parameters that a page has not.
package params

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Window is the time that a page is about, as it was typed, so that a mistake can be
// shown and mended. The names in the URL are those of Zipkin's pages.
type Window struct {
	Lookback   string
	Start, End string // ms since the epoch, or as people write times
	Millis     string
	// Wrong holds a sentence for each field that could not be used, by its name in the
	// URL. The page's other fields may have theirs in it too.
	Wrong map[string]string
}

// DefaultLookback is that of an address which says no time.
const DefaultLookback = "1h"

// lookbacks are offered; any other duration in a URL is understood too.
var lookbacks = []string{"1m", "15m", "1h", "6h", "24h", "7d"}

// Values of lookback that are no duration: other parameters say the time.
const (
	customRange = "range"  // of Zipkin's pages: from startTs to endTs
	custom      = "custom" // the same of its first pages
	millis      = "millis" // as many ms as millis says, until endTs
)

// ReadWindow reads lookback, startTs, endTs and millis.
func ReadWindow(v url.Values) Window {
	get := func(key string) string { return strings.TrimSpace(v.Get(key)) }
	w := Window{Lookback: get("lookback"), Start: get("startTs"), End: get("endTs"), Millis: get("millis"), Wrong: map[string]string{}}
	_, err := strconv.ParseInt(w.Start, 10, 64)
	switch {
	case w.Start != "" && err != nil: // typed into a form, which always has a lookback
		w.Lookback = customRange
	case w.Lookback != "":
	case w.Start != "":
		w.Lookback = customRange
	case w.Millis != "":
		w.Lookback = millis
	default:
		w.Lookback = DefaultLookback
	}
	return w
}

// Set adds the parameters of the window to v, but for those that say what is meant
// without them.
func (w *Window) Set(v url.Values) {
	set := func(key, value, otherwise string) {
		if value != otherwise {
			v.Set(key, value)
		}
	}
	set("lookback", w.Lookback, DefaultLookback)
	set("startTs", w.Start, "")
	set("endTs", w.End, "")
	set("millis", w.Millis, "")
}

// UntilNow is the window of the same length, or of the default, that ends now.
func (w Window) UntilNow() Window {
	w.Start, w.End, w.Millis = "", "", ""
	if w.Lookback == customRange || w.Lookback == custom || w.Lookback == millis {
		w.Lookback = DefaultLookback
	}
	return w
}

// Times are the end of the time, inclusive to the ms, and how far it reaches back. They are
// of use only where nothing is Wrong.
func (w *Window) Times(now time.Time) (end time.Time, back time.Duration) {
	// The end is inclusive to the ms; what starts within this one counts.
	end = now.Add(time.Millisecond)
	if w.End != "" {
		end = w.moment("endTs", &w.End, now)
	}
	switch w.Lookback {
	case customRange, custom:
		back = end.Sub(w.moment("startTs", &w.Start, now))
		if back < 0 && w.Wrong["startTs"] == "" && w.Wrong["endTs"] == "" {
			w.Wrong["startTs"] = fmt.Sprintf("startTs=%s is later than the end of the time to search: swap startTs and endTs.", w.Start)
		}
		return end, max(back, time.Millisecond)
	case millis:
		return end, w.back("millis", w.Millis)
	}
	return end, w.back("lookback", w.Lookback)
}

// back reads a duration; a bare number is in ms, as Zipkin's API has it.
func (w *Window) back(field, typed string) time.Duration {
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
		w.Wrong[field] = fmt.Sprintf("%q is not a time to look back: choose one of the list, or write 90s, 30m, 2h or 3d.", typed)
	}
	return d
}

// Lookbacks are the choices of the form, with the one in use among them.
func (w *Window) Lookbacks() []string {
	if slices.Contains(lookbacks, w.Lookback) {
		return lookbacks
	}
	return append([]string{w.Lookback}, lookbacks...)
}

// Fixed reports whether the end of the time is another than now.
func (w *Window) Fixed() bool {
	return w.End != "" || w.Lookback == customRange || w.Lookback == custom
}

// Between is the window from one moment to another, in ms since the epoch.
func (w Window) Between(from, to int64) Window {
	w.Lookback, w.Millis = customRange, ""
	w.Start, w.End = strconv.FormatInt(from, 10), strconv.FormatInt(to, 10)
	return w
}

// Span is how far back the search looks, where it ends now.
func (w *Window) Span() string {
	if w.Lookback == millis {
		return w.Millis + " ms"
	}
	if _, err := strconv.ParseUint(w.Lookback, 10, 64); err == nil {
		return w.Lookback + " ms"
	}
	return w.Lookback
}

// StartUnused reports whether startTs says nothing, as in the links of Zipkin's first
// pages, which have both.
func (w *Window) StartUnused() bool {
	return w.Start != "" && w.Lookback != customRange && w.Lookback != custom
}

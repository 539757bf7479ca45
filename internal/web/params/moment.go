package params

import (
	"fmt"
	"strconv"
	"time"
)

// moment reads ms since the epoch, or a time as people write it. What it understands
// becomes ms in the field, so that links are about the same moment tomorrow.
func (w *Window) moment(field string, typed *string, now time.Time) time.Time {
	ms, err := strconv.ParseInt(*typed, 10, 64)
	if t, ok := parseTime(*typed, now); err != nil && ok {
		ms, err = t.UnixMilli(), nil
		*typed = strconv.FormatInt(ms, 10)
	}
	if err != nil || ms < 1 || ms > maxMoment {
		w.Wrong[field] = fmt.Sprintf("%s=%s is not a moment: write 2026-11-30 18:21:14, 18:21 (of today, UTC), or milliseconds since 1970.", field, *typed)
	}
	return time.UnixMilli(ms)
}

// maxMoment is in ms since the epoch: what µs have room for, as Zipkin compares.
const maxMoment = 1<<63/1000 - 1

// layouts are the times that people write, in UTC where they do not say the zone.
var layouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999", "2006-01-02 15:04:05.999", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly}

func parseTime(typed string, now time.Time) (time.Time, bool) {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, typed); err == nil {
			return t, true
		}
	}
	for _, layout := range []string{"15:04:05.999", "15:04"} {
		if t, err := time.Parse(layout, typed); err == nil {
			y, m, d := now.UTC().Date()
			return t.AddDate(y, int(m)-1, d-1), true
		}
	}
	return time.Time{}, false
}

// StartTyped and EndTyped are the ends of the time for the fields of a form.
func (w *Window) StartTyped() string { return typedTime(w.Start) }
func (w *Window) EndTyped() string   { return typedTime(w.End) }

func typedTime(text string) string {
	ms, err := strconv.ParseInt(text, 10, 64)
	if err != nil || ms < 1 || ms > maxMoment {
		return text
	}
	t := time.UnixMilli(ms).UTC()
	if t.Year() > 9999 {
		return text
	}
	return t.Format("2006-01-02 15:04:05.999")
}

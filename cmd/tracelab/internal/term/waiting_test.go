package term

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestWaiting is said once it has lasted a second, with a terminal and without one.
func TestWaiting(t *testing.T) {
	for name, c := range map[string]struct {
		terminal bool
		lasts    time.Duration
		lines    int // with what is waited for; -1: some
	}{
		"soon over, on a terminal": {true, 900 * time.Millisecond, 0},
		"soon over, in a log":      {false, 900 * time.Millisecond, 0},
		"long, on a terminal":      {true, time.Minute, -1},
		"long, in a log":           {false, time.Minute, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out bytes.Buffer
				stop := waiting(&out, c.terminal, "waiting for a slow request")
				time.Sleep(c.lasts) // the time of the bubble
				stop()
				if n := strings.Count(out.String(), "waiting for a slow request"); n != c.lines && (c.lines >= 0 || n == 0) {
					t.Errorf("it says %q", out.String())
				}
				if !c.terminal && linesOf(out.String()) != c.lines {
					t.Errorf("these are %d lines: %q", linesOf(out.String()), out.String())
				}
			})
		})
	}
}

// linesOf counts whole lines.
func linesOf(text string) int { return strings.Count(text, "…\n") }

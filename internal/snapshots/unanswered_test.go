package snapshots_test

import (
	"testing"
	"testing/synctest"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/snapshots"
	"example.com/tracelab/internal/zipkin"
)

// TestUnansweredRequests are counted once each, however often somebody asks why there
// is no snapshot.
func TestUnansweredRequests(t *testing.T) {
	request := func(_ *testing.T, c *snapshots.Collector) { c.Request(nine, later()) }
	wait := func(*testing.T, *snapshots.Collector) { time.Sleep(snapshots.AnswerWithin) } // the time of the bubble
	look := func(_ *testing.T, c *snapshots.Collector) { absent(c, "writer") }
	answer := func(t *testing.T, c *snapshots.Collector) {
		upload(t, c, labapi.Upload{Service: "writer", Traces: parts(9), Refused: "none"}, nil)
	}
	forget := func(_ *testing.T, c *snapshots.Collector) {
		for i := range uint64(1024) {
			c.Request(zipkin.TraceID{Low: 100 + i}, over)
		}
	}
	for name, test := range map[string]struct {
		deaf  string
		steps []func(*testing.T, *snapshots.Collector)
		want  int
	}{
		"none was sent":          {"", []func(*testing.T, *snapshots.Collector){look, look}, 0},
		"it may be answered yet": {"", []func(*testing.T, *snapshots.Collector){request, look}, 0},
		"answered":               {"", []func(*testing.T, *snapshots.Collector){request, answer, wait, look}, 0},
		"unanswered":             {"", []func(*testing.T, *snapshots.Collector){request, wait}, 1},
		"and looked at twice":    {"", []func(*testing.T, *snapshots.Collector){request, wait, look, look}, 1},
		"twice":                  {"", []func(*testing.T, *snapshots.Collector){request, wait, request, look, wait}, 2},
		"the first of two":       {"", []func(*testing.T, *snapshots.Collector){request, wait, request, answer, wait}, 1},
		"the second of two":      {"", []func(*testing.T, *snapshots.Collector){request, answer, request, wait}, 1},
		"it cannot be reached":   {"writer", []func(*testing.T, *snapshots.Collector){request, look, wait, look}, 1},
		"forgotten":              {"", []func(*testing.T, *snapshots.Collector){request, wait, forget}, 1},
		"but the one forgotten":  {"", []func(*testing.T, *snapshots.Collector){request, forget, wait}, 1024},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l, c := with("writer")
				l.deaf = test.deaf
				for _, step := range test.steps {
					step(t, c)
				}
				for range 2 {
					if n := metric(t, c, "tracelab_snapshot_requests_unanswered_total"); n != test.want {
						t.Errorf("%d are counted, want %d", n, test.want)
					}
				}
			})
		})
	}
}

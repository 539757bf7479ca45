package snapshots_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/snapshots"
)

// until is what of an execution trace was written by a moment.
func until(t *testing.T, body []byte, from, to time.Time) []byte {
	t.Helper()
	f, err := exectrace.FromBytes(body)
	if err != nil {
		t.Fatal(err)
	}
	part, err := f.CutWall(from, to)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := part.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestTheBestCoversMost of the process's part in the trace, whichever comes last.
func TestTheBestCoversMost(t *testing.T) {
	body, from, to := stretched(t)
	middle := from.Add(to.Sub(from) / 2)
	part := labapi.Part{TraceID: parts(9)[0].TraceID, StartUS: from.UnixMicro(), EndUS: to.UnixMicro()}
	early := labapi.Part{TraceID: part.TraceID, StartUS: part.StartUS, EndUS: middle.UnixMicro()}
	type taken struct {
		at   time.Time
		part labapi.Part
		body []byte
	}
	whole := taken{to, part, body}
	half := taken{middle, part, until(t, body, from, middle)}
	unknown := taken{to, parts(9)[0], body} // it does not know when
	for name, test := range map[string]struct {
		uploads []taken
		best    int
	}{
		"the first": {[]taken{whole, half}, 0},
		"the last":  {[]taken{half, whole}, 1},
		"the middle one, of which it knows the time": {[]taken{half, whole, unknown}, 1},
		"the last of two that have all they are for": {[]taken{{middle, early, half.body}, {to, early, body}}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			_, c := with()
			for _, u := range test.uploads {
				upload(t, c, labapi.Upload{Service: "writer", TakenAt: u.at, Traces: []labapi.Part{u.part}}, u.body)
			}
			all, best := c.All(), c.Best(nine)
			if len(best) != 1 || best[0] != all[test.best] {
				t.Errorf("the best are %v, want number %d", best, test.best)
			}
			for i, listed := range list(t, c, 9) {
				if listed.Best != (i == test.best) || listed.ID != all[i].ID {
					t.Errorf("number %d is listed as %+v", i, listed)
				}
			}
		})
	}
}

// TestTheBestOfATime covers most of it: a trace may have several requests, and the
// snapshot of the later is for all that the process did for the trace.
func TestTheBestOfATime(t *testing.T) {
	body, from, to := stretched(t)
	middle := from.Add(to.Sub(from) / 2)
	part := labapi.Part{TraceID: parts(9)[0].TraceID, StartUS: from.UnixMicro(), EndUS: to.UnixMicro()}
	_, c := with()
	for i, body := range [][]byte{until(t, body, from, from.Add(to.Sub(from)/4)), until(t, body, middle, to)} {
		upload(t, c, labapi.Upload{Service: "writer", TakenAt: []time.Time{middle, to}[i], Traces: []labapi.Part{part}}, body)
	}
	all := c.All()
	for name, test := range map[string]struct {
		during snapshots.Window
		best   int
	}{
		"the first request": {snapshots.Window{Start: from, End: from.Add(to.Sub(from) / 8)}, 0},
		"the second":        {snapshots.Window{Start: middle, End: to}, 1},
		"all":               {snapshots.Window{}, 1},
	} {
		if best := c.BestAt(nine, test.during); len(all) != 2 || len(best) != 1 || best[0] != all[test.best] {
			t.Errorf("%s: the best are %v of %v, want number %d", name, best, all, test.best)
		}
	}
}

// larger is an execution trace as often as makes more than size bytes: all headers but
// the first are damage.
func larger(body []byte, size int) []byte { return bytes.Repeat(body, size/len(body)+1) }

// TestDamageIsStoredWhole: a reader may make something of it, unless it is too much.
func TestDamageIsStoredWhole(t *testing.T) {
	body, from, to := stretched(t)
	part := labapi.Part{TraceID: parts(9)[0].TraceID, StartUS: from.UnixMicro(), EndUS: from.Add(time.Millisecond).UnixMicro()}
	for name, test := range map[string]struct {
		part labapi.Part
		body []byte
		say  string
	}{
		"some":                {part, append(bytes.Clone(body), make([]byte, 4<<10)...), ""},
		"for an unknown time": {parts(9)[0], append(bytes.Clone(body), make([]byte, 4<<10)...), ""},
		"too many":            {parts(9)[0], larger(body, 32<<20), "33554432 at most are read"},
	} {
		t.Run(name, func(t *testing.T) {
			_, c := with()
			upload(t, c, labapi.Upload{Service: "writer", TakenAt: to, Traces: []labapi.Part{test.part}}, test.body)
			s := c.All()[0]
			if s.Bytes != int64(len(test.body)) || s.Lost == "" || s.Refused != "" || !s.Recorded() {
				t.Errorf("of %d bytes it stores %+v", len(test.body), s.Snapshot)
			}
			tr, size, err := s.Index(nine)
			if test.say == "" && (err != nil || size != s.Bytes || len(tr.Lost) == 0) {
				t.Errorf("%d bytes are indexed: %v", size, err)
			}
			if test.say != "" && (err == nil || !strings.Contains(err.Error(), test.say)) {
				t.Errorf("%d bytes are indexed: %v", size, err)
			}
		})
	}
}

// TestAListOfNoTrace is refused, and one of a trace without snapshots is empty.
func TestAListOfNoTrace(t *testing.T) {
	_, c := with()
	get := func(query string) (string, error) {
		w := httptest.NewRecorder()
		err := c.List(w, httptest.NewRequest(http.MethodGet, labapi.SnapshotsPath+query, nil))
		return strings.TrimSpace(w.Body.String()), err
	}
	for _, query := range []string{"", "?trace=0000000000000009"} {
		if text, err := get(query); text != "[]" || err != nil {
			t.Errorf("%q: %s, %v", query, text, err)
		}
	}
	_, err := get("?trace=nine")
	if e := httpapi.AsError(err); err == nil || e.Code != httpapi.Invalid || e.Field != "trace" {
		t.Errorf("%v", err)
	}
}

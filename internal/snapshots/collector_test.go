package snapshots_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/snapshots"
	"example.com/tracelab/internal/testbed/workload"
	"example.com/tracelab/internal/zipkin"
)

var nine = zipkin.TraceID{Low: 9}

// lab is what a collector reaches: processes, and the observer of triggers.
type lab struct {
	processes []control.Process
	deaf      string // the instance that takes no message

	mu        sync.Mutex
	requests  []string // instance and trace
	triggered []string
}

func (l *lab) Processes() []control.Process { return l.processes }

func (l *lab) Send(instance, kind string, body any) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.requests = append(l.requests, kind+" "+instance+" "+strings.TrimLeft(body.(labapi.SnapshotRequest).TraceID, "0"))
	if instance == l.deaf {
		return errors.New("it takes nothing")
	}
	return nil
}

func (l *lab) Triggered(trace zipkin.TraceID, debug bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.triggered = append(l.triggered, fmt.Sprint(trace.Low, debug))
}

// with makes a collector beside processes, whose instances are their names; those
// whose name ends in - have no recorder.
func with(names ...string) (*lab, *snapshots.Collector) {
	l := new(lab)
	for _, name := range names {
		service, bare := strings.CutSuffix(name, "-")
		l.processes = append(l.processes, control.Process{Registration: control.Registration{Service: service, Instance: service, Recorder: !bare}})
	}
	return l, snapshots.New(l, l, "")
}

// upload uploads and waits until it is stored.
func upload(t *testing.T, c *snapshots.Collector, u labapi.Upload, body []byte) {
	t.Helper()
	if u.Instance == "" {
		u.Instance = u.Service
	}
	if u.Reason == "" {
		u.Reason = labapi.ReasonAsked
	}
	text, err := json.Marshal(u)
	if err != nil {
		t.Fatal(err)
	}
	stored := c.Changed()
	if err := post(c, string(text), body); err != nil {
		t.Fatal(err)
	}
	<-stored
}

func parts(lows ...uint64) (all []labapi.Part) {
	for _, low := range lows {
		all = append(all, labapi.Part{TraceID: fmt.Sprintf("%032x", low)})
	}
	return all
}

// over is a trace of which nothing more is known; later, one whose end is known to be
// later than was known before.
var over = snapshots.Ended{}

var hours atomic.Int64

func later() snapshots.Ended {
	return snapshots.Ended{All: time.Now().Add(time.Duration(hours.Add(1)) * time.Hour)}
}

// absence says what there is to say of a process that uploaded nothing for trace 9,
// which began then.
func absence(c *snapshots.Collector, service string, began time.Time) (absence snapshots.Absence) {
	for _, a := range c.Absent(nine, c.Best(nine), began) {
		if a.Service == service {
			return a
		}
	}
	return absence
}

// absent says why a process uploaded nothing for trace 9.
func absent(c *snapshots.Collector, service string) string {
	return absence(c, service, time.Time{}).Reason
}

// TestAProcessIsAskedAgain when it has not answered, eight times at most, and never
// while it may answer yet.
func TestAProcessIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, c := with("writer", "bare-")
		if got := absent(c, "writer"); got != "was not asked" {
			t.Errorf("at first the writer %s", got)
		}
		for round, want := range []int{1, 2, 3, 4, 5, 6, 7, 8, 8} {
			progress := c.Request(nine, over)
			c.Request(nine, over)
			if len(l.requests) != want || progress.Pending != (round < 8) || !slices.Equal(progress.Awaited, []string{"writer"}) {
				t.Errorf("round %d: requested %v, %+v", round, l.requests, progress)
			}
			time.Sleep(snapshots.AnswerWithin) // the time of the bubble
			if got := absent(c, "writer"); got != "gave no answer within 3 s" {
				t.Errorf("round %d: the writer %s", round, got)
			}
		}
		if got := absent(c, "bare"); got != "runs without a recorder" {
			t.Errorf("the other process %s", got)
		}
	})
}

// TestWhoCannotBeReached is not waited for.
func TestWhoCannotBeReached(t *testing.T) {
	l, c := with("writer")
	l.deaf = "writer"
	if c.Request(nine, over).Pending {
		t.Error("an answer is awaited")
	}
	if got := absent(c, "writer"); got != "is not connected to the server any more" {
		t.Errorf("the writer %s", got)
	}
}

// TestWhatWasUploadedIsNotRequested, unless it was taken too early.
func TestWhatWasUploadedIsNotRequested(t *testing.T) {
	l, c := with("writer", "gateway")
	upload(t, c, labapi.Upload{Service: "writer", Traces: parts(9), Refused: "no span of that trace ran here"}, nil)
	c.Request(nine, over)
	if want := []string{"flight gateway 9"}; !slices.Equal(l.requests, want) {
		t.Errorf("requested are %v, want %v", l.requests, want)
	}
	c.Request(nine, later())
	if want := []string{"flight gateway 9", "flight writer 9"}; !slices.Equal(l.requests, want) {
		t.Errorf("requested are %v, want %v", l.requests, want)
	}
	if got := absent(c, "writer"); got != "no span of that trace ran here" {
		t.Errorf("the writer: %s", got)
	}
}

// TestTriggers: what is uploaded unrequested has the other processes asked, once,
// and the observer informed.
func TestTriggers(t *testing.T) {
	for reason, want := range map[string]string{
		labapi.ReasonAsked: "[] []",
		labapi.ReasonSlow:  "[flight writer 5 flight writer 6] [5 false 6 false 5 false]",
		labapi.ReasonDebug: "[flight writer 5 flight writer 6] [5 true 6 true 5 true]",
		labapi.ReasonEarly: "[flight writer 5 flight writer 6] []",
	} {
		l, c := with("gateway", "writer", "bare-")
		both := parts(5, 6)
		both[0].Plain, both[1].Plain = reason == labapi.ReasonEarly, reason == labapi.ReasonEarly
		upload(t, c, labapi.Upload{Service: "gateway", Reason: reason, Traces: both, Refused: "none"}, nil)
		upload(t, c, labapi.Upload{Service: "gateway", Reason: reason, Traces: both[:1], Refused: "none"}, nil)
		if got := fmt.Sprint(l.requests, l.triggered); got != want {
			t.Errorf("%s: requests and triggers are %s, want %s", reason, got, want)
		}
	}
}

// TestTheBestSnapshot of a process is the latest of those that have most.
func TestTheBestSnapshot(t *testing.T) {
	whole, err := workload.Record("idle", 1)
	if err != nil {
		t.Fatal(err)
	}
	_, c := with()
	refused := labapi.Upload{Service: "writer", Traces: parts(9), Refused: "none"}
	recorded := labapi.Upload{Service: "writer", Traces: parts(9, 8)}
	upload(t, c, refused, nil)
	upload(t, c, recorded, whole)
	upload(t, c, recorded, whole)
	upload(t, c, refused, nil)
	upload(t, c, labapi.Upload{Service: "gateway", Traces: parts(9)}, whole)
	best, all := c.Best(nine), c.All()
	if len(all) != 4 || len(best) != 2 || best[0] != all[3] || best[1] != all[2] {
		t.Errorf("of %d the best are %v", len(all), best)
	}
	if got := c.Best(zipkin.TraceID{Low: 7}); len(got) != 0 {
		t.Errorf("of a trace that none was taken for: %v", got)
	}
	n := 0
	for id, w := range best[1].Parts() {
		if n++; id != (zipkin.TraceID{Low: uint64(10 - n)}) || w != (snapshots.Window{}) {
			t.Errorf("part %d is of %s, %v", n, id, w)
		}
	}
	if tr, size, err := best[1].Index(nine); n != 2 || err != nil || size != int64(len(whole)) || len(tr.Lost) > 0 {
		t.Errorf("%d parts; of %d bytes %d are indexed, %v", n, len(whole), size, err)
	}
}

// TestWhatIsServed and what there is to say where nothing is.
func TestWhatIsServed(t *testing.T) {
	whole, err := workload.Record("idle", 1)
	if err != nil {
		t.Fatal(err)
	}
	_, c := with()
	upload(t, c, labapi.Upload{Service: "writer", Instance: "w/1", Traces: parts(9)}, whole)
	upload(t, c, labapi.Upload{Service: "gateway", Traces: parts(9), Refused: "none"}, nil)
	recorded, refused := c.All()[0].ID, c.All()[1].ID
	get := func(id, query string) (*httptest.ResponseRecorder, error) {
		r := httptest.NewRequest(http.MethodGet, labapi.SnapshotsPath+"/x?"+query, nil)
		r.SetPathValue("id", id)
		w := httptest.NewRecorder()
		return w, c.Download(w, r)
	}
	w, err := get(recorded, "")
	if err != nil || !bytes.Equal(w.Body.Bytes(), whole) || w.Header().Get("Content-Disposition") != `attachment; filename="writer-w/1.trace"` {
		t.Errorf("%d bytes as %s, %v", w.Body.Len(), w.Header(), err)
	}
	for name, test := range map[string]struct {
		id, query string
		code      httpapi.Code
		say       string
	}{
		"no such":       {"x", "", httpapi.NotFound, `no execution trace "x"`},
		"refused":       {refused, "", httpapi.NotFound, "no execution trace"},
		"another trace": {recorded, "trace=0000000000000007", httpapi.NotFound, "was not taken for trace 0000000000000007"},
		"no trace id":   {recorded, "trace=7", httpapi.Invalid, "16 or 32 hexadecimal digits"},
	} {
		_, err := get(test.id, test.query)
		if e := httpapi.AsError(err); err == nil || e.Code != test.code || !strings.Contains(e.Detail, test.say) {
			t.Errorf("%s: %v, want %s and %q", name, err, test.code, test.say)
		}
	}
}

// TestGuard turns a panic into an error, and counts it.
func TestGuard(t *testing.T) {
	_, c := with()
	guarded := func(do func()) (err error) {
		defer c.Guard(&err, "instance", "w1")
		do()
		return errors.New("as it was")
	}
	if err := guarded(func() {}); err.Error() != "as it was" || c.Panics() != 0 {
		t.Errorf("without a panic: %v, %d", err, c.Panics())
	}
	if err := guarded(func() { panic("deep in a reader") }); !strings.Contains(err.Error(), "instance w1: deep in a reader") || c.Panics() != 1 {
		t.Errorf("%v, %d panics", err, c.Panics())
	}
}

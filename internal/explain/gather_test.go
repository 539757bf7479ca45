package explain

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
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
	"example.com/tracelab/internal/zipkinapi"
)

// peer is one process, gateway, which has a recorder.
type peer struct{ asked func() }

func (peer) Processes() []control.Process {
	return []control.Process{{Registration: control.Registration{Service: "gateway", Instance: "gateway1", Recorder: true}}}
}

func (p peer) Send(string, string, any) error {
	if p.asked != nil {
		p.asked()
	}
	return nil
}

// reading is a Reader of one trace, and what happens while it is read.
type reading struct {
	zipkinapi.Reader
	spans []zipkin.Span
	reads *atomic.Int32
	while func()
}

func (r reading) Trace(context.Context, zipkin.TraceID) ([]zipkin.Span, error) {
	r.reads.Add(1)
	if r.while != nil {
		r.while()
	}
	return r.spans, nil
}

func (reading) Traces(context.Context, zipkin.Query) ([][]zipkin.Span, error) { return nil, nil }

// beside makes an explainer of trace 1 beside a process, which may be asked, and of which
// something may come while spans are read.
func beside(asked, while func(*snapshots.Collector)) (*Explainer, *atomic.Int32) {
	queue := NewQueue()
	var c *snapshots.Collector
	do := func(what func(*snapshots.Collector)) func() {
		if what == nil {
			return nil
		}
		return func() { what(c) }
	}
	c = snapshots.New(peer{do(asked)}, queue, "")
	reads := new(atomic.Int32)
	r := reading{spans: []zipkin.Span{recent(1, "get", 100*time.Millisecond)}, reads: reads, while: do(while)}
	return New(Config{Reader: r, PollEvery: time.Hour, Snapshots: c, Queue: queue}), reads
}

// refuse is an upload of the process that has no execution trace, for a reason.
func refuse(c *snapshots.Collector, why string) {
	err := post(c, labapi.Upload{Service: "gateway", Instance: "gateway1", Reason: labapi.ReasonAsked, TakenAt: time.Now(),
		Traces: []labapi.Part{{TraceID: padded(1)}}, Refused: why}, nil)
	if err != nil {
		panic(err)
	}
}

// handIn is an upload of the process with an execution trace.
func handIn(c *snapshots.Collector, body []byte) {
	err := post(c, labapi.Upload{Service: "gateway", Instance: "gateway1", Reason: labapi.ReasonAsked, TakenAt: time.Now(),
		Traces: []labapi.Part{{TraceID: padded(1)}}}, body)
	if err != nil {
		panic(err)
	}
}

// post has the collector receive an upload.
func post(c *snapshots.Collector, u labapi.Upload, body []byte) error {
	text, err := json.Marshal(u)
	if err != nil {
		return err
	}
	r := httptest.NewRequest(http.MethodPost, labapi.SnapshotsPath, bytes.NewReader(body))
	r.Header.Set(labapi.UploadHeader, string(text))
	return c.Receive(httptest.NewRecorder(), r)
}

// ask asks why trace 1 took so long.
func ask(ctx context.Context, x *Explainer) (string, error) {
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, labapi.WhyPath+"/x", nil)
	r.SetPathValue("trace", padded(1))
	w := httptest.NewRecorder()
	err := x.Explain(w, r)
	return w.Body.String(), err
}

// TestWhatAnExplanationWaitsFor: an answer of each process, and not for ever.
func TestWhatAnExplanationWaitsFor(t *testing.T) {
	stored := func(why string) func(*snapshots.Collector) {
		return func(c *snapshots.Collector) {
			more := c.Changed()
			refuse(c, why)
			<-more
		}
	}
	for name, test := range map[string]struct {
		asked, while func(*snapshots.Collector)
		says         string
		took         time.Duration
		reads        int32
	}{
		"nobody answers":               {nil, nil, "gave no answer within 3 s", snapshots.AnswerWithin, 2},
		"it answers later":             {func(c *snapshots.Collector) { time.AfterFunc(time.Second, func() { refuse(c, "no span ran here") }) }, nil, "no span ran here", time.Second, 2},
		"it answers while it is asked": {stored("no span ran here"), nil, "no span ran here", 0, 2},
		"it uploads while spans are read": {nil, func(c *snapshots.Collector) {
			if len(c.All()) == 0 {
				stored("it was there before")(c)
			}
		}, "it was there before", 0, 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				x, reads := beside(test.asked, test.while)
				began := time.Now()
				text, err := ask(t.Context(), x)
				if err != nil || !strings.Contains(text, test.says) {
					t.Errorf("it says %s, %v; want %q", text, err, test.says)
				}
				if took := time.Since(began); took != test.took || reads.Load() != test.reads {
					t.Errorf("it took %s and %d reads, want %s and %d", took, reads.Load(), test.took, test.reads)
				}
			})
		})
	}
}

// TestCallersShareAnExplanation, also if the one that came first leaves, and a later
// one has it from the cache until something else is known.
func TestCallersShareAnExplanation(t *testing.T) {
	body, err := workload.Record("idle", 1)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		x, reads := beside(nil, nil)
		first, leave := context.WithCancel(t.Context())
		left, others := make(chan error, 1), make(chan string, 2)
		go func() {
			_, err := ask(first, x)
			left <- err
		}()
		synctest.Wait()
		for range 2 {
			go func() {
				text, err := ask(t.Context(), x)
				if err != nil {
					t.Error(err)
				}
				others <- text
			}()
		}
		synctest.Wait()
		leave()
		if err := <-left; httpapi.AsError(err).Code != httpapi.Canceled {
			t.Errorf("who left hears %v", err)
		}
		if a, b := <-others, <-others; a != b || !strings.Contains(a, "gave no answer within 3 s") {
			t.Errorf("the others hear %s and %s", a, b)
		}
		if n := x.count.Load(); n != 1 || reads.Load() != 2 {
			t.Errorf("%d explanations of %d reads, want one of two", n, reads.Load())
		}
		handIn(x.cfg.Snapshots, body)
		synctest.Wait()
		for range 3 {
			if text, err := ask(t.Context(), x); err != nil || !strings.Contains(text, "from 1 execution trace") {
				t.Errorf("when more is known: %s, %v", text, err)
			}
		}
		if n := x.count.Load(); n != 2 {
			t.Errorf("%d explanations, want another", n)
		}
	})
}

// TestABaselineIsOfItsKind: of inner spans apart from roots of the same name, once of
// each trace, of roots as often as there are requests in it, and not looked up again
// for a while.
func TestABaselineIsOfItsKind(t *testing.T) {
	var spans []zipkin.Span
	for i := range uint64(baselineLeast) {
		outer := root(i+1, "get", time.Second)
		inner, shorter := outer, outer
		inner.ID, inner.ParentID, inner.Duration = 2, 1, 30_000
		shorter.ID, shorter.ParentID, shorter.Duration = 3, 1, 10_000
		other := outer
		other.ID, other.ParentID, other.Duration, other.Local.ServiceName = 4, 1, 5_000, "writer"
		pasted := root(99, "joined", 2*time.Second)
		pasted.ID, pasted.ParentID = zipkin.SpanID(10+i), 7
		spans = append(spans, outer, inner, shorter, other, pasted)
	}
	x := begin(spans...)
	for name, test := range map[string]struct {
		of   zipkin.Span
		root bool
		want time.Duration
	}{
		"a root":                     {spans[0], true, time.Second},
		"an inner one":               {spans[1], false, 30 * time.Millisecond},
		"one of another service":     {spans[3], false, 5 * time.Millisecond},
		"requests of one trace":      {spans[4], true, 2 * time.Second},
		"inner ones that are not so": {spans[4], false, 0},
	} {
		for range 2 {
			if got := x.baseline(t.Context(), &test.of, test.root); got != test.want {
				t.Errorf("%s: it is %s, want %s", name, got, test.want)
			}
			x.cfg.Reader = failing{} // which nobody asks
		}
		x.cfg.Reader = begin(spans...).cfg.Reader
	}
	gone := begin()
	gone.cfg.Reader = failing{}
	if got := gone.baseline(t.Context(), &spans[0], true); got != 0 {
		t.Errorf("without a Zipkin it is %s", got)
	}
}

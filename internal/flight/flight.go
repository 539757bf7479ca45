// Package flight is the flight recorder of a process: it records the process's
// own execution all the time, keeps the last ten seconds of it, and sends them to
// the server when a request took unusually long, was flagged debug, or is
// requested by the server. So what happened is known after it has happened.
//
// A request for a snapshot goes to pending, where those that come close together
// share one; the snapshot goes to the outbox, and from there to the server. What
// becomes of each is counted: see Stats.
package flight

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"runtime/trace"
	"sync"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/redirect"
	"example.com/tracelab/tracing"
)

// Config is whose execution is recorded, and where snapshots go.
type Config struct {
	Service, Instance, Host string // as in the process's registration
	// ServerURL is the base URL of the server that takes snapshots, and Token its
	// secret. Without a URL nothing is sent: snapshots are for Take only.
	ServerURL, Token string
	// Slow decides which requests are slow. Nil is ParseSlow("").
	Slow *Slow
}

// The recorder keeps at least window, unless that takes more than maxBytes; both
// are exceeded by up to a second's worth. The gateway, which writes most, writes
// 1.1 kB a visit and 20 kB a second beside: 0.3 MB/s at 250 visits a second, all
// that two cores serve. So the window is whole up to five times as many.
const (
	window   = labapi.RecorderWindow
	maxBytes = 16 << 20
)

// Bounds returns how much a recorder keeps: the time at least, unless that takes more
// than the bytes.
func Bounds() (least time.Duration, most int64) { return window, maxBytes }

// Recorder is the flight recorder of this process, of which there can be one at
// a time. It observes requests as the process's tracing.RootObserver, and takes
// the server's messages by OnMessage. Before Start and after Stop it takes no
// snapshots.
type Recorder struct {
	cfg     Config
	recent  *recent
	slow    *slowDetector
	pending *pending
	outbox  *outbox
	stats   *counters

	sampler *sampler
	source  source
	client  *http.Client

	stop       chan struct{} // closed when no more snapshots are taken
	last       context.Context
	giveUp     context.CancelFunc // ends last: what is not delivered by then is lost
	taking     sync.WaitGroup
	delivering sync.WaitGroup
	flushing   chan struct{} // holds a token while spans are flushed
}

// New makes a Recorder that does nothing yet.
func New(cfg Config) *Recorder {
	stats := newCounters()
	r := &Recorder{
		cfg: cfg, recent: newRecent(), slow: newSlowDetector(cfg.Slow), pending: newPending(), outbox: newOutbox(), stats: stats,
		sampler: newSampler(stats),
		source:  trace.NewFlightRecorder(trace.FlightRecorderConfig{MinAge: window, MaxBytes: maxBytes}),
		// Neither traced nor sharing connections with what is.
		client:   &http.Client{Timeout: 20 * time.Second, CheckRedirect: redirect.ReadsOnly, Transport: &http.Transport{MaxIdleConns: 1, IdleConnTimeout: time.Minute}},
		stop:     make(chan struct{}),
		flushing: make(chan struct{}, 1),
	}
	r.last, r.giveUp = context.WithCancel(context.Background())
	return r
}

// Start begins to record, once. It fails if another flight recorder runs in this
// process.
func (r *Recorder) Start() error {
	started := make(chan error)
	r.taking.Go(func() { r.run(started) })
	if err := <-started; err != nil {
		return err
	}
	r.stats.setRecording(true)
	if r.cfg.ServerURL != "" {
		r.delivering.Go(r.deliver)
	}
	return nil
}

// Stop ends recording, and rejects the requests for snapshots that wait. What was
// taken is delivered until ctx ends, and then dropped. Call it once, after Start
// succeeded and the last request has ended.
func (r *Recorder) Stop(ctx context.Context) {
	close(r.stop)
	r.taking.Wait()
	r.sampler.close()
	r.stats.setRecording(false)
	r.outbox.close()
	defer context.AfterFunc(ctx, r.giveUp)()
	r.delivering.Wait()
	r.giveUp()
}

// Recording reports whether snapshots can be taken.
func (r *Recorder) Recording() bool { return r.stats.recording() }

// RootStarted notes that the process begins to work for a trace.
func (r *Recorder) RootStarted(root tracing.Root) {
	r.sampler.started()
	if r.cfg.ServerURL != "" {
		r.recent.start(root.TraceID, root.Start)
	}
}

// RootEnded requests a snapshot if the request was slow or flagged debug, or the
// server waits for its end.
func (r *Recorder) RootEnded(root tracing.Root) {
	r.sampler.ended()
	if r.cfg.ServerURL == "" {
		return
	}
	w, awaited := r.recent.end(root.TraceID, root.Start, root.Start.Add(root.Duration))
	reason, again := r.slow.observe(root.Name, root.Duration, root.Sampled)
	switch {
	case root.Debug:
		r.request(w.part(), labapi.ReasonDebug)
	case reason != "":
		r.request(w.part(), reason)
	case again:
		r.stats.rejected(errAgain, 1)
	}
	if awaited {
		r.request(w.part(), labapi.ReasonAsked)
	}
}

// OnMessage takes a message of the server. One that is no request for a snapshot
// is ignored.
func (r *Recorder) OnMessage(kind string, body json.RawMessage) {
	if kind != labapi.SnapshotRequested || r.cfg.ServerURL == "" || !r.Recording() {
		return
	}
	var request labapi.SnapshotRequest
	id, err := [16]byte{}, json.Unmarshal(body, &request)
	if err == nil {
		id, err = parseTraceID(request.TraceID)
	}
	if err != nil {
		slog.Warn("a request of the server cannot be decoded; is it of another version?", "err", err)
		return
	}
	part, state := r.recent.find(id, request.KnownUS, func(part labapi.Part) { r.request(part, labapi.ReasonAsked) })
	switch why := refusals[state]; {
	case why != nil:
		r.reject(why, labapi.ReasonAsked, part)
	case state == ended && !r.outbox.owe(part):
		r.request(part, labapi.ReasonAsked)
	} // open: requested at its end, or after awaitFor
}

func parseTraceID(text string) (id [16]byte, err error) {
	if len(text) != 2*len(id) {
		return id, errors.New("trace id " + text + ": want 32 hexadecimal digits")
	}
	_, err = hex.Decode(id[:], []byte(text))
	return id, err
}

// request requests a snapshot with a process's part in a trace. The server does
// not wait for those of slow requests, so their rejection is not sent to it.
func (r *Recorder) request(part labapi.Part, reason string) {
	part.Asked = reason == labapi.ReasonAsked
	part.Plain = part.Asked || reason == labapi.ReasonEarly
	switch why := r.pending.add(part, reason); {
	case why == nil:
	case reason == labapi.ReasonSlow, reason == labapi.ReasonEarly:
		r.stats.rejected(why, 1)
	default:
		r.reject(why, reason, part)
	}
}

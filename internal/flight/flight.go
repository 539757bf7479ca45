// Package flight records a process's own execution all the time, keeps the last
// ten seconds of it, and hands them to the server when a request took unusually
// long, when a request asks for it, or when the server does. So what happened is
// known after it has happened.
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
	"example.com/tracelab/tracing"
)

// Config says whose execution is recorded, and who is told.
type Config struct {
	Service, Instance, Host string // as in the process's registration
	// ServerURL is the base URL of the server that takes snapshots, and Token its
	// secret. Without a URL nothing is handed over: snapshots are for Take alone.
	ServerURL, Token string
	// Slow says which requests are slow. Nil: as ParseSlow("").
	Slow *Slow
}

// The recorder keeps at least window, unless that takes more than maxBytes; both
// are exceeded by up to a second's worth. The gateway, which writes most, writes
// 1.1 kB a visit and 20 kB a second beside: 0.3 MB/s at 250 visits a second, all
// that two cores serve. So the window is whole up to five times as many.
const (
	window   = 10 * time.Second
	maxBytes = 16 << 20
)

// Recorder is the flight recorder of this process, of which there can be one at
// a time. It hears of requests as the process's tracing.RootObserver, and of the
// server's wishes by Heard. Before Start and after Stop it takes no snapshots.
type Recorder struct {
	cfg    Config
	recent *recent
	slow   *slowness
	wants  *wants
	spool  *spool
	tally  *tally

	sampler *sampler
	source  source
	client  *http.Client

	stop     chan struct{} // closed when no more snapshots are taken
	last     context.Context
	giveUp   context.CancelFunc // ends last: what is not handed over by then is lost
	taking   sync.WaitGroup
	sending  sync.WaitGroup
	flushing chan struct{} // holds a token while spans are flushed
}

// New makes a Recorder that does nothing yet.
func New(cfg Config) *Recorder {
	tally := newTally()
	r := &Recorder{
		cfg: cfg, recent: newRecent(), slow: newSlowness(cfg.Slow), wants: newWants(), tally: tally, spool: newSpool(),
		sampler: newSampler(tally),
		source:  trace.NewFlightRecorder(trace.FlightRecorderConfig{MinAge: window, MaxBytes: maxBytes}),
		// Neither traced nor sharing connections with what is.
		client:   &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConns: 1, IdleConnTimeout: time.Minute}},
		stop:     make(chan struct{}),
		flushing: make(chan struct{}, 1),
	}
	r.last, r.giveUp = context.WithCancel(context.Background())
	return r
}

// Start begins to record, once. The error says that another flight recorder
// runs in this process.
func (r *Recorder) Start() error {
	started := make(chan error)
	r.taking.Go(func() { r.run(started) })
	if err := <-started; err != nil {
		return err
	}
	r.tally.setRecording(true)
	if r.cfg.ServerURL != "" {
		r.sending.Go(r.send)
	}
	return nil
}

// Stop ends recording, and refuses those who still want a snapshot. What was
// taken is handed over until ctx ends, and then dropped. Call it once, after
// Start succeeded and the last request has ended.
func (r *Recorder) Stop(ctx context.Context) {
	close(r.stop)
	r.taking.Wait()
	r.sampler.close()
	r.tally.setRecording(false)
	r.spool.close()
	defer context.AfterFunc(ctx, r.giveUp)()
	r.sending.Wait()
	r.giveUp()
}

// Recording tells whether there are snapshots to be had.
func (r *Recorder) Recording() bool { return r.tally.recording() }

// RootStarted notes that the process begins to work for a trace.
func (r *Recorder) RootStarted(root tracing.Root) {
	r.sampler.started()
	if r.cfg.ServerURL != "" {
		r.recent.start(root.TraceID, root.Start)
	}
}

// RootEnded wants a snapshot if the request was slow or asked for one, or the
// server waits for its end.
func (r *Recorder) RootEnded(root tracing.Root) {
	r.sampler.ended()
	if r.cfg.ServerURL == "" {
		return
	}
	visit, awaited := r.recent.end(root.TraceID, root.Start, root.Start.Add(root.Duration))
	slow := r.slow.observe(root.Name, root.Duration)
	switch {
	case root.Debug:
		r.want(visit.part(), labapi.ReasonDebug)
	case slow && root.Sampled: // what has no spans cannot be explained
		r.want(visit.part(), labapi.ReasonSlow)
	}
	if awaited {
		r.want(visit.part(), labapi.ReasonAsked)
	}
}

// Heard takes what the server says over the line; what is no request for a snapshot is not for
// it.
func (r *Recorder) Heard(kind string, body json.RawMessage) {
	if kind != labapi.SnapshotRequested || r.cfg.ServerURL == "" || !r.Recording() {
		return
	}
	var ask labapi.SnapshotRequest
	id, err := [16]byte{}, json.Unmarshal(body, &ask)
	if err == nil {
		id, err = parseTraceID(ask.Trace)
	}
	if err != nil {
		slog.Warn("what the server asks is not understood; is it of another version?", "err", err)
		return
	}
	part, where := r.recent.ask(id, func(part labapi.Part) { r.want(part, labapi.ReasonAsked) })
	switch where {
	case stillOpen: // its end, or the passing of time, will want it
	case notHere:
		r.refuse(refusedAbsent, labapi.ReasonAsked, part)
	case tooManyOpen:
		r.refuse(refusedBusy, labapi.ReasonAsked, part)
	default:
		r.want(part, labapi.ReasonAsked)
	}
}

func parseTraceID(text string) (id [16]byte, err error) {
	if len(text) != 2*len(id) {
		return id, errors.New("trace id " + text + ": want 32 hexadecimal digits")
	}
	_, err = hex.Decode(id[:], []byte(text))
	return id, err
}

// want asks for a snapshot with a process's part in a trace. Nobody waits for the
// answer to a wish that is the process's own, nor hears of it when it is refused.
func (r *Recorder) want(part labapi.Part, reason string) {
	switch why := r.wants.add(part, reason); {
	case why == nil:
	case reason == labapi.ReasonSlow:
		r.tally.refused(why, 1)
	default:
		r.refuse(why, reason, part)
	}
}

// refuse answers for traces of which there will be no snapshot.
func (r *Recorder) refuse(why *refusal, reason string, parts ...labapi.Part) {
	r.tally.refused(why, len(parts))
	if !r.spool.refuse(r.snapshot(reason, parts, why.text)) {
		r.tally.unanswered(len(parts))
	}
}

func (r *Recorder) snapshot(reason string, parts []labapi.Part, refused string) labapi.Upload {
	return labapi.Upload{Service: r.cfg.Service, Instance: r.cfg.Instance, Host: r.cfg.Host, Reason: reason, Traces: parts,
		TakenAt: time.Now(), Refused: refused}
}

// Package recordings has the processes that keep a control stream to the server record
// execution traces for people: a process is asked over its stream, and sends the trace as it
// records it. So no process needs to be reached from the server, and nobody gives it a URL.
package recordings

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/labapi"
)

// Bounds of the recordings.
const (
	mostUnderWay = 4 // at once; of one process one
	mostEnded    = 8 // that are remembered
)

// silent is how long a process may take to begin.
const silent = 10 * time.Second

// Config is what New needs.
type Config struct {
	// Processes lists those that can be asked, and Send sends one of them a message: see
	// control.Server.
	Processes func() []control.Process
	Send      func(instance, kind string, body any) error
	// Token is what a process must show. Empty: nothing.
	Token string
	// Keeper keeps what is recorded, up to Most bytes of one.
	Keeper executions.Keeper
	Most   int64
	// Silent is how long a process may take to begin; zero: ten seconds.
	Silent time.Duration
}

// Recorder is an executions.Recorder. It is safe for concurrent use.
type Recorder struct {
	cfg Config

	mu  sync.Mutex
	all []*recording // the newest last
}

type recording struct {
	executions.Recording
	cancel func() // while something comes
}

// New returns a Recorder.
func New(cfg Config) *Recorder {
	if cfg.Silent == 0 {
		cfg.Silent = silent
	}
	return &Recorder{cfg: cfg}
}

// Processes lists those that can be asked.
func (r *Recorder) Processes() (list []executions.Process) {
	for _, p := range r.cfg.Processes() {
		list = append(list, executions.Process{Service: p.Service, Instance: p.Instance})
	}
	return list
}

// Record asks a process: see executions.Recorder.
func (r *Recorder) Record(process string, seconds int) (id string, err error) {
	if seconds < 1 || seconds > executions.MostSeconds {
		return "", fmt.Errorf("%d seconds: want 1 to %d", seconds, executions.MostSeconds)
	}
	p, err := r.named(process)
	if err != nil {
		return "", err
	}
	of := &recording{Recording: executions.Recording{ID: rand.Text(), Process: p, Seconds: seconds, Began: time.Now()}}
	if err := r.add(of); err != nil {
		return "", err
	}
	if err := r.cfg.Send(p.Instance, labapi.RecordingRequested, labapi.RecordingRequest{ID: of.ID, Seconds: seconds}); err != nil {
		r.end(of, executions.Failed, err.Error())
		return "", err
	}
	time.AfterFunc(r.cfg.Silent, func() {
		if r.in(of, executions.Asked) {
			r.end(of, executions.Failed, fmt.Sprintf("it has sent nothing within %s: it hangs, has ended, or is of another version", r.cfg.Silent))
		}
	})
	return of.ID, nil
}

// named is the process that is meant.
func (r *Recorder) named(name string) (p executions.Process, err error) {
	all := r.Processes()
	if i := slices.IndexFunc(all, func(p executions.Process) bool { return p.Instance == name }); i >= 0 {
		return all[i], nil
	}
	n := 0
	for _, q := range all {
		if q.Service == name {
			p = q
			n++
		}
	}
	switch n {
	case 0:
		return p, fmt.Errorf("no process %.60q is connected to this server: it may have ended", name)
	case 1:
		return p, nil
	}
	return p, fmt.Errorf("%d processes are of the service %.60q: give the instance of one", n, name)
}

func (r *Recorder) add(of *recording) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	underWay := 0
	for _, o := range r.all {
		if o.State.Ended() {
			continue
		}
		if o.Instance == of.Instance {
			return fmt.Errorf("%s %s is being recorded already: it has one execution trace at a time", of.Service, of.Instance)
		}
		underWay++
	}
	if underWay == mostUnderWay {
		return fmt.Errorf("%d processes are being recorded already: wait until one has ended, or cancel it", underWay)
	}
	r.all = append(r.all, of)
	for i := 0; len(r.all)-underWay-1 > mostEnded && i < len(r.all); i++ {
		if r.all[i].State.Ended() {
			r.all = slices.Delete(r.all, i, i+1)
			i--
		}
	}
	return nil
}

func (r *Recorder) in(of *recording, state executions.RecordingState) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return of.State == state
}

// end has a recording end, unless it has.
func (r *Recorder) end(of *recording, state executions.RecordingState, note string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !of.State.Ended() {
		of.State, of.Note = state, note
	}
}

// Cancel ends a recording: see executions.Recorder.
func (r *Recorder) Cancel(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	of := r.find(id)
	return of != nil && of.end()
}

// Close cancels what is under way. What is begun after it ends with the process, or the server.
func (r *Recorder) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, of := range r.all {
		of.end()
	}
}

// end cancels a recording, and reports whether it was under way. The caller has the lock.
func (of *recording) end() bool {
	if of.State.Ended() {
		return false
	}
	of.State = executions.Cancelled
	if of.cancel != nil {
		of.cancel()
	}
	return true
}

// find is the recording with an id, or nil. The caller has the lock.
func (r *Recorder) find(id string) *recording {
	i := slices.IndexFunc(r.all, func(o *recording) bool { return o.ID == id })
	if i < 0 {
		return nil
	}
	return r.all[i]
}

// Recording returns the one with an id: see executions.Recorder.
func (r *Recorder) Recording(id string) (executions.Recording, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if of := r.find(id); of != nil {
		return of.Recording, true
	}
	return executions.Recording{}, false
}

// Recordings returns those that are known: see executions.Recorder.
func (r *Recorder) Recordings() (list []executions.Recording) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, of := range slices.Backward(r.all) {
		list = append(list, of.Recording)
	}
	return list
}

// begin is called when a process begins to send. It returns the recording, unless nobody waits
// for it, and a context that ends when it is cancelled, but not when the connection breaks.
func (r *Recorder) begin(req *http.Request, id string) (*recording, context.Context, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	of := r.find(id)
	if of == nil || of.State != executions.Asked {
		return nil, nil, errors.New("nobody waits for this execution trace: it was cancelled, or came too late")
	}
	of.State, of.Began = executions.InProgress, time.Now()
	ctx, cancel := context.WithCancel(context.WithoutCancel(req.Context()))
	of.cancel = cancel
	return of, ctx, nil
}

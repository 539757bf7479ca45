package flight

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"time"

	"example.com/tracelab/internal/labapi"
)

// source is a runtime/trace.FlightRecorder, which is used by one goroutine.
type source interface {
	Start() error
	Stop()
	WriteTo(io.Writer) (int64, error)
}

// run owns the recorder. It takes snapshots, one at a time, until there are to
// be no more.
func (r *Recorder) run(started chan<- error) {
	if err := r.source.Start(); err != nil {
		started <- err
		return
	}
	defer r.source.Stop()
	close(started)
	defer r.refuseTheRest()
	var (
		pace  pace
		size  int
		timer = time.NewTimer(0)
	)
	defer timer.Stop()
	for {
		wait, wanted := r.wants.due(pace)
		if wanted && wait <= 0 {
			pace, size = r.take(r.wants.take(), size)
			continue
		}
		var due <-chan time.Time
		if wanted {
			timer.Reset(wait)
			due = timer.C
		}
		select {
		case <-r.stop:
			return
		case <-r.wants.changed:
		case <-due:
		}
	}
}

// take takes a snapshot of about the size of the last one for all that is in b.
func (r *Recorder) take(b batch, size int) (pace, int) {
	r.sampler.sample() // what ran so far is told
	body := bytes.NewBuffer(make([]byte, 0, size+size/8+64<<10))
	began := time.Now()
	_, err := r.source.WriteTo(body)
	took := time.Since(began)
	r.handOut(b, body.Bytes(), began, took, err)
	return paceAfter(began, took), body.Len()
}

// handOut gives a snapshot, or the error, to all that wanted it.
func (r *Recorder) handOut(b batch, body []byte, began time.Time, took time.Duration, err error) {
	if err != nil {
		slog.Warn("the flight recorder gives nothing", "err", err)
		err = &refusal{"failed", "the flight recorder gave nothing: " + err.Error()}
	}
	for _, reader := range b.readers {
		reader <- taken{body, err}
	}
	switch {
	case err != nil:
		r.refuseAll(err.(*refusal), b)
		return
	case len(b.parts) == 0:
		r.tally.took(reasonRead, len(body), took)
		return
	}
	r.tally.took(b.reason, len(body), took)
	s := r.snapshot(b.reason, b.parts, "")
	s.TakenAt, s.TookUS = began, took.Microseconds()
	for _, lost := range r.spool.add(s, body) {
		r.drop(lost, refusedQueueFull)
	}
}

// refuseTheRest tells those who wait that they wait in vain.
func (r *Recorder) refuseTheRest() {
	r.wants.close()
	b := r.wants.take()
	for _, reader := range b.readers {
		reader <- taken{err: refusedEnding}
	}
	r.refuseAll(refusedEnding, b)
	for _, part := range r.recent.abandon() {
		r.refuse(refusedEnding, labapi.ReasonAsked, part)
	}
}

// refuseAll refuses a batch.
func (r *Recorder) refuseAll(why *refusal, b batch) {
	r.tally.refused(why, len(b.readers))
	if len(b.parts) > 0 {
		r.refuse(why, b.reason, b.parts...)
	}
}

// Take returns the execution trace of the last seconds. It waits for its turn
// with all others; the error says in words why there is none.
func (r *Recorder) Take(ctx context.Context) ([]byte, error) {
	if !r.Recording() {
		return nil, refusedOff
	}
	reader := make(chan taken, 1)
	if why := r.wants.read(reader); why != nil {
		r.tally.refused(why, 1)
		return nil, why
	}
	select {
	case t := <-reader:
		return t.body, t.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

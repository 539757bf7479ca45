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

// run owns the source. It takes snapshots, one at a time, until r.stop is closed.
func (r *Recorder) run(started chan<- error) {
	if err := r.source.Start(); err != nil {
		started <- err
		return
	}
	defer r.source.Stop()
	close(started)
	defer r.rejectRest()
	var (
		pace  pace
		size  int
		timer = time.NewTimer(0)
	)
	defer timer.Stop()
	for {
		wait, requested := r.pending.due(pace)
		if requested && wait <= 0 {
			pace, size = r.take(r.pending.take(), size)
			continue
		}
		var due <-chan time.Time
		if requested {
			timer.Reset(wait)
			due = timer.C
		}
		select {
		case <-r.stop:
			return
		case <-r.pending.changed:
		case <-due:
		}
	}
}

// take takes a snapshot of about the size of the last one for all that is in b.
func (r *Recorder) take(b batch, size int) (pace, int) {
	r.sampler.sample()        // the times up to now belong to the snapshot
	r.recent.refresh(b.parts) // before it is taken: what ends meanwhile may not be in it
	r.outbox.begin(b.parts)
	body := bytes.NewBuffer(make([]byte, 0, size+size/8+64<<10))
	began := time.Now()
	_, err := r.source.WriteTo(body)
	took := time.Since(began)
	r.distribute(b, body.Bytes(), began, took, err)
	return paceAfter(began, took), body.Len()
}

// distribute gives a snapshot, or the error, to all that requested it.
func (r *Recorder) distribute(b batch, body []byte, began time.Time, took time.Duration, err error) {
	if err != nil {
		slog.Warn("the flight recorder gives nothing", "err", err)
		err = &rejection{reasonFailed, "the flight recorder gave nothing: " + err.Error()}
	}
	for _, reader := range b.readers {
		reader <- taken{body, err}
	}
	switch {
	case err != nil:
		b.parts = append(b.parts, r.outbox.fail()...)
		r.rejectBatch(err.(*rejection), b)
		return
	case len(b.parts) == 0:
		r.stats.took(reasonRead, len(body), took)
		return
	}
	r.stats.took(b.reason, len(body), took)
	about := r.describe(b.reason, b.parts, "")
	about.TakenAt, about.TookUS = began, took.Microseconds()
	for _, lost := range r.outbox.add(about, body) {
		r.drop(lost, errQueueFull)
	}
}

// rejectRest answers all requests that wait when the recorder stops.
func (r *Recorder) rejectRest() {
	r.pending.close()
	b := r.pending.take()
	for _, reader := range b.readers {
		reader <- taken{err: errEnding}
	}
	r.rejectBatch(errEnding, b)
	for _, part := range r.recent.abandon() {
		r.reject(errEnding, labapi.ReasonAsked, part)
	}
}

// rejectBatch answers a batch for which there will be no snapshot.
func (r *Recorder) rejectBatch(why *rejection, b batch) {
	r.stats.rejected(why, len(b.readers))
	if len(b.parts) > 0 {
		r.reject(why, b.reason, b.parts...)
	}
}

// reject answers for traces of which there will be no snapshot.
func (r *Recorder) reject(why *rejection, reason string, parts ...labapi.Part) {
	r.stats.rejected(why, len(parts))
	for i := range parts {
		if reason == labapi.ReasonAsked {
			parts[i].Asked, parts[i].Plain = true, true
		}
	}
	about := r.describe(reason, parts, why.text)
	about.Absent = why == errAbsent
	if !r.outbox.addRejection(about) {
		r.stats.unanswered(len(parts))
	}
}

// describe returns the header of an upload: of a snapshot, or of a rejection.
func (r *Recorder) describe(reason string, parts []labapi.Part, refused string) labapi.Upload {
	return labapi.Upload{Service: r.cfg.Service, Instance: r.cfg.Instance, Host: r.cfg.Host, Reason: reason, Traces: parts,
		TakenAt: time.Now(), Refused: refused}
}

// Take returns the execution trace of the last seconds. Snapshots are
// taken one after the other; the error is a sentence for people.
func (r *Recorder) Take(ctx context.Context) ([]byte, error) {
	if !r.Recording() {
		return nil, errOff
	}
	reader := make(chan taken, 1)
	if why := r.pending.addReader(reader); why != nil {
		r.stats.rejected(why, 1)
		return nil, why
	}
	select {
	case t := <-reader:
		return t.body, t.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

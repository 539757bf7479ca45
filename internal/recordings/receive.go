package recordings

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
)

// late is how long after its end the last of a recording may come.
const late = 15 * time.Second

// Receive takes the execution trace that a process was asked for. What comes before a
// connection breaks, or fits, is kept.
func (r *Recorder) Receive(w http.ResponseWriter, req *http.Request) error {
	if r.cfg.Token != "" && !control.ShowsToken(req, r.cfg.Token) {
		return &httpapi.Error{Code: httpapi.Unauthorized, Detail: "a recording needs the server's token: set TRACELAB_TOKEN to the same value on both sides"}
	}
	of, ctx, err := r.begin(req, req.PathValue("id"))
	if err != nil {
		return &httpapi.Error{Code: httpapi.NotFound, Detail: err.Error()}
	}
	if refused := req.Header.Get(labapi.RefusedHeader); refused != "" {
		r.end(of, executions.Failed, display.Text(refused, 300))
		return nil
	}
	conn := http.NewResponseController(w)
	until := time.Now().Add(time.Duration(of.Seconds)*time.Second + late)
	conn.SetReadDeadline(until)
	conn.SetWriteDeadline(until.Add(late))
	stopReading := context.AfterFunc(ctx, func() { conn.SetReadDeadline(time.Now()) })
	defer stopReading()
	defer of.cancel()
	body := &arriving{recorder: r, of: of, ctx: ctx, from: req.Body}
	name := fmt.Sprintf("%s, %s, %d s recorded", of.Service, of.Began.Local().Format("15:04:05"), of.Seconds)
	id, err := r.cfg.Keeper.Add(ctx, name, body)
	switch {
	case err != nil && ctx.Err() != nil:
		return &httpapi.Error{Code: httpapi.Canceled, Detail: "the recording was cancelled"}
	case err != nil:
		r.end(of, executions.Failed, err.Error())
		return &httpapi.Error{Code: httpapi.Unavailable, Detail: err.Error()}
	}
	r.recorded(of, id, body.note)
	return nil
}

// recorded notes what a recording became, also if somebody cancelled it just then.
func (r *Recorder) recorded(of *recording, id, note string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	of.State, of.Note, of.Execution = executions.Recorded, note, id
}

// arriving is the body of a recording, which ends where it breaks or becomes too long: what
// has come by then can be read.
type arriving struct {
	recorder *Recorder
	of       *recording
	ctx      context.Context
	from     io.Reader
	n        int64
	note     string
}

func (a *arriving) Read(b []byte) (int, error) {
	room := a.recorder.cfg.Most - a.n
	if room <= 0 {
		a.note = fmt.Sprintf("only the first %d MB are kept: that is the bound of one", a.recorder.cfg.Most/1_000_000)
		return 0, io.EOF
	}
	n, err := a.from.Read(b[:min(int64(len(b)), room)])
	a.n += int64(n)
	a.recorder.mu.Lock()
	a.of.Bytes = a.n
	a.recorder.mu.Unlock()
	if err != nil && !errors.Is(err, io.EOF) && a.ctx.Err() == nil && a.n > 0 {
		a.note = fmt.Sprintf("the process stopped sending before the end, or has ended: what had come after %s is kept", time.Since(a.of.Began).Round(100*time.Millisecond))
		err = io.EOF
	}
	return n, err
}

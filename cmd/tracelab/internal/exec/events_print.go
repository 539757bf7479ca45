package exec

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"syscall"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/wire"
	"example.com/tracelab/internal/cli"
)

// eventPrinter prints until it has printed enough, or its output is closed.
type eventPrinter struct {
	warnings io.Writer
	ctx      context.Context
	out      *bufio.Writer
	kinds    []string // all, if there are none
	left     int      // how many are printed still; 0 is no bound
	json     bool
	seen     int
	text     []byte
}

// errEnough ends a run in which nothing went wrong.
var errEnough = errors.New("enough")

func (p *eventPrinter) parsed(file *exectrace.File, from, to exectrace.Time, goroutine *exectrace.GoID) error {
	for ev, err := range file.Events() {
		switch {
		case err != nil:
			err = p.lost(err)
		case ev.Time() > to:
			return nil
		case ev.Time() < from || goroutine != nil && !ev.Concerns(*goroutine) || !p.selects(ev.Kind()):
			err = p.pause()
		default:
			err = p.print(ev)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *eventPrinter) wire(file *exectrace.File, from, to exectrace.Time) error {
	written, err := wire.NewFile(file, file.Size())
	if err != nil {
		return err
	}
	if from != earliest || to != latest {
		written = written.Cut(int64(from), int64(to))
	}
	for ev, err := range written.Events() {
		switch {
		case err != nil:
			err = p.lost(err)
		case exectrace.Time(ev.Time) < from || exectrace.Time(ev.Time) > to || !p.selects(ev.Type.String()):
			err = p.pause()
		default:
			err = p.print(ev)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lost says what is damaged, or is err if nothing else could be read.
func (p *eventPrinter) lost(err error) error {
	switch err.(type) {
	case exectrace.Loss, wire.Loss:
		warn(p.warnings, []error{err})
		return nil
	}
	return err
}

func (p *eventPrinter) selects(kind string) bool {
	return len(p.kinds) == 0 || slices.Contains(p.kinds, kind)
}

// pause looks now and then whether the user has given up.
func (p *eventPrinter) pause() error {
	if p.seen++; p.seen%1024 == 0 {
		return p.ctx.Err()
	}
	return nil
}

// printable is what the library has for each event.
type printable interface {
	Append(b []byte) []byte
	json.Marshaler
}

func (p *eventPrinter) print(ev printable) (err error) {
	if p.json {
		p.text, err = ev.MarshalJSON()
	} else {
		p.text = ev.Append(p.text[:0])
	}
	if err != nil {
		return err
	}
	if _, err = p.out.Write(append(p.text, '\n')); err != nil {
		return err
	}
	if p.left--; p.left == 0 {
		return errEnough
	}
	return p.pause()
}

// ended is the status of a command that may be left early: by Ctrl-C, and by a
// reader, such as head, that has seen enough.
func ended(err, flushed error) error {
	for _, e := range []error{err, flushed} {
		switch {
		case e == nil || errors.Is(e, errEnough) || errors.Is(e, syscall.EPIPE) || errors.Is(e, io.ErrClosedPipe):
		case errors.Is(e, context.Canceled):
			return cli.Status{Code: cli.Negative}
		default:
			return e
		}
	}
	return nil
}

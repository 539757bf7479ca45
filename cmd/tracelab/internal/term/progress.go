package term

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// Progress shows how far some work is. It is drawn on standard error, if that is
// a terminal, and only of work that takes longer than a second. Its methods may
// be called from several goroutines.
type Progress struct{ bar *progressbar.ProgressBar }

// Unit is what a Progress counts.
type Unit string

// Units. Bytes are printed with a prefix, such as MB.
const (
	Bytes    Unit = "bytes"
	Spans    Unit = "spans"
	Requests Unit = "requests"
	ticks    Unit = "" // intervals that have passed
)

const (
	appears  = time.Second
	interval = 100 * time.Millisecond
)

// StartProgress begins to show work of which total units are to be done; -1: it
// is not known how many. The caller ends it.
func StartProgress(what string, unit Unit, total int64) Progress {
	return start(os.Stderr, onTerminal(), what, unit, total)
}

// Wait shows that something takes time, of which lasts is expected; 0: it is not
// known how long. stop ends it.
func Wait(what string, lasts time.Duration) (stop func()) {
	return wait(os.Stderr, onTerminal(), what, lasts)
}

func onTerminal() bool { return term.IsTerminal(int(os.Stderr.Fd())) }

func start(out io.Writer, visible bool, what string, unit Unit, total int64) Progress {
	options := []progressbar.Option{
		progressbar.OptionSetWriter(&lateWriter{out, time.Now().Add(appears)}),
		progressbar.OptionSetVisibility(visible),
		progressbar.OptionSetDescription(what),
		progressbar.OptionThrottle(interval),
		progressbar.OptionClearOnFinish(),
		// Or v3.19.1 draws one of unknown length in a goroutine too, which reads its
		// state without a lock.
		progressbar.OptionSetSpinnerChangeInterval(0),
	}
	switch unit {
	case ticks:
		options = append(options, progressbar.OptionSetPredictTime(false))
	case Bytes:
		options = append(options, progressbar.OptionShowBytes(true))
	default:
		options = append(options, progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetItsString(string(unit)))
	}
	return Progress{progressbar.NewOptions64(total, options...)}
}

// lateWriter drops what is written before its time, so that what is done soon
// does not flicker.
type lateWriter struct {
	to   io.Writer
	from time.Time
}

func (w *lateWriter) Write(b []byte) (int, error) {
	if time.Now().Before(w.from) {
		return len(b), nil
	}
	return w.to.Write(b)
}

func wait(out io.Writer, visible bool, what string, lasts time.Duration) (stop func()) {
	total := int64(-1)
	if lasts > 0 {
		total = int64(lasts/interval) + 1
	}
	p := start(out, visible, what, ticks, total)
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(interval)
		defer tick.Stop()
		for n := int64(1); ; n++ {
			select {
			case <-tick.C:
				if total < 0 || n < total { // a full bar would vanish
					p.Add(1)
				}
			case <-done:
				p.End()
				return
			}
		}
	}()
	return func() { close(done); <-stopped }
}

// Add says that n more units are done.
func (p Progress) Add(n int) { p.bar.Add(n) }

// Set says that n units are done in all, and what is going on.
func (p Progress) Set(n int, what string) {
	p.bar.Describe(what)
	p.bar.Set(n)
}

// Write counts bytes.
func (p Progress) Write(b []byte) (int, error) {
	p.bar.Add(len(b))
	return len(b), nil
}

// End takes the bar away. It may be called more than once.
func (p Progress) End() { p.bar.Finish() }

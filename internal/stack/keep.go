package stack

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"example.com/tracelab/internal/archive"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/store"
)

// keeper keeps the traces of a store in a file. A nil one keeps nothing.
type keeper struct {
	path  string
	store *store.Store
	logf  func(format string, args ...any)

	early sync.WaitGroup // for a save before the last
	mu    sync.Mutex     // held to save
	file  fs.FileInfo    // as it was left; nil: there was none
	spans int            // in it

	at   atomic.Int64 // when it was saved, in ns since the epoch; before that, when it was loaded
	upTo atomic.Int64 // spans that the store had accepted by then
}

// newKeeper fills the store from the file to keep it in. What would keep the file
// from being written ends the start, rather than lose the traces at the end.
func newKeeper(cfg Config, to *store.Store) (*keeper, error) {
	if cfg.Keep == "" {
		return nil, nil
	}
	if cfg.Zipkin != "" {
		return nil, wrongKeep("--keep %s: the traces are in the Zipkin at %s; save them with 'tracelab save'", cfg.Keep, cfg.Zipkin)
	}
	if err := archive.CheckWritable(cfg.Keep); err != nil {
		return nil, wrongKeep("--keep: %w", err)
	}
	k := &keeper{path: cfg.Keep, store: to, logf: cfg.Logf}
	if info, err := os.Stat(k.path); err == nil && info.Size() > 1<<20 {
		k.logf("loading %s", k.path)
	}
	if err := k.load(); err != nil {
		return nil, wrongKeep("--keep: %w; the file stays as it is: repair it, move it away or name another", err)
	}
	if n := to.Stats().Spans; n > 0 {
		k.logf("%d spans loaded from %s", n, k.path)
	}
	return k, nil
}

// wrongKeep is an error of a file that cannot be the one to keep traces in.
func wrongKeep(format string, args ...any) error {
	return cli.Status{Code: cli.Usage, Err: fmt.Errorf(format, args...)}
}

// load adds what is in the file, if there is one.
func (k *keeper) load() error {
	file, _ := os.Stat(k.path)
	for spans, err := range archive.ReadFile(k.path, io.Discard) {
		if errors.Is(err, fs.ErrNotExist) {
			break // it will be made
		}
		if err != nil {
			return err
		}
		k.store.Add(spans)
	}
	k.saved(file, k.store.Stats().Spans, k.store.Stats().Accepted)
	return nil
}

// saved notes what is in the file.
func (k *keeper) saved(file fs.FileInfo, spans int, upTo int64) {
	k.file, k.spans = file, spans
	k.at.Store(time.Now().UnixNano())
	k.upTo.Store(upTo)
}

// save saves what the store holds, if spans have come since it was saved, and returns how
// many the file has. What another program has put into the file meanwhile is saved too.
func (k *keeper) save() (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if file, err := os.Stat(k.path); err != nil || !file.Mode().IsRegular() {
		k.upTo.Store(0) // it is gone: what it had has to be saved again
		k.file = nil
	} else if k.changed(file) {
		if err := k.load(); err != nil {
			return 0, fmt.Errorf("%w: another program has changed the file, and it stays as it is", err)
		}
		k.file = nil
	}
	upTo := k.store.Stats().Accepted
	if k.file != nil && upTo == k.upTo.Load() {
		return k.spans, nil
	}
	n, err := archive.Save(k.path, archive.Of(k.store.All()))
	if err != nil {
		return 0, err
	}
	file, _ := os.Stat(k.path)
	k.saved(file, n, upTo)
	return n, nil
}

// changed reports whether the file is another than was left.
func (k *keeper) changed(file fs.FileInfo) bool {
	return k.file == nil || !os.SameFile(k.file, file) || file.Size() != k.file.Size() || !file.ModTime().Equal(k.file.ModTime())
}

// often saves from time to time until stop is closed: so much is lost at most when the
// process is killed.
func (k *keeper) often(every time.Duration, stop <-chan struct{}) {
	if k == nil || every <= 0 {
		return
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
			if _, err := k.save(); err != nil {
				k.logf("--keep: %v; %s", err, k.unsaved("not saved yet"))
			}
		}
	}
}

// now saves in the background: who asks the process to end may kill it a little later.
func (k *keeper) now() {
	if k != nil {
		k.early.Go(func() { k.save() }) // end says what is wrong
	}
}

// end saves once all that reports has ended, or after as long as within says what is
// lost.
func (k *keeper) end(within time.Duration) error {
	if k == nil {
		return nil
	}
	type outcome struct {
		spans int
		err   error
	}
	done := make(chan outcome, 1)
	go func() {
		k.early.Wait()
		n, err := k.save()
		done <- outcome{n, err}
	}()
	select {
	case o := <-done:
		if o.err != nil {
			return fmt.Errorf("--keep: %w; %s", o.err, k.unsaved("lost"))
		}
		k.logf("%d spans saved to %s", o.spans, k.path)
		return nil
	case <-time.After(within):
		return fmt.Errorf("--keep: %s cannot be written within %s; %s", k.path, display.Duration(within), k.unsaved("lost"))
	}
}

// unsaved says what the file lacks.
func (k *keeper) unsaved(how string) string {
	since := time.Unix(0, k.at.Load()).Format(time.TimeOnly)
	return fmt.Sprintf("%d spans that came since %s are %s", k.store.Stats().Accepted-k.upTo.Load(), since, how)
}

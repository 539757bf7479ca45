package writer

import (
	"context"
	"os"
	"time"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/httpapi"
)

const (
	journalRecord = 4 << 10 // bytes, a disk's block; more where the value is longer
	journalSize   = 16      // records, after which the first is written over
)

// journal writes the value to a file, as often as the time that is asked for
// allows, and has each record reach the disk.
func (w *writer) journal(ctx context.Context, args faults.Args, value string) error {
	until := time.Now().Add(args.Duration("ms"))
	file, remove, err := openJournal()
	if err != nil {
		return journalError(err)
	}
	defer remove()
	record := make([]byte, max(journalRecord, len(value)))
	copy(record, value)
	for n := int64(0); ctx.Err() == nil && time.Now().Before(until); n++ {
		if _, err := file.WriteAt(record, n%journalSize*int64(len(record))); err != nil {
			return journalError(err)
		}
		if err := file.Sync(); err != nil {
			return journalError(err)
		}
	}
	return nil
}

// openJournal makes a file, on disk if it can be: /tmp is often memory. The file
// loses its name at once, so that nothing is left of it however the process ends.
func openJournal() (file *os.File, remove func(), err error) {
	const name = "tracelab-journal-*"
	if file, err = os.CreateTemp("/var/tmp", name); err != nil {
		file, err = os.CreateTemp("", name)
	}
	if err != nil {
		return nil, nil, err
	}
	if os.Remove(file.Name()) == nil {
		return file, func() { file.Close() }, nil
	}
	return file, func() { // a system on which open files keep their names
		file.Close()
		os.Remove(file.Name())
	}, nil
}

func journalError(err error) error {
	return &httpapi.Error{Code: httpapi.Unavailable, Service: "journal", Err: err,
		Detail: "the journal cannot be written: the writer needs room for a file in /var/tmp or " + os.TempDir()}
}

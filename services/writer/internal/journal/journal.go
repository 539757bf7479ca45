// Package journal writes values to a file.
package journal

import (
	"context"
	"os"
	"time"

	"example.com/tracelab/internal/httpapi"
)

const (
	recordSize = 4 << 10 // bytes, a disk's block; more where the value is longer
	records    = 16      // after which the first is written over
)

// Write writes the value to a file, as often as within allows, and has each
// record reach the disk. Its error is an httpapi.Error.
func Write(ctx context.Context, value string, within time.Duration) error {
	until := time.Now().Add(within)
	file, remove, err := open()
	if err != nil {
		return failed(err)
	}
	defer remove()
	record := make([]byte, max(recordSize, len(value)))
	copy(record, value)
	for n := int64(0); ctx.Err() == nil && time.Now().Before(until); n++ {
		if _, err := file.WriteAt(record, n%records*int64(len(record))); err != nil {
			return failed(err)
		}
		if err := file.Sync(); err != nil {
			return failed(err)
		}
	}
	return nil
}

// open makes a file, on disk if it can be: /tmp is often memory. The file
// loses its name at once, so that nothing is left of it however the process ends.
func open() (file *os.File, remove func(), err error) {
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

func failed(err error) error {
	return &httpapi.Error{Code: httpapi.Unavailable, Service: "journal", Err: err,
		Detail: "the journal cannot be written: the writer needs room for a file in /var/tmp or " + os.TempDir()}
}

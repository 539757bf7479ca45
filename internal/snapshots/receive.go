package snapshots

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
)

// maxUploading bounds the bytes of the execution traces that are on their way in
// at once, since each is in memory.
const (
	maxUploading = 2 * labapi.MaxSnapshot
	leastUpload  = 64 << 10 // what one is reckoned as, so that there are not too many
	roomWithin   = 10 * time.Second
	bodyWithin   = 30 * time.Second
)

// Receive takes an upload. What cannot be a snapshot is rejected; what can is cut
// to what it was taken for after the answer, since that takes a while.
func (c *Collector) Receive(w http.ResponseWriter, r *http.Request) error {
	u, err := c.readHeader(r)
	if err == nil {
		err = c.readBody(w, r, u)
	}
	if err != nil {
		c.rejected.Add(1)
		return err
	}
	w.WriteHeader(http.StatusAccepted)
	return nil
}

// readHeader reads and checks the description of the upload.
func (c *Collector) readHeader(r *http.Request) (*upload, error) {
	if c.token != "" && !control.ShowsToken(r, c.token) {
		return nil, &httpapi.Error{Code: httpapi.Unauthorized,
			Detail: "a snapshot needs the server's token: set TRACELAB_TOKEN to the same value on both sides"}
	}
	if r.ContentLength > labapi.MaxSnapshot {
		return nil, tooLarge()
	}
	u, err := parseUpload(r.Header.Get(labapi.UploadHeader))
	if err != nil {
		return nil, httpapi.InvalidField(labapi.UploadHeader, "the header %s: %v", labapi.UploadHeader, err)
	}
	return u, nil
}

func tooLarge() error {
	return &httpapi.Error{Code: httpapi.TooLarge, Field: "body",
		Detail: fmt.Sprintf("a snapshot may have %d bytes: let the recorder keep less", labapi.MaxSnapshot)}
}

// readBody reads the execution trace once there is room for it, and has it stored.
func (c *Collector) readBody(w http.ResponseWriter, r *http.Request, u *upload) (err error) {
	c.requester.arrives(u, 1)
	defer func() {
		if err != nil {
			c.requester.arrives(u, -1)
		}
	}()
	room := max(r.ContentLength, leastUpload)
	if r.ContentLength < 0 {
		room = labapi.MaxSnapshot
	}
	ctx, cancel := context.WithTimeout(r.Context(), roomWithin)
	defer cancel()
	if c.uploading.Acquire(ctx, room) != nil {
		return &httpapi.Error{Code: httpapi.Busy, Detail: "too many snapshots arrive at once: try again later"}
	}
	http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyWithin)) // from now on
	body, err := readTrace(http.MaxBytesReader(w, r.Body, labapi.MaxSnapshot), r.ContentLength, u)
	if err != nil {
		c.uploading.Release(room)
		return err
	}
	turn := c.order.next(u.Instance)
	go func() {
		defer c.uploading.Release(room)
		turn(func() { c.keep(u, body) })
	}()
	return nil
}

// readTrace reads the execution trace, or nil where there is none, and looks at
// its header.
func readTrace(r io.Reader, size int64, u *upload) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(int(max(size, 0)) + bytes.MinRead)
	_, err := b.ReadFrom(r)
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return nil, tooLarge()
	case err != nil:
		return nil, httpapi.InvalidField("body", "the body ends after %d bytes: %v", b.Len(), err)
	case u.Refused != "" && b.Len() > 0:
		return nil, httpapi.InvalidField("body", "there are %d bytes, and refused says that there is no execution trace", b.Len())
	case u.Refused != "":
		return nil, nil
	}
	if _, err := exectrace.FromBytes(b.Bytes()); err != nil {
		return nil, httpapi.InvalidField("body", "the body is no execution trace: %v", err)
	}
	if size < 0 {
		return bytes.Clone(b.Bytes()), nil // the buffer has grown beyond what is in it
	}
	return b.Bytes(), nil
}

// keep cuts a snapshot, stores it, and says so to those that wait for it.
func (c *Collector) keep(u *upload, body []byte) {
	s := newSnapshot(u, len(body))
	if body != nil {
		c.cutting <- struct{}{}
		part, err := c.cut(u, body)
		<-c.cutting
		if err != nil {
			s.Refused = "its execution trace cannot be read: " + err.Error()
		}
		s.fill(&part)
	}
	s.ArrivedAt = time.Now().UTC()
	c.store.add(s)
	for _, p := range s.parts {
		c.requester.answered(p, u)
	}
	c.requester.arrives(u, -1)
	c.trigger(s)
	c.store.announce()
}

// cut survives whatever body is.
func (c *Collector) cut(u *upload, body []byte) (part cut, err error) {
	defer c.Guard(&err, "instance", u.Instance)
	from, to := u.window()
	return cutDown(body, from, to, u.TakenAt)
}

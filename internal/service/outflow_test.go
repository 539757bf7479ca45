package service

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
)

// TestTheTracerDoesNotWait: what is not read in time ends the recording, in place of memory.
func TestTheTracerDoesNotWait(t *testing.T) {
	ctx, fail := context.WithCancelCause(t.Context())
	o := newOutflow(ctx, fail, 10)
	for range 3 {
		if n, err := o.Write(make([]byte, 3)); n != 3 || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
	}
	if n, err := o.Write(make([]byte, 2)); n != 0 || !errors.Is(err, errSlow) || !errors.Is(context.Cause(ctx), errSlow) {
		t.Errorf("too much: %d, %v, %v", n, err, context.Cause(ctx))
	}
	if n, err := o.Write(nil); n != 0 || !errors.Is(err, errSlow) {
		t.Errorf("after it: %d, %v", n, err)
	}
	if b, err := io.ReadAll(o); len(b) != 9 || !errors.Is(err, errSlow) {
		t.Errorf("what is read of it: %d bytes, %v", len(b), err)
	}
}

// TestAllIsRead that was written before the end, by who begins to read before it is written.
func TestAllIsRead(t *testing.T) {
	ctx, fail := context.WithCancelCause(t.Context())
	defer fail(nil)
	o := newOutflow(ctx, fail, 1<<20)
	read := make(chan []byte)
	go func() {
		b, err := io.ReadAll(o)
		if err != nil {
			t.Error(err)
		}
		read <- b
	}()
	var want bytes.Buffer
	for i := range 100 {
		b := bytes.Repeat([]byte{byte(i)}, i)
		want.Write(b)
		if _, err := o.Write(b); err != nil {
			t.Error(err)
		}
	}
	o.end()
	if got := <-read; !bytes.Equal(got, want.Bytes()) {
		t.Errorf("%d bytes are not the %d that were written", len(got), want.Len())
	}
}

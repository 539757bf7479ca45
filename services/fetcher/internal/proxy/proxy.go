// Package proxy stands between a request's connection and its target.
package proxy

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"
)

// Dial is the dial of a net.Dialer.
type Dial = func(ctx context.Context, network, addr string) (net.Conn, error)

// Proxy passes on what either side sends: the answer so long after it came, each
// chunk.
type Proxy struct {
	after time.Duration
	first func(came time.Time)
	once  sync.Once   // for first
	made  atomic.Bool // the connection is: what comes now is the answer
}

// New returns a Proxy for one request. first is called once, when the first chunk
// of the answer is passed on.
func New(after time.Duration, first func(came time.Time)) *Proxy {
	return &Proxy{after: after, first: first}
}

// Watch returns a context in which a request's connection notifies the proxy when
// it is made, handshakes and all.
func (p *Proxy) Watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { p.made.Store(true) }})
}

// Dial is dial with the proxy in between, until the context that it is called
// with ends or one side closes its connection.
func (p *Proxy) Dial(dial Dial) Dial {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		far, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		near, inner, err := pair()
		if err != nil {
			far.Close()
			return nil, err
		}
		go p.forward(ctx, inner, far)
		return near, nil
	}
}

// forward passes on what comes, until there is no more to come.
func (p *Proxy) forward(ctx context.Context, inner *net.TCPConn, far net.Conn) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	context.AfterFunc(ctx, func() {
		inner.Close()
		far.Close()
	})
	go func() {
		defer cancel()
		io.Copy(far, struct{ io.Reader }{inner}) // hidden from the kernel's splice, which would leave pipes behind
	}()
	in := &inbox{chunks: make(chan chunk, maxChunks), room: semaphore.NewWeighted(maxHeld)}
	go p.collect(ctx, far, in)
	p.deliver(ctx, in, inner)
	if in.err != io.EOF {
		inner.SetLinger(0) // as the target's side ended: not in peace
	}
}

// Bounds of what a proxy holds of an answer: somewhat more than the fetcher reads
// of one, in packets of the usual size.
const (
	maxHeld   = 2 << 20
	maxChunks = 2048
)

// inbox is what came and is not passed on yet.
type inbox struct {
	chunks chan chunk
	room   *semaphore.Weighted // in bytes
	err    error               // that ended it; to be read when chunks is closed
}

type chunk struct {
	data []byte
	came time.Time // zero: before the answer, to be passed on at once
}

// collect reads what the target sends.
func (p *Proxy) collect(ctx context.Context, far net.Conn, in *inbox) {
	defer close(in.chunks)
	buf := make([]byte, 32<<10)
	for in.err == nil {
		var n int
		n, in.err = far.Read(buf)
		got := chunk{data: bytes.Clone(buf[:n])}
		if p.made.Load() {
			got.came = time.Now()
		}
		if err := in.room.Acquire(ctx, int64(n)); err != nil {
			in.err = err
			return
		}
		in.chunks <- got
	}
}

// deliver passes on each chunk when it is due; when ctx has ended, it only
// empties the inbox.
func (p *Proxy) deliver(ctx context.Context, in *inbox, inner *net.TCPConn) {
	for got := range in.chunks {
		err := ctx.Err()
		if !got.came.IsZero() {
			err = until(ctx, got.came.Add(p.after))
			p.once.Do(func() { p.first(got.came) }) // before the client has the answer
		}
		if err == nil {
			inner.Write(got.data) // fails when the reader has gone, which ends ctx
		}
		in.room.Release(int64(len(got.data)))
	}
}

// until waits for a moment, or for the end of ctx.
func until(ctx context.Context, at time.Time) error {
	timer := time.NewTimer(time.Until(at))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

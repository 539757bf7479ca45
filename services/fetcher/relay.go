package fetcher

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"
)

// relay stands between a request's connection and its target, and passes on
// what either sends: the answer late, each piece so long after it came.
type relay struct {
	late  time.Duration
	first func(came time.Time) // called once, when the first piece of the answer is passed on
	once  sync.Once            // for first
	made  atomic.Bool          // the connection is: what comes now is the answer
}

// watch returns a context in which a request's connection tells the relay when
// it is made, handshakes and all.
func (y *relay) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { y.made.Store(true) }})
}

// dialing is dial with the relay in between, until the context that it is called
// with ends or one side closes its connection.
func (y *relay) dialing(dial dialFunc) dialFunc {
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
		go y.carry(ctx, inner, far)
		return near, nil
	}
}

// carry passes on what comes, until there is no more to come.
func (y *relay) carry(ctx context.Context, inner *net.TCPConn, far net.Conn) {
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
	in := &inbox{pieces: make(chan piece, maxPieces), room: semaphore.NewWeighted(maxHeld)}
	go y.collect(ctx, far, in)
	y.deliver(ctx, in, inner)
	if in.err != io.EOF {
		inner.SetLinger(0) // as the target's side ended: not in peace
	}
}

// Bounds of what a relay holds of an answer: somewhat more than the fetcher reads
// of one, in packets of the usual size.
const (
	maxHeld   = 2 << 20
	maxPieces = 2048
)

// inbox is what came and is not passed on yet.
type inbox struct {
	pieces chan piece
	room   *semaphore.Weighted // in bytes
	err    error               // that ended it; to be read when pieces is closed
}

type piece struct {
	data []byte
	came time.Time // zero: before the answer, to be passed on at once
}

// collect reads what the target sends.
func (y *relay) collect(ctx context.Context, far net.Conn, in *inbox) {
	defer close(in.pieces)
	buf := make([]byte, 32<<10)
	for in.err == nil {
		var n int
		n, in.err = far.Read(buf)
		p := piece{data: bytes.Clone(buf[:n])}
		if y.made.Load() {
			p.came = time.Now()
		}
		if err := in.room.Acquire(ctx, int64(n)); err != nil {
			in.err = err
			return
		}
		in.pieces <- p
	}
}

// deliver passes on each piece when it is due; when ctx has ended, it only
// empties the inbox.
func (y *relay) deliver(ctx context.Context, in *inbox, inner *net.TCPConn) {
	for p := range in.pieces {
		err := ctx.Err()
		if !p.came.IsZero() {
			err = until(ctx, p.came.Add(y.late))
			y.once.Do(func() { y.first(p.came) }) // before anybody has the answer
		}
		if err == nil {
			inner.Write(p.data) // fails when nobody reads any more, which ends ctx
		}
		in.room.Release(int64(len(p.data)))
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

// pair is a connection of this process with itself. Whoever else finds the port
// in the moment that it is open is sent away.
func pair() (near, inner *net.TCPConn, err error) {
	ln, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, nil, err
	}
	defer ln.Close()
	ln.SetDeadline(time.Now().Add(time.Second))
	if near, err = net.DialTCP("tcp", nil, ln.Addr().(*net.TCPAddr)); err != nil {
		return nil, nil, err
	}
	for {
		if inner, err = ln.AcceptTCP(); err != nil {
			return nil, nil, errors.Join(err, near.Close())
		}
		if inner.RemoteAddr().String() == near.LocalAddr().String() {
			return near, inner, nil
		}
		inner.Close()
	}
}

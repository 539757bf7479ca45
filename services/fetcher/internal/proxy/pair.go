package proxy

import (
	"errors"
	"net"
	"time"
)

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

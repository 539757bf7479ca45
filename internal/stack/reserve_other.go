//go:build !linux

package stack

import (
	"net"
	"net/netip"
)

// reservation holds a port for a service until that starts. Only Linux lets it be held
// while the service comes and goes: others let nobody listen on a port that is bound, or
// let everybody.
type reservation struct {
	at netip.AddrPort
	ln net.Listener
}

func reserve(at netip.AddrPort) (*reservation, error) {
	ln, err := net.Listen("tcp", at.String())
	if err != nil {
		return nil, err
	}
	return &reservation{ln.Addr().(*net.TCPAddr).AddrPort(), ln}, nil
}

// handOver lets a service listen on the port.
func (r *reservation) handOver() { r.ln.Close() }

// release gives the port back.
func (r *reservation) release() { r.ln.Close() }

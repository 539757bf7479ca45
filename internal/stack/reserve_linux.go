package stack

import (
	"fmt"
	"net/netip"
	"os"
	"syscall"
)

// reservation keeps a port from being given to a stranger while nobody listens on
// it: before a service starts, and between its end and its next start. Systems hand
// out what is free to whoever connects or asks for any port.
type reservation struct{ socket *os.File }

// reserve binds a socket and does not listen. A service that binds the same address
// with SO_REUSEADDR, as Go's listeners do, can then listen on it; connections to it
// are refused until it does; and Linux, when it chooses a port, leaves out those
// that are bound (socket(7), SO_REUSEADDR; ip(7), ip_local_port_range).
func reserve(at netip.AddrPort) (reservation, error) {
	family, address := syscall.AF_INET6, syscall.Sockaddr(&syscall.SockaddrInet6{Port: int(at.Port()), Addr: at.Addr().As16()})
	if at.Addr().Is4() {
		family, address = syscall.AF_INET, &syscall.SockaddrInet4{Port: int(at.Port()), Addr: at.Addr().As4()}
	}
	fd, err := syscall.Socket(family, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return reservation{}, fmt.Errorf("reserving %s: %w", at, os.NewSyscallError("socket", err))
	}
	r := reservation{os.NewFile(uintptr(fd), "reserved "+at.String())}
	if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		r.end()
		return reservation{}, fmt.Errorf("reserving %s: %w", at, os.NewSyscallError("setsockopt", err))
	}
	if err := syscall.Bind(fd, address); err != nil {
		r.end()
		return reservation{}, fmt.Errorf("reserving %s: %w", at, os.NewSyscallError("bind", err))
	}
	return r, nil
}

// end gives the port back.
func (r reservation) end() {
	if r.socket != nil {
		r.socket.Close()
	}
}

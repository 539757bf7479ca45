package stack

import (
	"cmp"
	"errors"
	"net/netip"
	"os"
	"syscall"
)

// reservation keeps a port from being given to a stranger while nobody listens on
// it: before a service starts, and between its end and its next start. Systems hand
// out what is free to whoever connects or asks for any port.
type reservation struct {
	at     netip.AddrPort
	socket *os.File
}

// reserve binds a socket and does not listen. It fails where somebody does. A service
// that binds the same address with SO_REUSEADDR, as Go's listeners do, can then listen on
// it; connections to it are refused until it does; and Linux, when it chooses a port,
// leaves out those that are bound (socket(7), SO_REUSEADDR; ip(7), ip_local_port_range).
func reserve(at netip.AddrPort) (*reservation, error) {
	family, address := syscall.AF_INET6, syscall.Sockaddr(&syscall.SockaddrInet6{Port: int(at.Port()), Addr: at.Addr().As16()})
	if at.Addr().Is4() {
		family, address = syscall.AF_INET, &syscall.SockaddrInet4{Port: int(at.Port()), Addr: at.Addr().As4()}
	}
	fd, err := syscall.Socket(family, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	r := &reservation{at, os.NewFile(uintptr(fd), "a reserved port")}
	if family == syscall.AF_INET6 && at.Addr().IsUnspecified() {
		err = syscall.SetsockoptInt(fd, syscall.IPPROTO_IPV6, syscall.IPV6_V6ONLY, 0) // as net.Listen does
	}
	err = cmp.Or(err, syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1), syscall.Bind(fd, address))
	if err == nil {
		err = r.locate(fd)
	}
	if err != nil {
		r.release()
		return nil, os.NewSyscallError("bind", err)
	}
	return r, nil
}

// locate sets the port, which the system has chosen if any was asked for.
func (r *reservation) locate(fd int) error {
	bound, err := syscall.Getsockname(fd)
	if err != nil {
		return err
	}
	switch a := bound.(type) {
	case *syscall.SockaddrInet4:
		r.at = netip.AddrPortFrom(r.at.Addr(), uint16(a.Port))
	case *syscall.SockaddrInet6:
		r.at = netip.AddrPortFrom(r.at.Addr(), uint16(a.Port))
	default:
		return errors.New("the address is of another family")
	}
	return nil
}

// handOver lets a service listen on the port.
func (r *reservation) handOver() {}

// release gives the port back.
func (r *reservation) release() { r.socket.Close() }

package stack

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"syscall"
	"testing"
)

// TestAReservedPort tries it as the owner, who comes and goes, and as a stranger:
// a socket without SO_REUSEADDR is told what Linux goes by when it gives away a
// port of its choice.
func TestAReservedPort(t *testing.T) {
	for _, host := range []string{"127.0.0.1", "0.0.0.0", "::1", "::"} {
		t.Run(host, func(t *testing.T) {
			b, err := bind("gateway", netip.MustParseAddr(host), 0, true)
			if err != nil {
				t.Skip("no such address here: ", err)
			}
			defer b.release()
			at := b.at
			for range 2 {
				if err := strangerBinds(at); !errors.Is(err, syscall.EADDRINUSE) {
					t.Errorf("a stranger binds it while nobody listens: %v", err)
				}
				if conn, err := net.Dial("tcp", b.addr()); !errors.Is(err, syscall.ECONNREFUSED) {
					t.Errorf("a connection while nobody listens: %v, %v", conn, err)
				}
				owner, err := net.Listen("tcp", at.String())
				if err != nil {
					t.Fatal("its owner: ", err)
				}
				conn, err := net.Dial("tcp", b.addr())
				if err != nil {
					t.Fatal("a connection to its owner: ", err)
				}
				conn.Close()
				if second, err := bind("gateway", at.Addr(), int(at.Port()), true); !errors.Is(err, syscall.EADDRINUSE) {
					t.Errorf("another stack takes it while its owner listens: %v, %v", second, err)
				}
				owner.Close()
			}
			b.release()
			if err := strangerBinds(at); err != nil {
				t.Errorf("a stranger cannot have it once it is given back: %v", err)
			}
		})
	}
}

func strangerBinds(at netip.AddrPort) error {
	lc := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) (err error) {
		failed := c.Control(func(fd uintptr) { err = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 0) })
		return errors.Join(failed, err)
	}}
	ln, err := lc.Listen(context.Background(), "tcp", at.String())
	if err == nil {
		ln.Close()
	}
	return err
}

package stack

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"strconv"
	"syscall"

	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/display"
)

// Ports of the pieces. Zero takes any free port.
type Ports struct {
	Server       *int `name:"server" help:"Port of the server, with the UI (default 9411; 9412 beside a Zipkin)." placeholder:"PORT"`
	Gateway      int  `name:"gateway" help:"Port of the gateway." default:"8080"`
	Fetcher      int  `name:"fetcher" help:"Port of the fetcher." default:"8081"`
	Writer       int  `name:"writer" help:"Port of the writer." default:"8082"`
	ThirdParty   int  `name:"third-party" help:"Port of the third-party API." default:"8083"`
	GatewayDebug int  `name:"gateway-debug" help:"Debug port of the gateway." default:"6080"`
	FetcherDebug int  `name:"fetcher-debug" help:"Debug port of the fetcher." default:"6081"`
	WriterDebug  int  `name:"writer-debug" help:"Debug port of the writer." default:"6082"`
}

// bound is a port that was checked, and is held for its owner: the listener of a piece in
// this process, or a reservation for a service, which listens by itself.
type bound struct {
	flag     string
	at       netip.AddrPort
	ln       net.Listener
	reserved *reservation
}

// bind takes a port, so that nothing starts when one is missing.
func bind(flag string, address netip.Addr, port int, forService bool) (*bound, error) {
	if port < 0 || port > math.MaxUint16 {
		return nil, cli.Status{Code: cli.Usage, Err: fmt.Errorf("--port-%s %d: want a port up to %d, or 0 for any", flag, port, math.MaxUint16)}
	}
	b := &bound{flag: flag}
	err := b.take(netip.AddrPortFrom(address, uint16(port)), forService)
	if errors.Is(err, syscall.EADDRNOTAVAIL) {
		return nil, cli.Status{Code: cli.Usage, Err: fmt.Errorf("--bind %s: no address of this machine: 0.0.0.0 is all that it has", address)}
	}
	if err != nil {
		return nil, fmt.Errorf("port %d is taken or not allowed (%w): choose another with --port-%s, or 0 for any", port, err, flag)
	}
	return b, nil
}

func (b *bound) take(at netip.AddrPort, forService bool) (err error) {
	if forService {
		if b.reserved, err = reserve(at); err == nil {
			b.at = b.reserved.at
		}
		return err
	}
	if b.ln, err = net.Listen("tcp", at.String()); err == nil {
		b.at = b.ln.Addr().(*net.TCPAddr).AddrPort()
	}
	return err
}

// release gives the port back, unless a piece has taken over the listener and closes it.
func (b *bound) release() {
	if b.ln != nil {
		b.ln.Close()
	}
	if b.reserved != nil {
		b.reserved.release()
	}
}

// addr is where this machine reaches the port.
func (b *bound) addr() string {
	at := b.at
	if at.Addr().IsUnspecified() {
		return netip.AddrPortFrom(loopbackLike(at.Addr()), at.Port()).String()
	}
	return at.String()
}

// urlAt is the port at a host of this machine.
func (b *bound) urlAt(host string) string {
	return "http://" + net.JoinHostPort(host, strconv.Itoa(int(b.at.Port())))
}

func (b *bound) url() string { return "http://" + b.addr() }

// localURL is the form that people type.
func (b *bound) localURL() string { return display.URL(b.url()) }

// loopbackLike is the address of this machine for itself, of the family of another.
func loopbackLike(address netip.Addr) netip.Addr {
	if address.Is4() || address.Is4In6() {
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	return netip.IPv6Loopback()
}

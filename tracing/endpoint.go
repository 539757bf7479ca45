package tracing

import (
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/openzipkin/zipkin-go/model"
)

// remoteEndpoint is who is at the other end of the span, or nil where nothing is
// known. Name and address are apart: a service must not be called by its address.
func (r *recording) remoteEndpoint() *model.Endpoint {
	if r.peerAt == nil && r.peerText != "" {
		r.peerAt = addressed(parseAddrPort(r.peerText))
	}
	if r.peerAt == nil {
		if r.peer == "" {
			return nil
		}
		return &model.Endpoint{ServiceName: r.peer}
	}
	r.peerAt.ServiceName = r.peer
	return r.peerAt
}

// addressed is an endpoint of an address, or nil of none, in one allocation.
func addressed(at netip.AddrPort) *model.Endpoint {
	if !at.IsValid() {
		return nil
	}
	e := &struct {
		model.Endpoint
		ip [16]byte
	}{Endpoint: model.Endpoint{Port: at.Port()}}
	if ip := at.Addr(); ip.Is4() {
		e.IPv4 = append(e.ip[:0], ip.AsSlice()...)
	} else {
		e.ip = ip.As16()
		e.IPv6 = e.ip[:]
	}
	return &e.Endpoint
}

// calledFrom notes the address that a request came from: of the connection, or what
// the farthest of the trusted proxies said that it was for it.
func (r *recording) calledFrom(req *http.Request, trustedProxies int) {
	if trustedProxies > 0 {
		r.peerAt = addressed(forwardedFor(req.Header["X-Forwarded-For"], trustedProxies))
	}
	r.peerText = req.RemoteAddr
}

// forwardedFor reads what each proxy adds to the end of a list: the address that
// it was called from. What stands before the entries of the trusted ones, the
// caller may have made up.
func forwardedFor(lines []string, trustedProxies int) netip.AddrPort {
	var entry string
	for _, line := range slices.Backward(lines) {
		for more := true; more && trustedProxies > 0; trustedProxies-- {
			comma := strings.LastIndexByte(line, ',')
			entry, more = strings.TrimSpace(line[comma+1:]), comma >= 0
			line = line[:max(comma, 0)]
		}
	}
	return parseAddrPort(entry)
}

// parseAddrPort reads an address with a port or without, with the brackets of an
// IPv6 address or without; what is none gives the zero value.
func parseAddrPort(s string) netip.AddrPort {
	if at, err := netip.ParseAddrPort(s); err == nil {
		return netip.AddrPortFrom(plain(at.Addr()), at.Port())
	}
	if at, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")); err == nil {
		return netip.AddrPortFrom(plain(at), 0)
	}
	return netip.AddrPort{}
}

// plain is an address as Zipkin has it: IPv4 as such, and without a zone, which
// means nothing elsewhere.
func plain(ip netip.Addr) netip.Addr { return ip.Unmap().WithZone("") }

// addressOf is the address in a URL that names no host.
func addressOf(u *url.URL) netip.AddrPort {
	host := u.Hostname()
	// No name ends in a digit or has a colon; parsing one would cost an error.
	if host == "" || !strings.Contains(host, ":") && (host[len(host)-1] < '0' || host[len(host)-1] > '9') {
		return netip.AddrPort{}
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return netip.AddrPort{}
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil {
		port = defaultPorts[u.Scheme]
	}
	return netip.AddrPortFrom(plain(ip), uint16(port))
}

// defaultPorts are those of URLs without one.
var defaultPorts = map[string]uint64{"http": 80, "https": 443}

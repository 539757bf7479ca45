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

// remoteEndpoint is who is at the other end of the span, as far as that is known. Name and
// address are apart: a service must not be called by its address, which is kept in ip.
func (r *recording) remoteEndpoint(ip *[16]byte) (e model.Endpoint) {
	e.ServiceName = r.peer
	at := r.peerAt
	if !at.IsValid() && r.peerText != "" {
		at = parseAddrPort(r.peerText)
	}
	if !at.IsValid() {
		return e
	}
	e.Port = at.Port()
	if addr := at.Addr(); addr.Is4() {
		four := addr.As4()
		copy(ip[:], four[:])
		e.IPv4 = ip[:len(four)]
	} else {
		*ip = addr.As16()
		e.IPv6 = ip[:]
	}
	return e
}

// calledFrom notes the address that a request came from: of the connection, or what
// the farthest of the trusted proxies said that it was for it.
func (r *recording) calledFrom(req *http.Request, trustedProxies int) {
	if trustedProxies > 0 {
		r.peerAt = forwardedFor(req.Header["X-Forwarded-For"], trustedProxies)
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

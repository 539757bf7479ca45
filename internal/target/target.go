// Package target decides what the fetcher may be asked to fetch, so that it
// cannot be used as a weapon: public web addresses, and the few others that the
// configuration names.
package target

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"syscall"

	"code.dny.dev/ssrf"

	"example.com/tracelab/redact"
)

// MaxURL is the longest URL that is taken, in bytes.
const MaxURL = 8 << 10

// Policy is a rule for URLs and, since a name's address is known only when it
// is dialled, for connections. The zero Policy allows public addresses alone.
type Policy struct {
	allow map[string]string // host:port, as it stands in a URL, and the name it goes by
	guard *ssrf.Guardian
}

// NewPolicy allows, in addition to public addresses, exactly the given targets: each
// HOST:PORT, or NAME=HOST:PORT to be called NAME in the service graph.
func NewPolicy(allowed []string) (*Policy, error) {
	p := &Policy{allow: map[string]string{}, guard: ssrf.New(ssrf.WithAnyPort())}
	for _, entry := range allowed {
		name, hostPort, named := strings.Cut(entry, "=")
		if !named {
			hostPort = entry
		}
		host, port, err := net.SplitHostPort(hostPort)
		if err != nil || host == "" || port == "" {
			return nil, fmt.Errorf("allowed target %q: want HOST:PORT or NAME=HOST:PORT", redact.Text(entry))
		}
		if !named {
			name = host
		}
		p.allow[strings.ToLower(hostPort)] = name
	}
	return p, nil
}

// Parse reads a URL that a user gave. Its errors are sentences for that user.
func (p *Policy) Parse(raw string) (*url.URL, error) {
	if len(raw) > MaxURL {
		return nil, fmt.Errorf("the URL is %d bytes long: at most %d are taken", len(raw), MaxURL)
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("%q is not a URL: want one like https://go.dev/", redact.Text(raw))
	}
	if err := p.Check(u); err != nil {
		return nil, err
	}
	// net/url and net/http let a space in a query pass, and the request line would
	// end there.
	u.RawQuery = strings.ReplaceAll(u.RawQuery, " ", "%20")
	return u, nil
}

// Check refuses what can be refused without a look-up: other schemes,
// user-info, and addresses that are not public. Names are judged when dialled. Where no host
// is found, user-info may be in the path.
func (p *Policy) Check(u *url.URL) error {
	switch u.Scheme {
	case "http", "https":
	case "":
		return fmt.Errorf("%q has no scheme: begin it with http:// or https://", redact.Text(u.String()))
	default:
		return fmt.Errorf("scheme %q is not fetched: only http and https are", u.Scheme)
	}
	if u.User != nil {
		return errors.New("a URL with a user name or password is not fetched: leave them out")
	}
	host := u.Hostname()
	if host == "" {
		return fmt.Errorf("%q names no host", redact.Text(u.String()))
	}
	if _, ok := p.allow[hostPort(u)]; ok {
		return nil
	}
	return p.checkHost(host)
}

func (p *Policy) checkHost(host string) error {
	if ip, err := netip.ParseAddr(host); err == nil {
		if p.guard.SafeAddr(ip.Unmap().WithZone("")) != nil {
			return fmt.Errorf("%s is not a public address: it is not fetched", host)
		}
		return nil
	}
	// Some resolvers read 127.1, 0x7f.1 or 2130706433 as 127.0.0.1.
	label := strings.TrimSuffix(host, ".")
	label = label[strings.LastIndexByte(label, '.')+1:]
	if label == "" || isNumber(label) {
		return fmt.Errorf("%q is neither a host name nor an address in its usual form", host)
	}
	if lower := strings.ToLower(strings.TrimSuffix(host, ".")); lower == "localhost" || strings.HasSuffix(lower, ".localhost") {
		return fmt.Errorf("%s is not a public address: it is not fetched", host)
	}
	return nil
}

// isNumber follows https://url.spec.whatwg.org/#ends-in-a-number-checker.
func isNumber(label string) bool {
	digits := "0123456789"
	if rest, ok := strings.CutPrefix(strings.ToLower(label), "0x"); ok {
		label, digits = rest, "0123456789abcdef"
	}
	return strings.Trim(strings.ToLower(label), digits) == ""
}

// Name is what the service graph calls the host of u.
func (p *Policy) Name(u *url.URL) string {
	if name, ok := p.allow[hostPort(u)]; ok {
		return name
	}
	return u.Hostname()
}

// Allows reports whether the configuration names addr, the host:port being dialled.
func (p *Policy) Allows(addr string) bool {
	_, ok := p.allow[strings.ToLower(addr)]
	return ok
}

// Control is a net.Dialer's: it sees each address just before the connection
// is made, after every redirect and whatever a name resolved to this time.
func (p *Policy) Control(network, address string, c syscall.RawConn) error {
	return p.guard.Safe(network, address, c)
}

// Refused reports whether err is Control's.
func Refused(err error) bool {
	return errors.Is(err, ssrf.ErrProhibitedIP) || errors.Is(err, ssrf.ErrProhibitedNetwork) ||
		errors.Is(err, ssrf.ErrProhibitedPort) || errors.Is(err, ssrf.ErrInvalidHostPort)
}

func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return strings.ToLower(net.JoinHostPort(u.Hostname(), port))
}

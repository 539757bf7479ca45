package display

import (
	"net/netip"
	"net/url"

	"example.com/tracelab/redact"
)

// URL writes the URL of a server as people type it, without what may be secret in it: one
// on this machine is at localhost, whichever of its addresses it listens on.
func URL(base string) string {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return Line(redact.Text(base))
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && (ip.IsLoopback() || ip.IsUnspecified()) {
		if port := u.Port(); port != "" {
			u.Host = "localhost:" + port
		} else {
			u.Host = "localhost"
		}
	}
	return redact.URL(u)
}

package reporter

import (
	"fmt"
	"math"
	"net/netip"
	"net/url"
	"strings"

	"example.com/tracelab/redact"
)

// collectorURL completes the base URL of a Zipkin server. A full path to its
// collector, as Zipkin's own clients are configured with, is taken as it is.
func collectorURL(base string) (*url.URL, error) {
	u, err := url.Parse(base)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, fmt.Errorf("Zipkin's URL %q: want one like http://localhost:9411", redact.Text(base))
	}
	if !strings.HasSuffix(u.Path, "/api/v2/spans") {
		u = u.JoinPath("api/v2/spans")
	}
	return u, nil
}

// gzipAbove is the default of Config.GzipAbove. To a collector on this machine
// bytes cost less than to compress them, which is a quarter of what a span costs.
func gzipAbove(collector *url.URL) int {
	ip, _ := netip.ParseAddr(collector.Hostname())
	if ip.IsLoopback() || collector.Hostname() == "localhost" {
		return math.MaxInt
	}
	return 128 << 10
}

package reporter

import (
	"fmt"
	"net/url"
	"strings"

	"example.com/tracelab/redact"
)

// collectorURL completes the base URL of a Zipkin server. A full path to its
// collector, as Zipkin's own clients are configured with, is taken as it is.
func collectorURL(base string) (string, error) {
	u, err := url.Parse(base)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return "", fmt.Errorf("Zipkin's URL %q: want one like http://localhost:9411", redact.Text(base))
	}
	if !strings.HasSuffix(u.Path, "/api/v2/spans") {
		u = u.JoinPath("api/v2/spans")
	}
	return u.String(), nil
}

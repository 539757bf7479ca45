package fetcher

import (
	"errors"
	"fmt"
	"net/http"

	"example.com/tracelab/internal/target"
	"example.com/tracelab/services/fetcher/internal/egress"
	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/propagation"
)

// errRedirect is the cause when a redirect is not followed.
var errRedirect = errors.New("redirect refused")

// newClient sends requests only to what the policy allows, wherever a redirect
// or a name leads. It has no cookies, no proxy (which would hide the target's
// address from the guard) and no credentials to give away.
func newClient(policy *target.Policy, c *Config) *http.Client {
	return &http.Client{
		Timeout: c.FetchTimeout,
		Transport: &tracing.Transport{
			Base:        egress.New(dialUnder(policy), newTransport),
			Peer:        func(r *http.Request) string { return policy.Name(r.URL) },
			Propagation: propagation.NoBaggage,
			Connections: true,
		},
		CheckRedirect: func(next *http.Request, via []*http.Request) error {
			if len(via) > c.MaxRedirects {
				return fmt.Errorf("%w: more than %d of them", errRedirect, c.MaxRedirects)
			}
			if err := policy.Check(next.URL); err != nil {
				return fmt.Errorf("%w: %w", errRedirect, err)
			}
			next.Header.Del("Referer") // net/http adds it, with the query of the page before
			return nil
		},
	}
}

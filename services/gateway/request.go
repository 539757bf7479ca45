package gateway

import (
	"net/http"
	"net/url"
	"strconv"

	"example.com/tracelab/internal/httpapi"
)

const (
	maxRounds = 100
	maxURLs   = 50
	maxVisits = 500 // rounds × URLs
)

// request is what a visit's query asks for.
type request struct {
	urls   []string // as they were given; each passed the policy
	rounds int
	serial bool
}

// parse checks all of a request before any of it is done.
func (g *gateway) parse(r *http.Request) (*request, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, httpapi.InvalidField("query", "the query cannot be read: %v", err)
	}
	req := &request{rounds: 1, urls: query["url"]}
	if len(req.urls) == 0 {
		req.urls = []string{g.cfg.ThirdPartyURL}
	}
	if len(req.urls) > maxURLs {
		return nil, httpapi.InvalidField("url", "%d URLs: at most %d are visited by one request", len(req.urls), maxURLs)
	}
	for _, u := range req.urls {
		if _, err := g.policy.Parse(u); err != nil {
			return nil, httpapi.InvalidField("url", "%v", err)
		}
	}
	if query.Has("rounds") {
		n, err := strconv.Atoi(query.Get("rounds"))
		if err != nil || n < 1 || n > maxRounds {
			return nil, httpapi.InvalidField("rounds", "rounds=%.40s: want a whole number from 1 to %d", query.Get("rounds"), maxRounds)
		}
		req.rounds = n
	}
	if n := req.rounds * len(req.urls); n > maxVisits {
		return nil, httpapi.InvalidField("rounds", "%d rounds of %d URLs: at most %d visits are made by one request", req.rounds, len(req.urls), maxVisits)
	}
	switch mode := query.Get("mode"); {
	case mode == "serial":
		req.serial = true
	case mode != "parallel" && query.Has("mode"):
		return nil, httpapi.InvalidField("mode", "mode=%.40s: want parallel or serial", mode)
	}
	return req, nil
}

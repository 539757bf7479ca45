// Package loadgen sends requests at a constant rate and says honestly how they
// were answered. A request is due at its time, whether those before it were
// answered or not, and its latency counts from then: neither a server that
// stalls nor a sender that falls behind can hide what people would have waited.
//
// Two variants of a request may alternate, in blocks: what else the machine
// does then meets both alike, and they can be compared.
package loadgen

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"example.com/tracelab/redact"
)

// Bounds of a Config.
const (
	MaxRate        = 10_000
	MaxCount       = 10_000_000
	MaxConcurrency = 10_000
	MaxDuration    = 7 * 24 * time.Hour
)

// AnswerWithin is the time that a request has to be answered in whole: a little
// more than the gateway takes at most.
const AnswerWithin = time.Minute

// ErrUnreachable is the error of a Run that sent nothing, because nothing
// listens where its requests go.
var ErrUnreachable = errors.New("nothing is there")

// Config says what is sent, how often and how long. All fields but Debug and
// Progress must be set; Block only for two variants.
type Config struct {
	Variants    []Variant // one, or two that alternate
	Block       int       // requests of one before the other follows
	Rate        float64   // requests a second
	Count       int       // requests in all
	Concurrency int       // requests under way at once; when as many are, others are sent late
	Debug       int       // requests of each variant that are flagged debug, spread evenly
	// Progress, if set, is called ten times a second while Run runs.
	Progress func(Progress)

	dial dialer // of tests; nil: the network
}

// Variant is one request, sent again and again.
type Variant struct {
	// Name, if set, is a member "variant" of the baggage of its requests, beside
	// what members they have, so that their traces can be distinguished.
	Name string
	// About says for people what it is.
	About string
	// Request has no body. It is read and never changed.
	Request *http.Request
}

// Progress is how far a Run is.
type Progress struct {
	Ended    int // requests that were answered, or failed
	Failed   int // those of them that failed
	UnderWay int
}

// Run sends until all requests were sent and have ended, or until ctx ends: then
// all that is under way is cut off at once, and the result says how much that
// was. Requests that fail are no error of Run. An error wraps ErrUnreachable, or
// that of a ctx that ended before the first request, or is that of Check.
//
// Redirects are answers like others: they are not followed. A proxy that the
// environment names is not used, since it would be what is measured.
func Run(ctx context.Context, cfg Config) (*Result, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	s := newSender(ctx, cfg)
	defer s.base.CloseIdleConnections()
	if err := s.reach(); err != nil {
		return nil, err
	}
	attacker := vegeta.NewAttacker(
		vegeta.Client(&http.Client{Transport: s, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}),
		vegeta.MaxWorkers(uint64(cfg.Concurrency)),
		vegeta.MaxBody(maxRead))
	defer context.AfterFunc(ctx, func() { attacker.Stop() })()
	p := pace{ctx: ctx, began: time.Now(), rate: cfg.Rate, count: uint64(cfg.Count),
		precise: precise() && cfg.dial == nil} // the clock of a test stands still while somebody looks at it
	t := newTotals(cfg, p)
	t.collect(attacker.Attack(s.target, &p, 0, ""), s, cfg.Progress)
	return t.result(s), nil
}

// Check returns an error that says what is wrong with c, or nil.
func (c Config) Check() error {
	switch {
	case len(c.Variants) != 1 && len(c.Variants) != 2:
		return fmt.Errorf("%d variants: want one or two", len(c.Variants))
	case len(c.Variants) == 2 && c.Block < 1:
		return fmt.Errorf("blocks of %d: want 1 or more", c.Block)
	case !(c.Rate > 0 && c.Rate <= MaxRate):
		return fmt.Errorf("%v requests a second: want more than 0, and at most %d", c.Rate, MaxRate)
	case c.Count < 1 || c.Count > MaxCount:
		return fmt.Errorf("%d requests: want 1 to %d", c.Count, MaxCount)
	case float64(c.Count)/c.Rate > MaxDuration.Seconds():
		return fmt.Errorf("%d requests, %v a second: want less than %s of it", c.Count, c.Rate, MaxDuration)
	case c.Concurrency < 1 || c.Concurrency > MaxConcurrency:
		return fmt.Errorf("%d requests under way at once: want 1 to %d", c.Concurrency, MaxConcurrency)
	case c.Debug < 0 || c.Debug > MaxDebug:
		return fmt.Errorf("%d requests of each variant to be explained: want 0 to %d", c.Debug, MaxDebug)
	}
	for _, v := range c.Variants {
		if err := v.check(); err != nil {
			return err
		}
	}
	return nil
}

func (v Variant) check() error {
	if u := v.Request.URL; u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return fmt.Errorf("URL %q: want one like http://localhost:8080/visit", redact.URL(u))
	}
	if v.Name != "" && hasMember(baggage(v.Request.Header), member) {
		return fmt.Errorf("the header baggage has a member %q already: with two variants it distinguishes them", member)
	}
	return nil
}

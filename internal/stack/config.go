package stack

import (
	"context"
	"fmt"
	"io"
	"time"

	"example.com/tracelab/internal/logging"
	"example.com/tracelab/internal/zipkinapi"
	"example.com/tracelab/tracing"
)

// Config chooses the pieces.
type Config struct {
	Ports         Ports `embed:"" prefix:"port-"`
	Room          `embed:""`
	Redis         []string      `help:"A real Redis: one address, or several of a Cluster. Default: an embedded one." placeholder:"HOST:PORT"`
	Zipkin        string        `help:"A real Zipkin to report to and to read from. Default: the embedded store." placeholder:"URL"`
	Keep          string        `help:"File to load the traces of the embedded store from at the start, and to save them to from time to time and at the end; gzipped if its name ends in .gz." placeholder:"FILE" type:"path"`
	KeepEvery     time.Duration `help:"How often to save to it: so much is lost at most when the process is killed. 0: at the end only." default:"2m" placeholder:"DURATION"`
	Sampler       string        `help:"Traces to record: always, never, a fraction such as 0.1, a rate such as 5/s; by route: GET /visit=0.1; always." default:"always"`
	logging.Level `embed:"" set:"log_level=warn"`
	// Logf takes what happens to the pieces, a line each.
	Logf func(format string, args ...any) `kong:"-"`
	// Log takes what the services log. Nil: standard error.
	Log io.Writer `kong:"-"`
	// Hurry, if set, ends where the end of Run's context has to be followed at once: Run
	// then saves traces, and waits for nothing else.
	Hurry context.Context `kong:"-"`
	// SaveWithin bounds how long saving may take at the end; zero: ten seconds.
	SaveWithin time.Duration `kong:"-"`
}

// Validate rejects invalid values. The parser of flags calls it, too.
func (c Config) Validate() error {
	if c.Zipkin != "" {
		if _, err := zipkinapi.NewClient(c.Zipkin, nil); err != nil {
			return fmt.Errorf("--zipkin: %w", err)
		}
	}
	if c.KeepEvery < 0 {
		return fmt.Errorf("--keep-every %s: want a duration such as 5m, or 0 for the end only", c.KeepEvery)
	}
	if err := c.Room.validate(); err != nil {
		return err
	}
	_, err := tracing.ParseSampler(c.Sampler)
	return err
}

// Addresses are where the pieces are.
type Addresses struct {
	Gateway, UI, ThirdParty string // URLs
	Zipkin                  string // URL of the real one, if there is, as it was given
	Redis                   []string
	EmbeddedRedis           bool
	Shared                  []Entry       // for other machines
	Token                   string        // the secret that other machines need, unless it was given
	Took                    time.Duration // from the call of Run to ready
}

// Entry is what people open.
type Entry struct{ Gateway, UI string } // URLs

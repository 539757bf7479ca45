package service

import (
	"fmt"
	"io"
	"time"

	"example.com/tracelab/internal/flight"
	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/logging"
	"example.com/tracelab/tracing"
)

// Config is the settings of every service, by flags or by the environment
// variable that --help shows beside each. It is embedded in the configuration
// of each service, whose defaults for the addresses it takes from kong's
// variables addr and debug_addr.
type Config struct {
	Addr           string        `help:"Address to serve on." default:"${addr}" group:"Service"`
	DebugAddr      string        `help:"Address of /debug/pprof/; keep it on loopback. Empty: none." default:"${debug_addr}" group:"Service"`
	AllowHosts     hosts.Names   `help:"Names that the debug port answers to, beside localhost and IP addresses; .example.com: all below it." placeholder:"NAME" group:"Service"`
	ZipkinURL      string        `name:"zipkin-url" help:"Zipkin that spans are reported to. Empty: nowhere." default:"http://127.0.0.1:9411" group:"Service"`
	TrustedProxies int           `help:"Proxies before the service that add to X-Forwarded-For, which spans then have the address of the caller from." default:"0" group:"Service"`
	Sampler        string        `help:"Traces to record: always, never, a fraction such as 0.1, a rate such as 5/s; by route: GET /visit=0.1; always." default:"always" group:"Service"`
	ServerURL      string        `name:"server-url" help:"tracelab server to connect to. Empty: none." placeholder:"URL" group:"Service"`
	Token          string        `help:"Secret that the server requires. Set it by the variable." placeholder:"SECRET" group:"Service"`
	Flight         bool          `help:"Record the execution of the last ten seconds, for slow requests and for snapshots on request." default:"true" negatable:"" group:"Service"`
	Slow           string        `help:"Requests whose execution goes to the server: slower than p99, a duration such as 100ms, or never; by route: GET /visit=50ms; p99." default:"p99" group:"Service"`
	AllowFaults    bool          `help:"Let requests have faults, by the header Fault." group:"Service"`
	StopWithin     time.Duration `help:"Time to finish requests and report spans before it stops." default:"8s" group:"Service"`

	logging.Config          `embed:"" group:"Service"`
	httpapi.HealthcheckFlag `embed:"" group:"Service"`
	// Log takes the log. Nil: standard error.
	Log io.Writer `kong:"-"`
}

// Validate rejects invalid values. The parser of flags calls it.
func (c Config) Validate() error {
	if _, err := tracing.ParseSampler(c.Sampler); err != nil {
		return err
	}
	if c.TrustedProxies < 0 {
		return fmt.Errorf("--trusted-proxies %d: want how many proxies add to X-Forwarded-For, or 0", c.TrustedProxies)
	}
	if _, err := flight.ParseSlow(c.Slow); err != nil {
		return fmt.Errorf("--slow: %w", err)
	}
	return nil
}

// wrongConfig is a configuration that a service cannot be built from: package
// cli takes it for wrong use.
type wrongConfig struct{ error }

// WrongUse marks it.
func (wrongConfig) WrongUse() {}

// Unwrap returns what is wrong.
func (w wrongConfig) Unwrap() error { return w.error }

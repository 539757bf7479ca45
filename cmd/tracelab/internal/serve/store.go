package serve

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"os"
	"strconv"
	"time"

	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/logging"
	"example.com/tracelab/internal/server"
	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/zipkinapi"
)

// Store stands where a Zipkin server stood, so it takes Zipkin's own
// variables too.
type Store struct {
	Addr                    string      `help:"Address of Zipkin's API and of the UI. Zipkin's QUERY_PORT chooses its port." default:"127.0.0.1:${query_port}"`
	MaxSpans                int         `help:"Spans to keep; the memory for them is bounded in proportion, 128 MiB at least." default:"500000" env:"TRACELAB_MAX_SPANS,MEM_MAX_SPANS" placeholder:"N"`
	AutocompleteKeys        []string    `help:"Tags whose values can be listed." env:"TRACELAB_AUTOCOMPLETE_KEYS,AUTOCOMPLETE_KEYS" placeholder:"KEY"`
	StrictTraceID           bool        `name:"strict-trace-id" help:"All 128 bits of a trace id count; =false: the low 64 do." default:"true" env:"TRACELAB_STRICT_TRACE_ID,STRICT_TRACE_ID"`
	SearchEnabled           bool        `help:"Traces can be searched for; =false: only fetched by id." default:"true" env:"TRACELAB_SEARCH_ENABLED,SEARCH_ENABLED"`
	QueryEnabled            bool        `help:"Traces can be read; =false: only stored." default:"true" env:"TRACELAB_QUERY_ENABLED,QUERY_ENABLED"`
	CollectorHTTPEnabled    bool        `name:"collector-http-enabled" help:"Spans can be posted; =false: the store stays empty." default:"true" env:"TRACELAB_COLLECTOR_HTTP_ENABLED,COLLECTOR_HTTP_ENABLED"`
	QueryLookback           lookback    `help:"How far back a search looks that does not say: 24h, or a number of ms." default:"24h" env:"TRACELAB_QUERY_LOOKBACK,QUERY_LOOKBACK" placeholder:"DURATION"`
	AllowedOrigins          []string    `help:"Origins whose scripts may use the API." default:"*" env:"TRACELAB_ALLOWED_ORIGINS,ZIPKIN_QUERY_ALLOWEDORIGINS,ZIPKIN_QUERY_ALLOWED_ORIGINS" placeholder:"ORIGIN"`
	AllowHosts              hosts.Names `help:"Names that the UI answers to, beside localhost and IP addresses; .example.com: all below it." placeholder:"NAME"`
	logging.Config          `embed:""`
	httpapi.HealthcheckFlag `embed:""`
}

// Help is shown by tracelab store --help.
func (c *Store) Help() string {
	return `It speaks Zipkin's API and serves the UI, for programs that report to a Zipkin of their own. What it holds ends with it: see 'tracelab save'.

Examples:
  tracelab store                # on 127.0.0.1:9411, where reporters look for Zipkin
  tracelab store --addr 127.0.0.1:19411 --max-spans 1000000
  QUERY_PORT=19411 MEM_MAX_SPANS=80000 tracelab store
  tracelab store --autocomplete-keys env,region`
}

// Run serves until ctx ends.
func (c *Store) Run(ctx context.Context, streams cli.Streams) error {
	if c.Healthcheck {
		return httpapi.Healthcheck(ctx, c.Addr)
	}
	if err := setLogger(streams.Err, c.Config); err != nil {
		return err
	}
	if c.MaxSpans <= 0 {
		return cli.Status{Code: cli.Usage, Err: fmt.Errorf("--max-spans %d: want at least 1", c.MaxSpans)}
	}
	srv, err := server.New(c.server())
	if err != nil {
		return cli.Status{Code: cli.Usage, Err: err}
	}
	ln, err := listen("addr", c.Addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	for _, name := range ignoredZipkinVariables() {
		slog.Warn("a variable of Zipkin's that has no effect here", "variable", name)
	}
	slog.Info("serving", "addr", ln.Addr().String(), "max_spans", c.MaxSpans)
	return srv.Serve(ctx, ln, nil)
}

func (c *Store) server() server.Config {
	return server.Config{
		Store: store.New(store.Config{
			MaxSpans:         c.MaxSpans,
			LenientTraceIDs:  !c.StrictTraceID,
			AutocompleteKeys: c.AutocompleteKeys,
		}),
		API: zipkinapi.Options{
			Lookback:          time.Duration(c.QueryLookback),
			AllowedOrigins:    c.AllowedOrigins,
			SearchDisabled:    !c.SearchEnabled,
			QueryDisabled:     !c.QueryEnabled,
			CollectorDisabled: !c.CollectorHTTPEnabled,
		},
		AllowHosts: c.AllowHosts,
	}
}

// lookback is a duration that may also be written as Zipkin does, in ms.
type lookback time.Duration

// UnmarshalText reads "24h" and "86400000".
func (l *lookback) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	if ms, notMS := strconv.ParseInt(string(text), 10, 64); notMS == nil {
		// More than a duration can hold is as far back as there is anything.
		d, err = time.Duration(min(ms, math.MaxInt64/int64(time.Millisecond)))*time.Millisecond, nil
	}
	if err != nil || d <= 0 {
		return fmt.Errorf("%q: want a duration above zero, such as 24h, or a number of ms", text)
	}
	*l = lookback(d)
	return nil
}

// QueryPort is the port that Zipkin's own variable QUERY_PORT sets, or Zipkin's
// default: the variable query_port of the flags of Store.
func QueryPort() string {
	if port := os.Getenv("QUERY_PORT"); port != "" {
		return port
	}
	return "9411"
}

// ignoredZipkinVariables lists what is set for a Zipkin and would have changed
// what it does.
func ignoredZipkinVariables() (set []string) {
	harmless := map[string]string{"STORAGE_TYPE": "mem", "UI_ENABLED": "true", "COLLECTOR_SAMPLE_RATE": "1.0"}
	for _, name := range []string{
		"STORAGE_TYPE", "COLLECTOR_SAMPLE_RATE", "UI_ENABLED", "UI_BASEPATH", "QUERY_TIMEOUT",
		"COLLECTOR_KAFKA_ENABLED", "KAFKA_BOOTSTRAP_SERVERS", "RABBIT_ADDRESSES", "RABBIT_URI", "ACTIVEMQ_URL",
		"SELF_TRACING_ENABLED", "AUTOCOMPLETE_TTL", "AUTOCOMPLETE_CARDINALITY",
	} {
		if value := os.Getenv(name); value != "" && value != harmless[name] {
			set = append(set, name)
		}
	}
	return set
}

// Package logging is the log of a program: its flags, and a logger that names the
// span of each line.
package logging

import (
	"context"
	"io"
	"log/slog"

	"go.opencensus.io/trace"
)

// Level is the flag of the level. Its default is the variable log_level of who embeds
// it, and info without one.
type Level struct {
	LogLevel string `help:"Log from this level on: debug, info, warn or error." enum:"debug,info,warn,error" default:"${log_level=info}"`
}

// Config is the flags of a program's log.
type Config struct {
	Level     `embed:""`
	LogFormat string `help:"Format of the log: text or json." enum:"text,json" default:"text"`
}

// New returns a logger that writes to w, each line with the program's name and the
// ids of the span it was written under.
func (c Config) New(w io.Writer, name string) (*slog.Logger, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return nil, err
	}
	opts := &slog.HandlerOptions{Level: l}
	var h slog.Handler = slog.NewTextHandler(w, opts)
	if c.LogFormat == "json" {
		h = slog.NewJSONHandler(w, opts)
	}
	return slog.New(withSpan{h}).With("service", name), nil
}

// withSpan adds trace_id and span_id to what is logged with a span's context:
// OpenTelemetry's names for them in logs that are not OTLP.
type withSpan struct{ slog.Handler }

func (h withSpan) Handle(ctx context.Context, r slog.Record) error {
	if span := trace.FromContext(ctx); span != nil {
		sc := span.SpanContext()
		r.AddAttrs(slog.String("trace_id", sc.TraceID.String()), slog.String("span_id", sc.SpanID.String()))
	}
	return h.Handler.Handle(ctx, r)
}

func (h withSpan) WithAttrs(attrs []slog.Attr) slog.Handler {
	return withSpan{h.Handler.WithAttrs(attrs)}
}

func (h withSpan) WithGroup(name string) slog.Handler { return withSpan{h.Handler.WithGroup(name)} }

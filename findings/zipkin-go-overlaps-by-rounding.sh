#!/usr/bin/env bash
# zipkin-go v0.4.3, and OpenTelemetry's Zipkin exporter for Go v1.47.0, which writes with
# it: of spans that follow one another without a gap, one in eight overlaps the next.
#
# A span's start and its duration are rounded to microseconds each by itself, so that
# its end, which is their sum, may be a microsecond later than the start of the next,
# or than the end of its own parent. Who takes two spans for one after the other only
# if the first has ended when the second starts, as the critical path of Jaeger's page
# does, takes these for spans side by side.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.bash"

module github.com/openzipkin/zipkin-go@v0.4.3 go.opentelemetry.io/otel/exporters/zipkin@v1.47.0 go.opentelemetry.io/otel/sdk@v1.47.0
program <<'GO'
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sort"
	"time"

	"go.opentelemetry.io/otel/exporters/zipkin"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// span is what arrives, in microseconds.
type span struct {
	ParentID            string
	Timestamp, Duration int64
}

func (s span) end() int64 { return s.Timestamp + s.Duration }

func main() {
	var arrived []span
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var spans []span
		if err := json.Unmarshal(body, &spans); err != nil {
			panic(err)
		}
		arrived = append(arrived, spans...)
		w.WriteHeader(http.StatusAccepted)
	}))
	defer collector.Close()
	exporter, err := zipkin.New(collector.URL)
	if err != nil {
		panic(err)
	}
	provider := sdk.NewTracerProvider(sdk.WithSyncer(exporter))
	tracer := provider.Tracer("finding")

	// 4,000 calls of 1.003 to 5.003 µs, each from the nanosecond in which the one
	// before it has ended.
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	ctx, parent := tracer.Start(context.Background(), "request", trace.WithTimestamp(at))
	for i := range 4000 {
		_, call := tracer.Start(ctx, "call", trace.WithTimestamp(at))
		at = at.Add(time.Duration(1003 + i*7919%4001))
		call.End(trace.WithTimestamp(at))
	}
	parent.End(trace.WithTimestamp(at))

	var calls []span
	for _, s := range arrived {
		if s.ParentID != "" {
			calls = append(calls, s)
		}
	}
	sort.Slice(calls, func(i, j int) bool { return calls[i].Timestamp < calls[j].Timestamp })
	overlaps, gaps := 0, 0
	for i := range calls[1:] {
		switch d := calls[i+1].Timestamp - calls[i].end(); {
		case d < 0:
			overlaps++
		case d > 0:
			gaps++
		}
	}
	fmt.Println(len(calls), overlaps, gaps)
}
GO
read -r calls overlaps gaps < <(./finding)
echo "of $calls calls one after the other $overlaps overlap the next by 1 µs, and $gaps leave a gap"
verdict "a tenth at least overlaps" [ "$calls" = 4000 -a "$overlaps" -gt 400 ]

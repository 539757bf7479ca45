#!/usr/bin/env bash
# OpenTelemetry for Go (go.opentelemetry.io/contrib/propagators/b3 v1.47.0 and the SDK's
# default sampler): a B3 header that says no is recorded, and one that leaves the
# decision to the service is not.
#
# "b3: 0" is a whole header of B3: a proxy sends it with health checks. There are no
# ids in it, and the decision is dropped with the parent that it lacks. Ids without
# a decision come from a proxy that numbers requests and records none; the parent
# that they become is one without the sampled flag, which is a no to the sampler.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.bash"

module go.opentelemetry.io/contrib/propagators/b3@v1.47.0 go.opentelemetry.io/otel/sdk@v1.47.0 \
  go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp@v0.72.0
program <<'GO'
package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/contrib/propagators/b3"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// recorded is whether a service records a request with such a header.
func recorded(header string) (text string) {
	service := otelhttp.NewHandler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		text = "no"
		if trace.SpanContextFromContext(r.Context()).IsSampled() {
			text = "yes"
		}
	}), "service", otelhttp.WithTracerProvider(sdk.NewTracerProvider()), otelhttp.WithPropagators(b3.New()))
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("b3", header)
	service.ServeHTTP(httptest.NewRecorder(), r)
	return text
}

func main() {
	const ids = "463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312"
	fmt.Println(recorded(ids+"-1"), recorded(ids+"-0"), recorded("0"), recorded(ids))
}
GO
read -r accept deny denyAlone open < <(./finding)
echo "recorded: $accept with ids and 1, $deny with ids and 0, $denyAlone with 0 alone, $open with ids alone"
verdict "yes and no with both; yes for the no alone, no for ids alone" \
  [ "$accept $deny $denyAlone $open" = "yes no yes no" ]

#!/usr/bin/env bash
# OpenTelemetry for Go (go.opentelemetry.io/otel v1.47.0, otelhttp v0.72.0): of a
# tracestate in several lines the first is passed on, and of one with a member that
# is a space, nothing.
#
# By W3C Trace Context level 1, section 3.3.1.1, lines must be combined, and members may
# be blank. A proxy may add its own entry as a line of its own. What others wrote
# in later lines, such as the threshold of a sampler, is then gone at the next call.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.bash"

module go.opentelemetry.io/otel@v1.47.0 go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp@v0.72.0
program <<'GO'
package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
)

// passedOn is the tracestate that a service sends after it has received some lines.
func passedOn(lines ...string) (sent []string) {
	next := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { sent = r.Header["Tracestate"] }))
	defer next.Close()
	service := otelhttp.NewHandler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		call, _ := http.NewRequestWithContext(r.Context(), "GET", next.URL, nil)
		if resp, err := otelhttp.NewTransport(nil).RoundTrip(call); err == nil {
			resp.Body.Close()
		}
	}), "service")
	r := httptest.NewRequest("GET", "/", nil)
	r.Header["Traceparent"] = []string{"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}
	r.Header["Tracestate"] = lines
	service.ServeHTTP(httptest.NewRecorder(), r)
	return sent
}

func main() {
	otel.SetTextMapPropagator(propagation.TraceContext{})
	fmt.Println(passedOn("a=1,b=2"))
	fmt.Println(passedOn("a=1", "b=2"))
	fmt.Println(passedOn("a=1, ,b=2"))
}
GO
{ read -r one && read -r two && read -r blank; } < <(./finding)
echo "a=1,b=2 is passed on as $one, in two lines as $two, with a blank between them as $blank"
verdict "as it is, as its first half, as nothing" [ "$one $two $blank" = "[a=1,b=2] [a=1] []" ]

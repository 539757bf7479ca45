#!/usr/bin/env bash
# OpenCensus for Go (go.opencensus.io v0.24.0, its last): ProbabilitySampler(0.01)
# records every request of a caller whose trace ids have 64 bits.
#
# The sampler compares the first eight bytes of the id. An id of 16 hex digits,
# which b3 allows and Brave and zipkin-js make by default, is put into the last
# eight; the first are zero, which is below any bound but that of 0. A service
# that samples one in a hundred so records all that such a caller sends.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.bash"

module go.opencensus.io@v0.24.0
program <<'GO'
package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"

	"go.opencensus.io/plugin/ochttp"
	"go.opencensus.io/trace"
)

const requests = 10000

// sampled is how many of the requests with such trace ids are recorded.
func sampled(id func() string) (n int) {
	service := &ochttp.Handler{
		StartOptions: trace.StartOptions{Sampler: trace.ProbabilitySampler(0.01)},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if trace.FromContext(r.Context()).SpanContext().IsSampled() {
				n++
			}
		}),
	}
	for range requests {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("X-B3-TraceId", id())
		r.Header.Set("X-B3-SpanId", "00f067aa0ba902b7")
		service.ServeHTTP(httptest.NewRecorder(), r)
	}
	return n
}

func main() {
	fmt.Println(sampled(func() string { return fmt.Sprintf("%016x%016x", rand.Uint64(), rand.Uint64()) }))
	fmt.Println(sampled(func() string { return fmt.Sprintf("%016x", rand.Uint64()) }))
}
GO
{ read -r long && read -r short; } < <(./finding)
echo "of 10000 requests with ids of 32 digits $long were sampled at 0.01, with ids of 16 digits $short"
verdict "a hundredth of the one, all of the other" [ "$long" -lt 300 -a "$short" -eq 10000 ]

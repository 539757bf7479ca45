#!/usr/bin/env bash
# OpenCensus for Go (go.opencensus.io v0.24.0): a tracestate with one key whose
# tenant begins with a digit is lost, with the entries of everybody else.
#
# The grammar (W3C Trace Context level 1, section 3.3.1.3.1) lets a tenant begin with
# a digit, and one that is a number always does: New Relic's key is the number of
# an account, @nr. What a sampler or another vendor upstream wrote beside it is
# gone at the next call, and nothing says so.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.bash"

module go.opencensus.io@v0.24.0
program <<'GO'
package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"go.opencensus.io/plugin/ochttp"
	"go.opencensus.io/plugin/ochttp/propagation/tracecontext"
)

// passedOn is the tracestate that a service sends after it has received one.
func passedOn(state string) (sent string) {
	format := &tracecontext.HTTPFormat{}
	next := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { sent = r.Header.Get("tracestate") }))
	defer next.Close()
	service := &ochttp.Handler{Propagation: format, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		call, _ := http.NewRequestWithContext(r.Context(), "GET", next.URL, nil)
		if resp, err := (&ochttp.Transport{Propagation: format}).RoundTrip(call); err == nil {
			resp.Body.Close()
		}
	})}
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
	r.Header.Set("tracestate", state)
	service.ServeHTTP(httptest.NewRecorder(), r)
	return sent
}

func main() {
	fmt.Println(passedOn("ot=th:8,t33@nr=x"))
	fmt.Println(passedOn("ot=th:8,33@nr=x"))
}
GO
{ read -r letter && read -r digit; } < <(./finding)
echo "of ot=th:8,t33@nr=x it passes on '$letter', of ot=th:8,33@nr=x '$digit'"
verdict "all of the one, nothing of the other" [ "$letter" = "ot=th:8,t33@nr=x" -a -z "$digit" ]

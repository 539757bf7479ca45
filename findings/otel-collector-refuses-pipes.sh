#!/usr/bin/env bash
# OpenTelemetry Collector (opentelemetry-collector-contrib/pkg/translator/zipkin v0.165.1):
# one annotation of Zipkin with two vertical bars makes it refuse the whole report,
# and one bar cuts its text.
#
# An annotation is free text, and a command or a pattern has bars. The translator
# takes them for those that the collector's own exporter puts around the attributes
# of an event. The Zipkin receiver, which calls it, answers 400, and reporters drop
# what is answered so: one annotation takes every span of its batch along.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.bash"

module github.com/open-telemetry/opentelemetry-collector-contrib/pkg/translator/zipkin@v0.165.1
program <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"log"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/translator/zipkin/zipkinv2"
	"github.com/openzipkin/zipkin-go/model"
)

// read is the name of the event that an annotation becomes, or the error.
func read(annotation string) string {
	report := fmt.Sprintf(`[{"traceId":"00f067aa0ba902b7","id":"00f067aa0ba902b7","timestamp":1,"annotations":[{"timestamp":1,"value":%q}]}]`, annotation)
	var spans []*model.SpanModel
	if err := json.Unmarshal([]byte(report), &spans); err != nil {
		log.Fatal(err)
	}
	traces, err := zipkinv2.ToTranslator{}.ToTraces(spans)
	if err != nil {
		return "refused: " + err.Error()
	}
	return traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Events().At(0).Name()
}

func main() {
	for _, annotation := range []string{"sort log", "sort log|uniq", "sort log|uniq|wc"} {
		fmt.Println(read(annotation))
	}
}
GO
{ read -r none && read -r one && read -r two; } < <(./finding)
echo "'sort log' is read as '$none', 'sort log|uniq' as '$one', 'sort log|uniq|wc' as '$two'"
verdict "as it is, as what is before the bar, as an error" [ "$none" = "sort log" -a "$one" = "sort log" -a "${two%%:*}" = refused ]

package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"

	ocexporter "contrib.go.opencensus.io/exporter/zipkin"
	"github.com/openzipkin/zipkin-go"
	reporter "github.com/openzipkin/zipkin-go/reporter/http"
	"go.opencensus.io/trace"
)

// tracingServer has all spans of the process recorded and reported to the URL
// of a Zipkin. Flush, to be called once after the last span has ended, delivers
// those that wait, and returns an error when Zipkin did not take them.
func tracingServer(to string, stderr io.Writer) (flush func() error, err error) {
	if u, err := url.Parse(to); err != nil || u.Host == "" {
		return nil, fmt.Errorf("%q is no URL that takes spans; choose another with -zipkin, such as http://localhost:9411/api/v2/spans", to)
	}
	// A name and no address: this program serves nothing.
	endpoint, err := zipkin.NewEndpoint("oc-zipkin", "")
	if err != nil {
		return nil, fmt.Errorf("the name of the service: %w", err)
	}
	spans := reporter.NewReporter(to, reporter.Client(strict{}), reporter.Logger(log.New(stderr, "zipkin: ", 0)))
	exporter := ocexporter.NewExporter(spans, endpoint)
	trace.RegisterExporter(exporter)
	trace.ApplyConfig(trace.Config{DefaultSampler: trace.AlwaysSample()}) // could be a smaller share
	return func() error {
		trace.UnregisterExporter(exporter) // a span that ends after Close would hang
		if err := spans.Close(); err != nil {
			return fmt.Errorf("spans are lost: %w; start a Zipkin or choose one with -zipkin", err)
		}
		return nil
	}, nil
}

// strict makes an error of an answer that says no: the reporter would drop the
// spans and call it a success.
type strict struct{}

func (strict) Do(req *http.Request) (*http.Response, error) {
	res, err := http.DefaultClient.Do(req)
	if err != nil || res.StatusCode/100 == 2 {
		return res, err
	}
	res.Body.Close()
	return nil, fmt.Errorf("%s answered %s", req.URL, res.Status)
}

package zipkinapi_test

import (
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

func TestParseSearch(t *testing.T) {
	now := time.UnixMilli(1_795_000_000_000)
	for text, want := range map[string]zipkin.Query{
		"":                             {EndTs: now, Lookback: 24 * time.Hour},
		"?serviceName=Gateway&limit=7": {ServiceName: "gateway", EndTs: now, Lookback: 24 * time.Hour, Limit: 7},
		"serviceName=a&spanName=get&remoteServiceName=b&annotationQuery=error%20and%20x=y;z&minDuration=5&maxDuration=9&endTs=1000&lookback=20": {ServiceName: "a", SpanName: "get",
			RemoteServiceName: "b", AnnotationQuery: "error and x=y;z", MinDuration: 5 * time.Microsecond, MaxDuration: 9 * time.Microsecond, EndTs: time.UnixMilli(1000), Lookback: 20 * time.Millisecond},
	} {
		if got, err := zipkinapi.ParseSearch(text, now); err != nil || got != want {
			t.Errorf("%s: %+v, %v, want %+v", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"servicename=a":                   `the query "servicename=a": there is no parameter "servicename": is serviceName meant?`,
		"q=x":                             `there is no parameter "q": want some of annotationQuery, `,
		"lookback=15m":                    "lookback=15m: want a number of ms, above 0",
		"limit=0":                         "limit=0: want a number of traces, above 0",
		"limit=99999999999":               "99999999999",
		"maxDuration=5":                   "maxDuration is only valid with minDuration",
		"spanName=a&spanName=b":           "spanName is given 2 times: want it once",
		"annotationQuery=%zz":             "invalid URL escape",
		"minDuration=9223372036854775808": "want a number of µs, above 0",
	} {
		if q, err := zipkinapi.ParseSearch(text, now); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %+v, %v, want %s", text, q, err, want)
		}
	}
}

package visitapi_test

import (
	"encoding/json"
	"testing"

	"example.com/tracelab/services/gateway/visitapi"
)

// TestNamesOnTheWire holds the names that scripts and people's programs read.
func TestNamesOnTheWire(t *testing.T) {
	whole := visitapi.Answer{TraceID: "1", TraceURL: "u", Sampled: true, Visits: []visitapi.Visit{
		{URL: "a", Round: 2, Status: 200, StatusText: "200 OK", Bytes: 3, Duration: 4}}}
	for want, answer := range map[string]visitapi.Answer{
		`{"traceId":"1","traceUrl":"u","sampled":true,"visits":[{"url":"a","round":2,"status":200,"statusText":"200 OK","bytes":3,"duration_us":4}]}`: whole,
		`{"traceId":"","sampled":false}`: {},
	} {
		if got, err := json.Marshal(answer); err != nil || string(got) != want {
			t.Errorf("%+v is %s, %v; want %s", answer, got, err, want)
		}
	}
}

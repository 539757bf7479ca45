package fetchapi_test

import (
	"encoding/json"
	"testing"

	"example.com/tracelab/services/fetcher/fetchapi"
)

// TestNamesOnTheWire holds the names that scripts and people's programs read.
func TestNamesOnTheWire(t *testing.T) {
	timings := fetchapi.Timings{DNS: 1, Connect: 2, TLS: 3, FirstByte: 4, Total: 5}
	whole := fetchapi.Result{URL: "a", Status: 200, StatusText: "200 OK", Bytes: 6, Truncated: true, Redirects: 7, Timings: timings}
	const want = `{"url":"a","status":200,"statusText":"200 OK","bytes":6,"truncated":true,"redirects":7,` +
		`"timings":{"dns_us":1,"connect_us":2,"tls_us":3,"first_byte_us":4,"total_us":5}}`
	if got, err := json.Marshal(whole); err != nil || string(got) != want {
		t.Errorf("it is %s, %v; want %s", got, err, want)
	}
}

package storeapi_test

import (
	"encoding/json"
	"testing"

	"example.com/tracelab/services/writer/storeapi"
)

// TestNamesOnTheWire holds the names that scripts and people's programs read.
func TestNamesOnTheWire(t *testing.T) {
	for want, v := range map[string]any{
		`{"key":"k","value":"v"}`: storeapi.Value{Key: "k", Value: "v"},
		`{"url":"u"}`:             storeapi.Message{URL: "u"},
		`{"id":"1-0"}`:            storeapi.Queued{ID: "1-0"},
	} {
		if got, err := json.Marshal(v); err != nil || string(got) != want {
			t.Errorf("%+v is %s, %v; want %s", v, got, err, want)
		}
	}
}

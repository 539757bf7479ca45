package service_test

import (
	"testing"

	"example.com/tracelab/internal/labapi"
)

// TestTheServerChangesTheSampler over the control stream: what it sends that is no sampler
// changes nothing.
func TestTheServerChangesTheSampler(t *testing.T) {
	_, _, server := connected(t)
	instance := server.Processes()[0].Instance
	for _, body := range []any{"often", 7, "never"} {
		if err := server.Send(instance, labapi.SamplerChanged, body); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "the server knows the sampler", func() bool {
		all := server.Processes()
		return len(all) == 1 && all[0].Sampler == "never"
	})
}

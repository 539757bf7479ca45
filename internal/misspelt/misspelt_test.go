package misspelt_test

import (
	"testing"

	"example.com/tracelab/internal/misspelt"
)

func TestNearest(t *testing.T) {
	known := []string{"url", "rounds", "mode", "serviceName", "minDuration", "maxDuration"}
	for name, want := range map[string]string{
		"roundz": "rounds", "round": "rounds", "URL": "url", "ur": "url", "uri": "url", "servicename": "serviceName",
		"minDuratoin": "minDuration", "maxDuration": "maxDuration",
		"": "", "u": "", "xyz": "", "count": "", "duration": "", "a": "",
	} {
		if got := misspelt.Nearest(name, known); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	if got := misspelt.Nearest("a", nil); got != "" {
		t.Errorf("of nothing %q is near", got)
	}
}

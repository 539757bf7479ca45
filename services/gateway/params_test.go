package gateway

import (
	"strings"
	"testing"
)

// TestUnknownParametersAreRejected, before anything is done.
func TestUnknownParametersAreRejected(t *testing.T) {
	s := newStage(t, nil, nil)
	for query, want := range map[string]string{
		"?roundz=3":                        "did you mean rounds?",
		"?url=http://127.0.0.1:9/?a=b&c=d": "write its & as %26",
		"?mode=serial&Url=x":               "did you mean url?",
	} {
		status, a, _ := s.visit(t.Context(), query, "")
		if status != 400 || !strings.Contains(a.Detail, want) {
			t.Errorf("%s: status %d, %q; want 400 and %q", query, status, a.Detail, want)
		}
	}
	if all := named(s.await(t, 3), "main"); len(all) != 0 {
		t.Errorf("%d visits were begun", len(all))
	}
}

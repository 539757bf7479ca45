package gotool

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/pprof/profile"

	"example.com/tracelab/exectrace/delay"
)

// TestAnonymizedProfiles has go tool trace read what is anonymized: its profiles
// are the same but for names.
func TestAnonymizedProfiles(t *testing.T) {
	wireTraces(t, func(t *testing.T, file string) {
		other := filepath.Join(t.TempDir(), "anonymous.out")
		wireOurs(t, "anonymize", file, "-o", other)
		for _, kind := range delay.Kinds() {
			want, got := toolProfile(t, file, kind), toolProfile(t, other, kind)
			if !slices.Equal(addresses(got), addresses(want)) {
				t.Errorf("%s: %d samples, want %d", kind, len(got.Sample), len(want.Sample))
			}
		}
	})
}

// addresses are the samples of a profile without names.
func addresses(p *profile.Profile) (samples []string) {
	for _, s := range p.Sample {
		var at []uint64
		for _, l := range s.Location {
			at = append(at, l.Address, uint64(l.Line[0].Line))
		}
		samples = append(samples, fmt.Sprint(s.Value, at))
	}
	slices.Sort(samples)
	return samples
}

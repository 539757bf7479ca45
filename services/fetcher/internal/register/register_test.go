package register_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"example.com/tracelab/services/fetcher/internal/register"
)

// TestAnEntryWaitsForTheOneBeforeIt measures by the bubble's clock, and finds
// nothing running at the end: the bubble would not end.
func TestAnEntryWaitsForTheOneBeforeIt(t *testing.T) {
	for _, takes := range []time.Duration{0, time.Millisecond, time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			register.Enter(t.Context(), takes)
			if took := time.Since(began); took != takes {
				t.Errorf("after an entry of %s it took %s", takes, took)
			}
		})
	}
}

func TestNoEntryTakesTimeAfterTheRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		register.Enter(ctx, time.Hour)
		if took := time.Since(began); took != time.Second {
			t.Errorf("the request ended after a second, and it took %s", took)
		}
	})
}

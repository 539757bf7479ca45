package flight

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestTheRuntimeGivesNothing has WriteTo fail, as when another WriteTo is in progress.
func TestTheRuntimeGivesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{}
		r := startFake(t, &fakeSource{err: fmt.Errorf("already in progress")}, s, "never")
		request(r, 1, time.Millisecond, debugged)
		if _, err := r.Take(background); err == nil || !strings.Contains(err.Error(), "already in progress") {
			t.Errorf("Take: %v", err)
		}
		synctest.Wait()
		got := s.deliveries()
		if len(got) != 1 || !strings.Contains(got[0].Refused, "already in progress") || len(got[0].body) != 0 {
			t.Errorf("it delivered %+v", got)
		}
		if c := r.Stats(); c.Rejected["failed"] != 2 || total(c.Taken) != 0 {
			t.Errorf("it counts %+v", c)
		}
	})
}

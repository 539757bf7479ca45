package flight

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestThePace requests far more snapshots than are allowed.
func TestThePace(t *testing.T) {
	const every, lasts = 10 * time.Millisecond, 20 * time.Second
	for name, test := range map[string]struct {
		requested, slow bool
		took            time.Duration // of a snapshot
		pause           time.Duration // between the beginnings of two
	}{
		"requested":                  {requested: true, pause: time.Second / 5},
		"requested, and it takes":    {requested: true, took: 300 * time.Millisecond, pause: 600 * time.Millisecond},
		"slow":                       {slow: true, pause: time.Second},
		"slow, and it takes":         {slow: true, took: 60 * time.Millisecond, pause: 3 * time.Second},
		"slow, and it takes ages":    {slow: true, took: 2 * time.Second, pause: 5 * time.Second},
		"slow beside requested ones": {slow: true, requested: true, pause: time.Second / 5},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, s := &fakeSource{took: test.took}, &server{}
				r := startFake(t, f, s, "10ms")
				began, n := time.Now(), 0
				for ; time.Since(began) < lasts; n++ {
					if test.requested {
						request(r, 2*n, time.Millisecond, nil)
						ask(r, 2*n)
					}
					if test.slow && n%10 == 0 {
						request(r, 2*n+1, 20*time.Millisecond, nil)
					}
					time.Sleep(every)
				}
				time.Sleep(lateAfter + test.took)
				synctest.Wait()
				at := f.times()
				for i := range at[1:] {
					if gap := at[i+1].Sub(at[i]); gap < test.pause {
						t.Fatalf("%s between two snapshots; want %s", gap, test.pause)
					}
				}
				if want := int(lasts / test.pause); len(at) < want || len(at) > want+2 {
					t.Errorf("%d snapshots in %s; want about %d", len(at), lasts, want)
				}
				if at[0].Sub(began) != 0 {
					t.Errorf("the first came after %s", at[0].Sub(began))
				}
				got := answers(s.deliveries())
				for i := range n {
					if test.requested && got[hexID(2*i)] != 1 {
						t.Fatalf("trace %d was answered %d times", i, got[hexID(2*i)])
					}
				}
			})
		})
	}
}

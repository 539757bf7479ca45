package flight

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/tracing"
)

// TestOneSnapshotForAll has three reasons for one trace, and one for another.
func TestOneSnapshotForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := &fakeSource{}, &server{}
		r := startFake(t, f, s, "100ms")
		request(r, 9, time.Second, nil) // the next one has to wait
		synctest.Wait()
		request(r, 1, time.Second, nil)
		ask(r, 1)
		request(r, 1, time.Millisecond, debugged)
		ask(r, 2) // refused
		request(r, 3, time.Second, nil)
		request(r, 4, time.Millisecond, nil)
		ask(r, 4)
		time.Sleep(time.Second)
		synctest.Wait()
		for trace, n := range answers(s.deliveries()) {
			if n != 1 {
				t.Errorf("trace %s was delivered %d times", trace, n)
			}
		}
		if n := len(f.times()); n != 2 {
			t.Errorf("%d snapshots; want 2", n)
		}
		last := s.deliveries()[2]
		if want := []string{hexID(1), hexID(3), hexID(4)}; last.Reason != labapi.ReasonDebug || !slices.Equal(last.parts(), want) {
			t.Errorf("the shared one is %+v", last.Upload)
		}
	})
}

// TestEveryRequestIsServed requests more than there is room for, in every place.
func TestEveryRequestIsServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := &fakeSource{took: time.Second}, &server{}
		r := startFake(t, f, s, "never")
		const n = 300
		for i := range n { // ended
			request(r, i, time.Millisecond, nil)
			ask(r, i)
		}
		for i := range n { // open
			r.RootStarted(tracing.Root{TraceID: id(n + i), Start: time.Now()})
			ask(r, n+i)
		}
		for i := range n {
			ask(r, 2*n+i) // never here
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		got := answers(s.deliveries())
		for i := range 3 * n {
			if got[hexID(i)] != 1 {
				t.Fatalf("trace %d was answered %d times", i, got[hexID(i)])
			}
		}
		c := r.Stats()
		if c.Rejected["absent"] != n || c.Rejected["busy"] < n || c.Unanswered != 0 {
			t.Errorf("it counts %+v", c)
		}
	})
}

// TestSlowOnesAreFew has one slow request after the other, each of which the server
// would ask all others for. Beside them every request of the server is answered, and
// what is too many is not sent.
func TestSlowOnesAreFew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const lasts, every = 20 * time.Second, 5 * time.Millisecond
		s := &server{}
		r := startFake(t, &fakeSource{}, s, "10ms")
		requested := map[string]bool{}
		n := 0
		for began := time.Now(); time.Since(began) < lasts; n++ {
			request(r, n, time.Second, nil)
			if n%50 == 0 { // has the next snapshot be taken earlier
				request(r, -n-1, time.Millisecond, nil)
				ask(r, -n-1)
				requested[hexID(-n-1)] = true
			}
			time.Sleep(every)
		}
		time.Sleep(lateAfter)
		synctest.Wait()
		slow := 0
		for _, d := range s.deliveries() {
			if d.Refused != "" {
				t.Fatalf("the server hears of %+v", d.Upload)
			}
			for _, p := range d.Traces {
				if !requested[p.TraceID] {
					slow++
				}
				delete(requested, p.TraceID)
			}
		}
		if len(requested) > 0 {
			t.Errorf("%d that were requested are not answered", len(requested))
		}
		if want := maxAutomatic * int(lasts/automaticPause); slow < want || slow > want+maxAutomatic {
			t.Errorf("%d slow traces were delivered; want about %d", slow, want)
		}
		if c := r.Stats(); c.Rejected["busy"] != uint64(n-slow) {
			t.Errorf("of %d slow ones %d were delivered, and it counts %+v", n, slow, c)
		}
	})
}

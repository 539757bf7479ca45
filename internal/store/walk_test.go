package store

import (
	"testing"
	"time"
)

// walkAll walks to the end, calling between after each stretch, and counts how
// often it met each trace.
func walkAll(w *walker, between func()) map[uint64]int {
	met := map[uint64]int{}
	for chunk := w.next(); chunk != nil; chunk = w.next() {
		for _, c := range chunk {
			met[c.low]++
		}
		between()
	}
	return met
}

func TestAWalkMeetsEveryTraceOnce(t *testing.T) {
	const n = 5000
	service := Endpoint{ServiceName: "a"}
	for name, between := range map[string]func(*Store){
		"at rest": func(*Store) {},
		"while traces move to the front": func(s *Store) {
			for low := range uint64(n) { // a new span, later than all others
				if low%7 == 0 {
					s.Add([]Span{{TraceID: TraceID{0, low + 1}, ID: SpanID(s.version), Timestamp: t0 + 1e9}})
				}
			}
		},
		"while others arrive": func(s *Store) {
			for i := range uint64(100) {
				s.Add([]Span{{TraceID: TraceID{0, n + s.version}, ID: 1, Timestamp: t0 + int64(i)*1e6, Local: service}})
			}
		},
	} {
		for _, service := range []string{"", "a", "rare"} {
			t.Run(name+" "+service, func(t *testing.T) {
				s := New(Config{})
				for i := range uint64(n) {
					s.Add([]Span{{TraceID: TraceID{0, i + 1}, ID: 1, Timestamp: t0 + int64(i)*1e5, Local: Endpoint{ServiceName: "a"}}})
					if i%50 == 0 {
						s.Add([]Span{{TraceID: TraceID{0, i + 1}, ID: 2, Timestamp: t0 + int64(i)*1e5, Local: Endpoint{ServiceName: "rare"}}})
					}
				}
				w := s.walk(windowOf(at(1e9), 1000*time.Hour), service, 10)
				rounds := 0
				met := walkAll(w, func() {
					if rounds++; rounds < 5 {
						between(s)
					}
				})
				for low := range uint64(n) {
					want := 1
					if service == "rare" && low%50 != 0 {
						want = 0
					}
					if met[low+1] != want {
						t.Fatalf("met trace %d %d times, want %d", low+1, met[low+1], want)
					}
				}
			})
		}
	}
}

func TestAWalkSurvivesEviction(t *testing.T) {
	const n = 5000
	s := New(Config{MaxSpans: n})
	for i := range uint64(n) {
		s.Add([]Span{lone(i+1, int64(i))})
	}
	w := s.walk(windowOf(at(1e9), 1000*time.Hour), "", 10)
	next := uint64(n)
	met := walkAll(w, func() {
		for range 500 {
			next++
			s.Add([]Span{lone(next, int64(next))})
		}
	})
	for low, times := range met {
		if times != 1 {
			t.Errorf("met trace %d %d times", low, times)
		}
	}
	if len(met) < n/5 || len(met) > n {
		t.Errorf("met %d traces of %d, of which the oldest were evicted", len(met), n)
	}
}

func TestAWalkMeetsATraceThatCameBackOnce(t *testing.T) {
	s := New(Config{})
	for i := range uint64(2000) {
		s.Add([]Span{lone(i+1, int64(i))})
	}
	met := walkAll(s.walk(windowOf(at(1e9), 1000*time.Hour), "", 10), func() {
		for _, low := range []uint64{1, 2000} { // still to come, and met
			s.remove(s.traces[low])
			s.Add([]Span{lone(low, 0)})
		}
	})
	if met[1] != 1 || met[2000] != 1 || len(met) != 2000 {
		t.Errorf("met %d traces, the last %d times and the first %d times", len(met), met[1], met[2000])
	}
}

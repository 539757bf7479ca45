package store

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
)

// TestFormsChangeNoLink adds traces of few forms, and of all sorts that have
// none, with and without the memory for forms.
func TestFormsChangeNoLink(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	kinds := []Kind{Client, Server, Producer, Consumer, ""}
	s := New(Config{})
	with, without := linker{places: map[linkKey]int{}}, linker{places: map[linkKey]int{}}
	known, unusual := 0, 0
	for n := range 20_000 {
		id := TraceID{0, uint64(n + 1)}
		for i := range 1 + r.IntN(5) {
			sp := Span{TraceID: id, ID: SpanID(i + 1), ParentID: SpanID(i), Kind: kinds[r.IntN(len(kinds))],
				Timestamp: t0 + int64(i), Local: Endpoint{ServiceName: string(rune('a' + r.IntN(2)))}}
			switch r.IntN(20) {
			case 0:
				sp.ParentID = SpanID(r.IntN(7)) // of none, of a later one, or lost
			case 1:
				sp.ID = SpanID(1 + r.IntN(5)) // maybe another's
			case 2:
				sp.Shared = true
			case 3:
				sp.Timestamp = t0 + r.Int64N(3)
			case 4:
				sp.Tags = []Tag{{"error", ""}}
			case 5:
				sp.Remote.ServiceName = "remote"
			}
			s.Add([]Span{sp})
		}
		recs := s.records(id.Low)
		if hash, ok := with.forms.describe(recs); !ok {
			unusual++
		} else if with.forms.find(hash) != nil {
			known++
		}
		with.addTrace(recs)
		without.addTree(recs)
		if !reflect.DeepEqual(with.links, without.links) {
			var spans string
			for _, sp := range unpack(id.Low, recs) {
				spans += fmt.Sprintf("\n%+v", sp)
			}
			t.Fatalf("after trace %d: %q with forms, %q without%s", n, text(with.links), text(without.links), spans)
		}
	}
	t.Logf("of 20,000 traces %d had a form that was known, and %d had none", known, unusual)
	if known < 5000 || unusual < 1000 {
		t.Errorf("too few of either")
	}
}

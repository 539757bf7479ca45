package table

import (
	"math/rand/v2"
	"testing"
)

func TestNumbering(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	ids := []uint64{0, 1, 1<<64 - 1}
	for i := range uint64(5000) { // as the runtime does
		ids = append(ids, 1000+i)
	}
	for range 5000 { // as no runtime does
		ids = append(ids, r.Uint64())
	}
	n := NewNumbering()
	for want, id := range ids {
		if i, ok := n.Find(id); ok {
			t.Fatalf("%d has the number %d before it has one", id, i)
		}
		if got := n.Add(id); int(got) != want {
			t.Fatalf("%d gets the number %d, want %d", id, got, want)
		}
	}
	for want, id := range ids {
		if got, ok := n.Find(id); !ok || int(got) != want {
			t.Fatalf("%d has the number %d (%t), want %d", id, got, ok, want)
		}
	}
	if pages := len(n.pages); pages > 64+len(ids)/16 || len(n.others) == 0 {
		t.Errorf("%d ids take %d pages", len(ids), pages)
	}
}

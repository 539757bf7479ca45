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

// TestNumberingOfSparseIDs has ids far apart, whose blocks have no page when they come,
// and then more and more ids, so that pages are made for the same blocks.
func TestNumberingOfSparseIDs(t *testing.T) {
	var ids []uint64
	for i := range uint64(400) {
		ids = append(ids, 7+1000*i)
	}
	for i := range uint64(4000) {
		ids = append(ids, 1_000_000+i)
	}
	for i := range uint64(400) {
		ids = append(ids, 8+1000*i)
	}
	n := NewNumbering()
	for _, id := range ids {
		n.Add(id)
	}
	for want, id := range ids {
		if got, ok := n.Find(id); !ok || int(got) != want {
			t.Fatalf("%d has the number %d (%t), want %d", id, got, ok, want)
		}
		if got, ok := n.Lookup(id); !ok || int(got) != want {
			t.Fatalf("%d is looked up as %d (%t), want %d", id, got, ok, want)
		}
	}
}

// TestNumberingAnew gives ids of pages and of the map a second number.
func TestNumberingAnew(t *testing.T) {
	n := NewNumbering()
	for i := range uint64(100) {
		n.Add(i << 32)
	}
	for i := range uint64(100) {
		if at := n.Add(i << 32); at != int32(100+i) {
			t.Fatalf("%d gets the number %d", i<<32, at)
		}
		if at, ok := n.Find(i << 32); !ok || at != int32(100+i) {
			t.Fatalf("%d has the number %d (%t)", i<<32, at, ok)
		}
	}
}

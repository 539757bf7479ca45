package request_test

import (
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"testing"

	"example.com/tracelab/internal/web/webtest"
)

// TestDamagedExecutionTraces are drawn as far as they can be read, and what is lost is said.
func TestDamagedExecutionTraces(t *testing.T) {
	whole := recorded()["shop"]
	random := rand.New(rand.NewPCG(5, 6))
	lost := 0
	for i := range 20 {
		raw := slices.Clone(whole)
		if i%2 == 0 {
			raw = raw[:len(raw)/4+random.IntN(len(raw)*3/4)]
		}
		for range i % 5 {
			raw[16+random.IntN(len(raw)-16)] ^= 1 << random.IntN(8)
		}
		s := serve(t, map[string][]byte{"shop": raw, "bank": recorded()["bank"]}, both())
		for _, path := range []string{address, "/exec/shop/span?trace=2a&span=3"} {
			w := webtest.Get(t, s, path)
			if !slices.Contains([]int{http.StatusOK, http.StatusNotFound, http.StatusUnprocessableEntity}, w.Code) {
				t.Errorf("damage %d: %s is %d: %.2000s", i, path, w.Code, w.Body)
			}
			if w.Code == http.StatusOK && saysLost.MatchString(w.Body.String()) {
				lost++
			}
		}
	}
	if lost == 0 {
		t.Error("no page says that something is lost")
	}
}

var saysLost = regexp.MustCompile(`of the execution traces could not be read`)

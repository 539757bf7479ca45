package explain

import (
	"sync"

	"example.com/tracelab/internal/labapi"
)

// cache has the latest explanations. The zero value is empty.
type cache struct {
	mu    sync.Mutex
	known map[subject]known
	order []subject // the oldest first
}

// known is an explanation and what it was made of.
type known struct {
	explanation *labapi.Explanation
	fingerprint string
}

// get returns the explanation that was made of the same inputs, or nil.
func (c *cache) get(of subject, fingerprint string) *labapi.Explanation {
	c.mu.Lock()
	defer c.mu.Unlock()
	if k := c.known[of]; k.fingerprint == fingerprint {
		return k.explanation
	}
	return nil
}

// put replaces what is known of the same subject; the oldest makes room.
func (c *cache) put(of subject, explanation *labapi.Explanation, fingerprint string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil {
		c.known = map[subject]known{}
	}
	if _, ok := c.known[of]; !ok {
		c.order = append(c.order, of)
	}
	c.known[of] = known{explanation, fingerprint}
	if len(c.order) > maxExplained {
		delete(c.known, c.order[0])
		c.order = c.order[1:]
	}
}

package store

import "example.com/tracelab/internal/zipkin"

// linkCounter sums up links. It is the calls of a linker, and reuses its memory.
type linkCounter struct {
	names  *edgeNames
	counts []struct{ calls, errors uint32 } // by number of the edge
	order  []uint32                         // the numbers in order of their first calls
}

// At numbers an edge.
func (c *linkCounter) At(parent, child string) int {
	return int(c.names.number(edgeName{parent, child}))
}

// Count adds a call.
func (c *linkCounter) Count(at int, hasError bool, _ zipkin.Names) {
	errors := uint32(0)
	if hasError {
		errors = 1
	}
	c.add(sumEdge{uint32(at), 1, errors})
}

// Time is not needed for links.
func (c *linkCounter) Time(int, int64) {}

func (c *linkCounter) addSum(sum *linkSum) {
	for _, e := range sum.edges {
		c.add(e)
	}
}

func (c *linkCounter) add(e sumEdge) {
	for int(e.edge) >= len(c.counts) {
		c.counts = append(c.counts, struct{ calls, errors uint32 }{})
	}
	count := &c.counts[e.edge]
	if count.calls == 0 {
		c.order = append(c.order, e.edge)
	}
	count.calls += e.calls
	count.errors += e.errors
}

// take returns what was summed up, and begins anew. It is nil where a name is not kept.
func (c *linkCounter) take(version uint64) *linkSum {
	sum := &linkSum{version: version, names: c.names, edges: make([]sumEdge, len(c.order))}
	for i, edge := range c.order {
		sum.edges[i] = sumEdge{edge, c.counts[edge].calls, c.counts[edge].errors}
	}
	c.reset()
	if c.names.more != nil {
		return nil
	}
	return sum
}

// links is take for an answer.
func (c *linkCounter) links() (links []zipkin.Link) {
	for _, edge := range c.order {
		name, count := c.names.list[edge], c.counts[edge]
		links = append(links, zipkin.Link{Parent: name.parent, Child: name.child, CallCount: int64(count.calls), ErrorCount: int64(count.errors)})
	}
	c.reset()
	return links
}

// reset drops the counts, and the memory too if it is unusually much.
func (c *linkCounter) reset() {
	const usual = 1 << 16
	for _, edge := range c.order {
		c.counts[edge] = struct{ calls, errors uint32 }{}
	}
	c.order = c.order[:0]
	if len(c.counts) > usual {
		c.counts, c.order = nil, nil
	}
}

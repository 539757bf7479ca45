package store

import "strings"

// nameCounts counts the references to the names of one service and forgets a name with its
// last reference. Most services have few names, for which a list takes a tenth of the
// memory of a map.
type nameCounts struct {
	few  []nameCount
	many refcounts // those that came when there were few already
}

type nameCount struct {
	name string
	refs int
}

// fewNames is the most that are in the list.
const fewNames = 8

// add adds a reference to a name, and returns by how many bytes the memory grew.
func (c *nameCounts) add(name string) (bytes int64) {
	for i := range c.few {
		if c.few[i].name == name {
			c.few[i].refs++
			return 0
		}
	}
	if len(c.few) >= fewNames || c.many[name] != nil {
		if c.many == nil {
			c.many = refcounts{}
		}
		if !c.many.add(name) {
			return 0
		}
		return manyBytes(name)
	}
	// A clone, so that the name does not keep the whole key alive.
	c.few = append(c.few, nameCount{strings.Clone(name), 1})
	return fewBytes(name)
}

// remove drops a reference to a name, and returns by how many bytes the memory shrank.
func (c *nameCounts) remove(name string) (bytes int64) {
	for i := range c.few {
		if c.few[i].name != name {
			continue
		}
		if c.few[i].refs--; c.few[i].refs > 0 {
			return 0
		}
		last := len(c.few) - 1
		c.few[i], c.few[last] = c.few[last], nameCount{}
		c.few = c.few[:last]
		return fewBytes(name)
	}
	if !c.many.remove(name) {
		return 0
	}
	return manyBytes(name)
}

// fewBytes and manyBytes estimate what a name takes in the list and in the map.
func fewBytes(name string) int64  { return 24 + 8 + roundUp(len(name)) }
func manyBytes(name string) int64 { return 64 + 8 + roundUp(len(name)) }

func (c *nameCounts) has(name string) bool {
	for i := range c.few {
		if c.few[i].name == name {
			return true
		}
	}
	return c.many[name] != nil
}

// list returns the names in no order.
func (c *nameCounts) list() []string {
	names := c.many.list()
	for i := range c.few {
		names = append(names, c.few[i].name)
	}
	return names
}

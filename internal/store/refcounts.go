package store

import (
	"slices"
	"strings"
)

// refcounts counts the references to texts and forgets a text with its last
// reference. The counts are behind pointers: assigning to a map of strings also
// replaces the key by the one given, here a part of a larger string, which would
// stay alive with it.
type refcounts map[string]*int

// add adds a reference to text, and reports whether it is the first.
func (c refcounts) add(text string) (isNew bool) {
	if n := c[text]; n != nil {
		*n++
		return false
	}
	n := 1
	c[strings.Clone(text)] = &n
	return true
}

// remove drops a reference to text, and reports whether it was the last.
func (c refcounts) remove(text string) (gone bool) {
	n := c[text]
	if *n--; *n > 0 {
		return false
	}
	delete(c, text)
	return true
}

// list returns the texts in no order.
func (c refcounts) list() []string {
	texts := make([]string, 0, len(c))
	for text := range c {
		texts = append(texts, text)
	}
	return texts
}

// inOrder sorts texts in place and returns them.
func inOrder(texts []string) []string {
	slices.Sort(texts)
	return texts
}

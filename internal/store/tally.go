package store

import (
	"slices"
	"strings"
)

// tally counts texts and forgets those that nobody has any more. The counts
// are behind pointers since assigning to a map of strings also takes over the
// key that was given, here a part of something larger which it would keep alive.
type tally map[string]*int

// add counts text once more, and reports whether it is new.
func (t tally) add(text string) (isNew bool) {
	if n := t[text]; n != nil {
		*n++
		return false
	}
	n := 1
	t[strings.Clone(text)] = &n
	return true
}

// remove undoes an add, and reports whether text is gone.
func (t tally) remove(text string) (gone bool) {
	n := t[text]
	if *n--; *n > 0 {
		return false
	}
	delete(t, text)
	return true
}

// list returns the texts in no order.
func (t tally) list() []string {
	texts := make([]string, 0, len(t))
	for text := range t {
		texts = append(texts, text)
	}
	return texts
}

// inOrder sorts texts, which it returns.
func inOrder(texts []string) []string {
	slices.Sort(texts)
	return texts
}

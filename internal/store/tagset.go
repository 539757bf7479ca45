package store

import "example.com/tracelab/internal/zipkin"

// tagSet is the keys of the tags of a span. It is no part of its template: spans of many
// operations have the same, and one operation may have tags in any combination.
//
// All but refs is immutable, as of a template.
type tagSet struct {
	key      string
	keys     []string // parts of key
	hasError bool     // there is a tag with the key "error"
	listed   []int    // indexes of the tags whose values are listed
	refs     int      // records that point here; guarded by Store.mu
}

// appendTagSetKey appends the text that identifies the tag set of sp.
func appendTagSetKey(b []byte, sp *zipkin.Span) []byte {
	for i := range sp.Tags {
		b = appendText(b, sp.Tags[i].Key)
	}
	return b
}

// newTagSet reads back what appendTagSetKey wrote.
func newTagSet(key string) *tagSet {
	t := &tagSet{key: key, keys: make([]string, 0, countTexts(key))}
	for rest := key; rest != ""; {
		var k string
		k, rest = cutText(rest)
		t.keys = append(t.keys, k)
		t.hasError = t.hasError || k == "error"
	}
	return t
}

// bytes estimates what a tag set keeps alive, its map entry included.
func (t *tagSet) bytes() int64 {
	const own = 80 + 48 // the struct, and a map entry at the usual load
	return own + roundUp(len(t.key)) + int64(16*cap(t.keys)+8*cap(t.listed))
}

// index is the index of a key among the tags, -1 when there is none.
func (t *tagSet) index(key string) int {
	for i, k := range t.keys {
		if k == key {
			return i
		}
	}
	return -1
}

// tagSets is the table of the tag sets in use: one for each key, released with its last
// record.
type tagSets struct {
	byKey map[string]*tagSet
	last  *tagSet // that was returned
	bytes int64
}

// get returns the tag set for key, making it if need be. Neighbours mostly have the same.
func (t *tagSets) get(key []byte, values *tagValues) *tagSet {
	if t.last != nil && t.last.key == string(key) {
		return t.last
	}
	set, ok := t.byKey[string(key)]
	if !ok {
		set = newTagSet(string(key))
		set.listed = values.indexes(set.keys)
		t.byKey[set.key] = set
		t.bytes += set.bytes()
	}
	t.last = set
	return set
}

// release gives back one reference to set.
func (t *tagSets) release(set *tagSet) {
	if set.refs--; set.refs > 0 {
		return
	}
	delete(t.byKey, set.key)
	t.bytes -= set.bytes()
	if t.last == set {
		t.last = nil
	}
}

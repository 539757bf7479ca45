package store

import (
	"maps"
	"slices"

	"example.com/tracelab/internal/zipkin"
)

// tagValues are the values that the stored spans give to some tags. A value is
// removed with the last span that has it, so that the bound of the spans bounds
// the values: Zipkin keeps every value for as long as it runs.
type tagValues struct {
	byKey map[string]refcounts // the keys are fixed
	bytes int64
}

// init chooses the keys, without the spaces around them, as Zipkin reads them.
func (v *tagValues) init(keys []string) {
	v.byKey = map[string]refcounts{}
	for _, key := range keys {
		if key = zipkin.TrimName(key); key != "" {
			v.byKey[key] = refcounts{}
		}
	}
}

// indexes lists the indexes of the chosen keys among those of a tag set.
func (v *tagValues) indexes(tagKeys []string) (chosen []int) {
	for i, key := range tagKeys {
		if v.byKey[key] != nil {
			chosen = append(chosen, i)
		}
	}
	return chosen
}

// add counts the values of a record that is stored.
func (v *tagValues) add(r *record) {
	for _, at := range r.tags.listed {
		if value := r.tagValue(at); v.byKey[r.tags.keys[at]].add(value) {
			v.bytes += valueBytes(value)
		}
	}
}

// remove undoes add.
func (v *tagValues) remove(r *record) {
	for _, at := range r.tags.listed {
		if value := r.tagValue(at); v.byKey[r.tags.keys[at]].remove(value) {
			v.bytes -= valueBytes(value)
		}
	}
}

// valueBytes estimates what a distinct value takes.
func valueBytes(value string) int64 {
	const own = 64 + 8 // a map entry at the usual load, and the count
	return own + roundUp(len(value))
}

// AutocompleteKeys lists the tags whose values AutocompleteValues knows:
// Config.AutocompleteKeys, sorted and each once. The slice belongs to the caller.
func (s *Store) AutocompleteKeys() []string {
	return slices.Sorted(maps.Keys(s.values.byKey))
}

// AutocompleteValues lists the values that the stored spans, also those without
// a service, give to the tag key; sorted, empty for a tag that is not one of
// Config.AutocompleteKeys. The slice belongs to the caller.
func (s *Store) AutocompleteValues(key string) []string {
	s.mu.RLock()
	values := s.values.byKey[key].list()
	s.mu.RUnlock()
	return inOrder(values)
}

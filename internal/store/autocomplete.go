package store

import (
	"maps"
	"slices"
)

// tagValues are the values that the stored spans give to some tags. A value
// goes with the last span that has it, so that the spans bound them: Zipkin
// keeps every value for as long as it runs.
type tagValues struct {
	byKey map[string]tally // the keys are fixed
	bytes int64
}

// init chooses the keys, without the spaces around them, as Zipkin reads them.
func (v *tagValues) init(keys []string) {
	v.byKey = map[string]tally{}
	for _, key := range keys {
		if key = trim(key); key != "" {
			v.byKey[key] = tally{}
		}
	}
}

// places lists where among the keys of a shape the chosen ones are.
func (v *tagValues) places(tagKeys []string) (places []int) {
	for i, key := range tagKeys {
		if v.byKey[key] != nil {
			places = append(places, i)
		}
	}
	return places
}

// add counts the values of a record that is stored.
func (v *tagValues) add(r *record) {
	for _, at := range r.shape.listed {
		if value := r.tagValue(at); v.byKey[r.shape.tagKeys[at]].add(value) {
			v.bytes += valueBytes(value)
		}
	}
}

// remove undoes add.
func (v *tagValues) remove(r *record) {
	for _, at := range r.shape.listed {
		if value := r.tagValue(at); v.byKey[r.shape.tagKeys[at]].remove(value) {
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

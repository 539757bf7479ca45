package compare

import (
	"cmp"
	"slices"
	"strings"

	"example.com/tracelab/internal/analysis/critical"
	"example.com/tracelab/internal/labapi"
)

// What bounds the values of tags. A tag with more values, such as an id, says nothing of
// a kind of requests.
const (
	mostValues   = 50
	mostTags     = 1000
	fewestMarked = 5 // requests with a value, and without
)

// marks are the requests that have a tag with a value.
type marks struct {
	wanted  string // a tag; empty: all
	request int32
	tags    map[tagKey]*tagValues
	left    int // tags beyond mostTags
}

type tagKey struct{ service, tag string }

type tagValues struct {
	values map[string][]int32 // requests, ascending
	many   bool
}

func newMarks(tag string) *marks {
	if tag == "*" {
		tag = ""
	}
	return &marks{wanted: tag, tags: map[tagKey]*tagValues{}}
}

// add takes in the tags of a request. What explanations have added to slow requests says
// no more than that they were slow.
func (m *marks) add(t *critical.Trace, root int) {
	if m == nil {
		return
	}
	for i := range t.Tree.Below(root) {
		s := t.Spans[i]
		for _, tag := range s.Tags {
			if m.wanted != "" && tag.Key != m.wanted || strings.HasPrefix(tag.Key, labapi.TagPrefix) {
				continue
			}
			m.mark(tagKey{s.Local.ServiceName, tag.Key}, tag.Value)
		}
	}
	m.request++
}

func (m *marks) mark(key tagKey, value string) {
	of := m.tags[key]
	if of == nil {
		if len(m.tags) >= mostTags {
			m.left++
			return
		}
		of = &tagValues{values: map[string][]int32{}}
		m.tags[tagKey{strings.Clone(key.service), strings.Clone(key.tag)}] = of
	}
	if of.many {
		return
	}
	units, known := of.values[value]
	if !known && len(of.values) >= mostValues {
		of.many, of.values = true, nil
		return
	}
	if n := len(units); n > 0 && units[n-1] == m.request {
		return
	}
	if !known {
		value = strings.Clone(value)
	}
	of.values[value] = append(units, m.request)
}

// candidate is a value of a tag that is tried.
type candidate struct {
	tagKey
	value string
	units []int32
}

// candidates are the values that some requests have and others do not, and how many tags
// have too many values. Requests are told by where they are now.
func (m *marks) candidates(now []int32) (tried []candidate, many int) {
	for key, of := range m.tags {
		if of.many {
			many++
		}
		for value, units := range of.values {
			if n := len(units); n >= fewestMarked && int(m.request)-n >= fewestMarked {
				tried = append(tried, candidate{key, value, moved(units, now)})
			}
		}
	}
	slices.SortFunc(tried, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.service, b.service), cmp.Compare(a.tag, b.tag), cmp.Compare(a.value, b.value))
	})
	return tried, many
}

func moved(units, now []int32) []int32 {
	at := make([]int32, len(units))
	for i, u := range units {
		at[i] = now[u]
	}
	slices.Sort(at)
	return at
}

package waterfall

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"
)

// column is one of a table that can be sorted by it.
type column[T any] struct {
	Key, Label string
	Text       bool // it is aligned to the left
	Rising     bool // sorted from the least; else from the largest
	compare    func(a, b *T) int
}

// heading is the head of a column.
type heading struct {
	Key, Label string
	Text       bool
	Sort       string       // for aria-sort, where the table is sorted by it
	Path       template.URL // sorts by it, or the other way round
}

// sortBy sorts entries as the address says, and makes the heads of the columns. Its
// error is for people.
func sortBy[T any](entries []T, columns []column[T], s shown, otherwise string) ([]heading, error) {
	by := s.Sort
	if by == "" {
		by = otherwise
	}
	key, reversed := strings.CutPrefix(by, "-")
	at := slices.IndexFunc(columns, func(c column[T]) bool { return c.Key == key })
	if at < 0 {
		return nil, fmt.Errorf("sort=%.40q: want one of %s, or -%s the other way round", s.Sort, keys(columns), columns[0].Key)
	}
	c := columns[at]
	falling := c.Rising == reversed
	slices.SortStableFunc(entries, func(a, b T) int {
		if falling {
			return c.compare(&b, &a)
		}
		return c.compare(&a, &b)
	})
	var heads []heading
	for _, other := range columns {
		h := heading{other.Key, other.Label, other.Text, "", s.With("sort", other.Key, "from", "")}
		if other.Key == key {
			h.Sort = "ascending"
			if falling {
				h.Sort = "descending"
			}
			if !reversed {
				h.Path = s.With("sort", "-"+key, "from", "")
			}
		}
		heads = append(heads, h)
	}
	return heads, nil
}

func keys[T any](columns []column[T]) string {
	var all []string
	for _, c := range columns {
		all = append(all, c.Key)
	}
	return strings.Join(all, ", ")
}

// perPage is how many entries of a table are on a page.
const perPage = 500

// pager says which of the entries of a table are on the page.
type pager struct {
	First, Last, All int // counted from 1
	Earlier, Later   template.URL
}

// pageOf returns the entries that are on the page.
func pageOf[T any](entries []T, s shown) ([]T, pager) {
	from := min(s.From, max(0, len(entries)-1))
	to := min(from+perPage, len(entries))
	p := pager{First: min(from+1, to), Last: to, All: len(entries)}
	if from > 0 {
		p.Earlier = s.With("from", strconv.Itoa(max(0, from-perPage)))
	}
	if to < len(entries) {
		p.Later = s.With("from", strconv.Itoa(to))
	}
	return entries[from:to], p
}

// Several reports whether there is more than one page.
func (p pager) Several() bool { return p.Earlier != "" || p.Later != "" }

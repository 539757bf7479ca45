package execution

import (
	"cmp"
	"iter"
	"slices"
	"strconv"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/groups"
)

// onPage is how many rows a page has.
const onPage = 100

// question is which rows of a table a page is asked for. The address says so.
type question struct {
	Page     int64         // from 1 on
	Min, Max time.Duration // only rows that took at least Min and less than Max; Max of 0: any
}

var questions = []string{"page", "min", "max"}

func (a *asked) question() question {
	q := question{Page: a.number("page", 1, 1), Min: time.Duration(a.number("min", 0, 0)), Max: time.Duration(a.number("max", 0, 0))}
	if q.Max != 0 && q.Max <= q.Min {
		a.Wrong = append(a.Wrong, "max="+nanos(q.Max)+" is not more than min="+nanos(q.Min)+": give the shorter time as min, both in nanoseconds.")
	}
	return q
}

func (q question) wants(took time.Duration) bool {
	return took >= q.Min && (q.Max == 0 || took < q.Max)
}

// picked are the rows of a page.
type picked[T any] struct {
	question
	asked *asked
	Rows  []T
	Total int                 // rows on all pages
	All   groups.Distribution // how long all took, also those that Min and Max leave out
}

// order says of a row by what it is sorted, and how long what it is about took. It reports false
// for rows that are not in the table.
type order[T any, K cmp.Ordered] func(row T) (by K, took time.Duration, ok bool)

// keyOf is what a row of goroutines, tasks or regions is sorted by: its number, the moment
// when it began, or how long it took.
func keyOf(by string, number int64, began exectrace.Time, took time.Duration) int64 {
	switch by {
	case "goroutine", "task":
		return number
	case "created", "begun":
		return int64(began)
	}
	return int64(took)
}

// pick goes over all rows twice: for what they are sorted by, which is small, and for those
// of the page.
func pick[T any, K cmp.Ordered](a *asked, all iter.Seq[T], descending bool, of order[T, K]) picked[T] {
	type key struct {
		by K
		at int32
	}
	p := picked[T]{question: a.question(), asked: a}
	if !a.Right() {
		return p
	}
	var keys []key
	at := int32(0)
	for row := range all {
		by, took, ok := of(row)
		if ok {
			p.All = append(p.All, took)
		}
		if ok && p.wants(took) {
			keys = append(keys, key{by, at})
		}
		at++
	}
	slices.SortFunc(keys, func(a, b key) int {
		if descending {
			a.by, b.by = b.by, a.by
		}
		return cmp.Or(cmp.Compare(a.by, b.by), cmp.Compare(a.at, b.at))
	})
	slices.Sort(p.All)
	p.Total = len(keys)
	p.Page = min(p.Page, p.Pages())
	first := int(p.Page-1) * onPage
	keys = keys[first:min(first+onPage, len(keys))]
	places := map[int32]int{}
	for i, k := range keys {
		places[k.at] = i
	}
	p.Rows = rowsAt(all, places)
	return p
}

// rowsAt are the rows with some numbers, each at its place.
func rowsAt[T any](all iter.Seq[T], places map[int32]int) []T {
	rows := make([]T, len(places))
	at, left := int32(0), len(places)
	for row := range all {
		if left == 0 {
			break
		}
		if i, ok := places[at]; ok {
			rows[i] = row
			left--
		}
		at++
	}
	return rows
}

// Pages is how many there are.
func (p picked[T]) Pages() int64 { return max(1, int64((p.Total+onPage-1)/onPage)) }

// First and Last are the numbers of the rows of the page, from 1 on.
func (p picked[T]) First() int { return min(p.Total, int(p.Page-1)*onPage+1) }
func (p picked[T]) Last() int  { return min(p.Total, int(p.Page)*onPage) }

// Before and After are the addresses of the pages beside this one; empty: there is none.
func (p picked[T]) Before() string { return p.beside(p.Page - 1) }
func (p picked[T]) After() string  { return p.beside(p.Page + 1) }

func (p picked[T]) beside(page int64) string {
	if page < 1 || page > p.Pages() {
		return ""
	}
	return p.asked.With("page", strconv.FormatInt(page, 10))
}

// Bounded is the address of all rows, where Min and Max leave out some.
func (p picked[T]) Bounded() string {
	if p.Min == 0 && p.Max == 0 {
		return ""
	}
	return p.asked.With("min", "", "max", "", "page", "")
}

// Between says what Min and Max are.
func (p picked[T]) Between() (words [2]string) {
	words[0] = newTook(p.Min).Text
	if p.Max != 0 {
		words[1] = newTook(p.Max).Text
	}
	return words
}

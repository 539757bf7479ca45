package culprit

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
)

// Table counts, for each way to compare and each question asked of it, how often the
// answer was yes. Its zero value is ready.
type Table struct {
	ways, questions []string // in the order in which they came
	counts          map[[2]string]*Count
}

// Count is how often something held.
type Count struct{ Yes, Of int }

// Share is Yes as a share, and 0 of nothing.
func (c Count) Share() float64 { return float64(c.Yes) / float64(max(1, c.Of)) }

// Add counts an answer.
func (t *Table) Add(way, question string, yes bool) {
	if t.counts == nil {
		t.counts = map[[2]string]*Count{}
	}
	if !slices.Contains(t.ways, way) {
		t.ways = append(t.ways, way)
	}
	if !slices.Contains(t.questions, question) {
		t.questions = append(t.questions, question)
	}
	c := t.counts[[2]string{way, question}]
	if c == nil {
		c = new(Count)
		t.counts[[2]string{way, question}] = c
	}
	c.Of++
	if yes {
		c.Yes++
	}
}

// Count is how often the answer to a question was yes.
func (t *Table) Count(way, question string) Count {
	if c := t.counts[[2]string{way, question}]; c != nil {
		return *c
	}
	return Count{}
}

// String has a row for each way, and a column for each question.
func (t *Table) String() string {
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "\t%s\n", strings.Join(t.questions, "\t"))
	for _, way := range t.ways {
		row := []string{way}
		for _, q := range t.questions {
			row = append(row, t.Count(way, q).String())
		}
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	w.Flush()
	return out.String()
}

func (c Count) String() string {
	if c.Of == 0 {
		return "-"
	}
	return fmt.Sprintf("%.3f (%d of %d)", c.Share(), c.Yes, c.Of)
}

package stat

// Column is one measure of all units, such as of all traces. It has the units whose
// value is not zero, in ascending order, and their values.
type Column struct {
	Units  []int32
	Values []float64
}

// Add appends the value of a unit.
func (c *Column) Add(unit int32, value float64) {
	if value != 0 {
		c.Units = append(c.Units, unit)
		c.Values = append(c.Values, value)
	}
}

// table has a row for each unit with its values that are not zero, so that the rows of a
// random half of the units can be added up fast.
type table struct {
	ends    []int // of the rows in entries
	entries []entry
	columns int
}

type entry struct {
	column int32
	value  float32
}

// transpose makes the table of columns, whose values are multiplied by what scale says.
func transpose(columns []Column, units int, scale func(column int, unit int32) float64) *table {
	t := &table{ends: make([]int, units+1), columns: len(columns)}
	for _, c := range columns {
		for _, u := range c.Units {
			t.ends[u+1]++
		}
	}
	for i := range units {
		t.ends[i+1] += t.ends[i]
	}
	t.entries = make([]entry, t.ends[units])
	at := make([]int, units)
	copy(at, t.ends)
	for j, c := range columns {
		for i, u := range c.Units {
			t.entries[at[u]] = entry{int32(j), float32(c.Values[i] * scale(j, u))}
			at[u]++
		}
	}
	return t
}

func (t *table) row(unit int32) []entry { return t.entries[t.ends[unit]:t.ends[unit+1]] }

// add adds the row of a unit to sums, times sign.
func (t *table) add(sums []float64, unit int32, sign float64) {
	for _, e := range t.row(unit) {
		sums[e.column] += sign * float64(e.value)
	}
}

package find

import (
	"strconv"

	"example.com/tracelab/internal/display"
)

// field is a field of the form in which a duration or a time is typed.
type field struct {
	Name, Label, Value, Example string
	Wide                        bool
	Wrong                       string
}

// Field is the field of a parameter.
func (p listPage) Field(name, label, value, example string) field {
	return field{name, label, value, example, name == "startTs" || name == "endTs", p.Search.Wrong[name]}
}

// choice is one of the values that a parameter may have.
type choice struct {
	Label, Link string
	Chosen      bool
}

// Choice leads to the same search with a value of sort or scale.
func (s *search) Choice(parameter, value, label string) choice {
	other := *s
	chosen := &other.Sort
	if parameter == "scale" {
		chosen = &other.Scale
	}
	c := choice{Label: label, Chosen: *chosen == value}
	*chosen = value
	c.Link = other.address()
	return c
}

// FoundText and FailedText are the numbers of traces.
func (p listPage) FoundText() string  { return thousands(p.Found) }
func (p listPage) FailedText() string { return thousands(p.Failed) }

// MoreAddress is the address of the same search with a higher limit, if there is one.
func (p listPage) MoreAddress() string {
	other := *p.Search
	limit, err := strconv.Atoi(other.Limit)
	if err != nil || limit >= maxLimit {
		return ""
	}
	other.Limit = strconv.Itoa(min(limit*5, maxLimit))
	return other.address()
}

// Took is the duration as people read it.
func (q quantile) Took() string { return display.Micros(q.US) }

// Says describes the chart in a sentence.
func (c *chart) Says() string {
	of := len(c.Points)
	if len(c.Cells) > 0 {
		return c.page.T("Chart of all traces: start and duration, in %d groups. Arrow keys go from one to the next.", len(c.Cells))
	}
	return c.page.T("Chart of %d traces: start and duration. Arrow keys go from one to the next.", of)
}

package comparison

import (
	"fmt"
	"net/url"
	"strings"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
)

// tagged is a row of the table of tags.
type tagged struct {
	*labapi.TagValue
	of *answer
}

// maxTags is how many values of tags are shown.
const maxTags = 40

// TagRows are the values of tags, the most telling first.
func (a *answer) TagRows() (rows []tagged) {
	most := maxTags
	if a.page.All {
		most = mostRows
	}
	for i := range a.Tags[:min(len(a.Tags), most)] {
		rows = append(rows, tagged{&a.Tags[i], a})
	}
	return rows
}

// MoreTags is how many more there are.
func (a *answer) MoreTags() int {
	if a.page.All {
		return max(0, len(a.Tags)-mostRows)
	}
	return max(0, len(a.Tags)-maxTags)
}

func (t tagged) Name() string        { return display.Text(t.Tag+"="+t.Value, maxWhole) }
func (t tagged) Service() string     { return display.Cut(t.TagValue.Service, maxName) }
func (t tagged) OfSlow() string      { return fmt.Sprintf("%d / %d", t.SlowWith, t.Slow) }
func (t tagged) OfFast() string      { return fmt.Sprintf("%d / %d", t.FastWith, t.Fast) }
func (t tagged) SlowWide() string    { return part(t.SlowWith, t.Slow) }
func (t tagged) FastWide() string    { return part(t.FastWith, t.Fast) }
func (t tagged) SlowPercent() string { return whole(t.SlowWith, t.Slow) }
func (t tagged) FastPercent() string { return whole(t.FastWith, t.Fast) }
func (t tagged) With() string        { return display.Micros(t.WithUS) }
func (t tagged) Without() string     { return display.Micros(t.WithoutUS) }
func (t tagged) By() string          { return display.Signed(t.DeltaUS) }
func (t tagged) Sure() string        { return t.of.sure(t.P) }
func (t tagged) Chance() string      { return t.of.chance(t.P) }
func (t tagged) Traces() exemplars   { return t.of.exemplars(t.ExemplarsA, t.ExemplarsB) }

// List is the address of the list of the traces that have it, where a search can ask for
// them: no value has " and " in it there.
func (t tagged) List() string {
	const and = " and "
	v, err := url.ParseQuery(t.of.page.Q)
	if err != nil || strings.Contains(t.Tag+t.Value, and) || len(t.Tag+t.Value) > maxWhole {
		return ""
	}
	term := t.Tag + "=" + t.Value
	if asked := v.Get("annotationQuery"); asked != "" {
		term = asked + and + term
	}
	v.Set("annotationQuery", term)
	if t.TagValue.Service != "" {
		v.Set("serviceName", t.TagValue.Service)
	}
	return "/?" + v.Encode()
}

func part(n, all int) string { return scale{0, float64(max(all, 1))}.X(int64(n)) }

func whole(n, all int) string { return fmt.Sprintf("%.0f %%", 100*float64(n)/float64(max(all, 1))) }

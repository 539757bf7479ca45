package comparison

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/draw"
)

// side is a row of what is compared.
type side struct {
	labapi.ComparedSet
	Name        string
	List        string // the address of the list of its traces; empty: no search finds just these
	Profile     string // the address of its profile
	scale       scale
	X, W        string // from p50 to p95
	XMean       string
	XFrom, XTo  string
	first, last time.Time
}

// Sides are what is compared.
func (a *answer) Sides() []side {
	nameA, nameB := "A", "B"
	switch a.Kind {
	case labapi.CompareTag:
		nameA, nameB = a.page.T("all"), a.page.T("slow")
	case labapi.CompareSlow:
		nameA, nameB = a.page.T("A, the others"), a.page.T("B, the slow ones")
	}
	axis := scale{0, float64(max(a.A.P95RootUS, a.A.MeanRootUS, a.B.P95RootUS, a.B.MeanRootUS, 1)) * 1.02}
	x, y := newSide(nameA, a.A, axis), newSide(nameB, a.B, axis)
	if a.Kind == labapi.CompareSets {
		x.List, y.List = listOf(a.page.A), listOf(a.page.B)
		x.Profile, y.Profile = profileOf(a.page.A), profileOf(a.page.B)
	}
	return []side{x, y}
}

func newSide(name string, of labapi.ComparedSet, axis scale) side {
	s := side{ComparedSet: of, Name: name, scale: axis, XMean: axis.X(of.MeanRootUS), first: time.UnixMicro(of.First).UTC(), last: time.UnixMicro(of.Last).UTC()}
	s.X, s.W = axis.Bar(of.P50RootUS, of.P95RootUS)
	return s
}

// maxListed is the most traces that the page of a search lists.
const maxListed = 1000

// listOf is the page with the traces of a search.
func listOf(query string) string {
	if isTrace(query) {
		return "/traces/" + url.PathEscape(query)
	}
	text := strings.TrimPrefix(query, "?")
	if v, err := url.ParseQuery(text); err == nil {
		if n, err := strconv.Atoi(v.Get("limit")); err == nil && n > maxListed {
			v.Set("limit", strconv.Itoa(maxListed))
			text = v.Encode()
		}
	}
	return "/?" + text
}

func profileOf(query string) string {
	return labapi.PprofPath + "?" + url.Values{"q": {query}}.Encode()
}

func (s side) Mean() string   { return display.Micros(s.MeanRootUS) }
func (s side) P50() string    { return display.Micros(s.P50RootUS) }
func (s side) P95() string    { return display.Micros(s.P95RootUS) }
func (s side) About() string  { return display.Text(s.Label, maxWhole) }
func (s side) From() string   { return draw.RFC3339(s.First) }
func (s side) Until() string  { return draw.RFC3339(s.Last) }
func (s side) Began() string  { return s.first.Format(time.DateTime) }
func (s side) Ended() string  { return s.last.Format(time.TimeOnly) }
func (s side) HasTimes() bool { return s.First > 0 }

// Doubts are what there is to say of how sure it is, beside the warnings.
func (a *answer) Doubts() (all []string) {
	if v := a.Verdict; v.DetectableUS > 0 {
		all = append(all, a.page.T("With %d against %d requests it sees, four times in five, a change of %s or more.", v.NA, v.NB, display.Micros(v.DetectableUS)))
	}
	if a.Kind == labapi.CompareTraces {
		all = append(all, a.page.T("Two requests: whether others are like them is not known."))
	}
	if a.Kind == labapi.CompareTag {
		all = append(all, a.page.T("%d values of tags were tried.", a.TagsTried))
	}
	if m := a.StatesMissing; m != nil && m.Reason != "" {
		all = append(all, m.Reason)
	}
	return all
}

// maxStrata is how many kinds of requests are shown; the text has more.
const maxStrata = 20

// Kinds are the kinds of requests, if there are several.
func (a *answer) Kinds() []labapi.Stratum {
	if len(a.Strata) == 1 && a.Strata[0].Used {
		return nil
	}
	return a.Strata[:min(len(a.Strata), maxStrata)]
}

// MoreKinds is how many more there are.
func (a *answer) MoreKinds() int { return max(0, len(a.Strata)-maxStrata) }

// Short cuts a text that comes from elsewhere.
func (a *answer) Short(text string) string {
	return display.CutWords(display.Text(text, maxWhole), maxName)
}

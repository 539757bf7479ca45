package comparison

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/params"
)

// asked is what an address of the page asks for.
type asked struct {
	labapi.ComparisonQuery
	Kind     string            // of labapi.Comparison: whose form is shown
	View     string            // how two traces are shown
	All      bool              // all rows
	Waited   bool              // the reader has had a page that says to wait
	Mistakes map[string]string // a sentence for each parameter that cannot be meant
	Unusable string            // what is wrong with the address as a whole
}

// Views of two traces.
const (
	beside = "side"
	merged = "merged"
)

// shown are the parameters beside those of what is compared.
var shown = []string{"kind", "view", "all", "wait"}

// kinds are the forms, in the order of the tabs.
var kinds = []string{labapi.CompareSets, labapi.CompareSlow, labapi.CompareTag, labapi.CompareTraces}

func readAsked(query string) asked {
	v, err := url.ParseQuery(query)
	a := asked{ComparisonQuery: labapi.ReadComparisonQuery(v), View: cmp.Or(v.Get("view"), beside), All: v.Get("all") != "", Waited: v.Get("wait") != "", Mistakes: map[string]string{}}
	a.Kind = a.kindOf(v.Get("kind"))
	a.Unusable = unusable(v, err)
	if a.Unusable == "" && !slices.Contains(kinds, a.Kind) {
		a.Unusable, a.Kind = fmt.Sprintf("kind=%.40s is not known: want one of %s.", a.Kind, strings.Join(kinds, ", ")), labapi.CompareSets
	}
	if a.Unusable == "" && a.View != beside && a.View != merged {
		a.Unusable = fmt.Sprintf("view=%.40s is not known: want %s or %s.", a.View, beside, merged)
	}
	return a
}

// kindOf is the kind that the parameters mean, or else the one that is chosen.
func (a *asked) kindOf(chosen string) string {
	switch {
	case a.By != "":
		return labapi.CompareTag
	case a.Slow != "":
		return labapi.CompareSlow
	case a.A+a.B != "" && !strings.Contains(a.A+a.B, "="):
		return labapi.CompareTraces
	case a.A+a.B != "":
		return labapi.CompareSets
	}
	return cmp.Or(chosen, labapi.CompareSets)
}

// Anything reports whether there is a question, and not the form alone.
func (a *asked) Anything() bool { return len(a.Values()) > 0 }

// Address is that of a question on this page.
func Address(q labapi.ComparisonQuery) string { return Path + "?" + q.Values().Encode() }

// address is that of the same with other parameters beside.
func (a *asked) address(name, value string) string {
	v := a.Values()
	if a.View == merged {
		v.Set("view", merged)
	}
	if a.All {
		v.Set("all", "1")
	}
	if value != "" {
		v.Set(name, value)
	}
	return Path + "?" + v.Encode()
}

// unusable says why an address would be answered otherwise than it is meant.
func unusable(v url.Values, err error) string {
	known := slices.Concat(labapi.ComparisonParameters(), shown)
	if unknown := params.FindUnknown(v, known); err == nil && len(unknown) > 0 {
		if of := unknown[0]; of.Meant != "" {
			return fmt.Sprintf("This page has no parameter %.40q: is %s meant?", of.Name, of.Meant)
		}
		return fmt.Sprintf("This page has no parameter %.40q: want some of %s.", unknown[0].Name, strings.Join(known, ", "))
	}
	return params.Unreadable(v, err)
}

// typed reports whether a form of sets was sent: its fields become one query for each.
func typed(v url.Values) bool {
	for name := range v {
		if before, field, ok := strings.Cut(name, "."); ok && len(before) == 1 && slices.Contains(setFields, field) {
			return true
		}
	}
	return v.Has("do")
}

// redirectTyped leads from what was typed into the form to the address that says the
// same. It is the one to keep, and to send to others.
func (p *Pages) redirectTyped(w http.ResponseWriter, r *http.Request, v url.Values) {
	q := labapi.ComparisonQuery{A: traceID(v.Get("a")), B: traceID(v.Get("b")), Slow: trimmed(v, "slow"), By: trimmed(v, "by"), Quantile: trimmed(v, "quantile")}
	for tag := range strings.SplitSeq(v.Get("strata"), ",") {
		if tag = strings.TrimSpace(tag); tag != "" {
			q.Strata = append(q.Strata, tag)
		}
	}
	switch v.Get("kind") {
	case labapi.CompareSets:
		q.A, q.B = typedSets(v, p.cfg.Now())
	case labapi.CompareSlow, labapi.CompareTag:
		q.Q = typedSet("q", v).Query()
	}
	if v.Get("do") == "swap" {
		q.A, q.B = q.B, q.A
	}
	http.Redirect(w, r, Address(q), http.StatusSeeOther)
}

func trimmed(v url.Values, name string) string { return strings.TrimSpace(v.Get(name)) }

// traceID is an id as it is pasted, alone or within the traceresponse header that the
// gateway sends.
func traceID(text string) string {
	text = strings.ToLower(strings.TrimSpace(text))
	if parts := strings.Split(text, "-"); len(parts) == 4 {
		return parts[1]
	}
	return text
}

// typedSets are the queries of two sets. Where one is to be compared with what it was
// earlier, both windows end at a moment that is known, as far apart as was asked for.
func typedSets(v url.Values, now time.Time) (a, b string) {
	x, y := typedSet("a", v), typedSet("b", v)
	earlier, err := time.ParseDuration(v.Get("do"))
	if err != nil || earlier <= 0 {
		return x.Query(), y.Query()
	}
	of := x
	if y.Narrowed() && !x.Narrowed() {
		of = y
	}
	at := of.end(now)
	return of.ending(at.Add(-earlier)).Query(), of.ending(at).Query()
}

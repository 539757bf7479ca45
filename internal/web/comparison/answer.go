package comparison

import (
	"fmt"
	"strings"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
)

// answer is a comparison for its page.
type answer struct {
	*labapi.Comparison
	page     *page
	explains bool
	bridge   bool // it has one to show
}

func newAnswer(of *page, c *labapi.Comparison, explains bool) *answer {
	return &answer{Comparison: c, page: of, explains: explains, bridge: c.Kind == labapi.CompareSets || c.Kind == labapi.CompareSlow}
}

// Headline is what it comes to, and Rest what else there is to say.
func (a *answer) Headline() string {
	if len(a.Sentences) == 0 {
		return a.page.T("There is nothing to say.")
	}
	return a.Short(a.Sentences[0])
}

// Rest are the other sentences.
func (a *answer) Rest() (rest []string) {
	for i := range a.Sentences {
		if i > 0 {
			rest = append(rest, a.Short(a.Sentences[i]))
		}
	}
	return rest
}

// Merged reports whether two traces are shown as one tree.
func (a *answer) Merged() bool { return a.page.View == merged }

// The addresses of the same, shown otherwise.

func (a *answer) ViewAddress(view string) string { return a.page.address("view", view) }
func (a *answer) WholeAddress() string           { return a.page.address("all", "1") }
func (a *answer) AllShown() bool                 { return a.page.All }

// TextAddress is that of the same as text, as curl gets it.
func (a *answer) TextAddress() string {
	return labapi.ComparePath + "?" + a.page.Values().Encode()
}

// SwappedAddress is that of the same with A and B exchanged.
func (a *answer) SwappedAddress() string {
	other := *a.page.asked
	other.A, other.B = other.B, other.A
	return other.address("", "")
}

// HasBridge reports whether there is one.
func (a *answer) HasBridge() bool { return a.bridge && len(a.Bridge) > 0 }

// Tested reports whether something is said of chance.
func (a *answer) Tested() bool { return a.Kind == labapi.CompareSets && !a.Descriptive() }

// Surety is how sure the headline is, in a word or two, and Evident whether there is
// evidence for it.
func (a *answer) Surety() string {
	switch {
	case a.Verdict.Claimed:
		return a.page.T("sure")
	case a.Descriptive():
		return a.page.T("too few to tell")
	case a.Kind == labapi.CompareSlow || a.Kind == labapi.CompareTraces:
		return a.page.T("described, not tested")
	}
	return a.page.T("may be chance")
}

// Evident reports whether there is evidence for the headline.
func (a *answer) Evident() bool { return a.Verdict.Claimed }

// likely is how likely a change by chance is at most that is called sure, as of package
// compare.
const likely = 0.05

// sure is what a probability means, in words.
func (a *answer) sure(p *float64) string {
	switch {
	case p == nil:
		return ""
	case a.Descriptive():
		return a.page.T("too few to tell")
	case *p <= likely:
		return a.page.T("sure")
	}
	return a.page.T("may be chance")
}

// sureOf is how sure a change is. Nothing is claimed of a small one, whose times may differ
// though their mean does not.
func (a *answer) sureOf(row *labapi.Change) string {
	if row.P != nil && *row.P <= likely && !a.Descriptive() && abs(row.DeltaUS) < a.A.MeanRootUS/leastClaimed {
		return a.page.T("sure, but small")
	}
	return a.sure(row.P)
}

// leastClaimed is of A's mean what a change is at least of which something is claimed: a
// hundredth, as of package compare.
const leastClaimed = 100

// chance writes a probability: none is zero, and of too few there is none.
func (a *answer) chance(p *float64) string {
	switch {
	case p == nil || a.Descriptive():
		return ""
	case *p < 0.001:
		return "p < 0.001"
	}
	return fmt.Sprintf("p = %.3f", *p)
}

// percent writes a share.
func percent(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }

// signedPercent writes a change, with the minus sign of display.Signed.
func signedPercent(share float64) string {
	return strings.Replace(fmt.Sprintf("%+.1f %%", 100*share), "-", "−", 1)
}

func abs(n int64) int64 { return max(n, -n) }

// path is a call path, for people.
type path struct {
	Callers string // those above, the nearest last
	Caller  string // the nearest
	Name    string
	Whole   string
}

// Bounds of what is shown of names that come from elsewhere.
const (
	maxName    = 80
	maxCallers = 6
	maxWhole   = 400
	maxText    = 1200
)

// newPath is a path, of which service and operation are the last call.
func (a *answer) newPath(text, service, operation string) path {
	switch text {
	case labapi.MixPath:
		return path{Name: a.page.T("another mix of requests")}
	case labapi.OtherPath:
		return path{Name: a.page.T("other call paths")}
	}
	p := path{Name: display.Cut(display.Service(service)+" "+display.SpanName(operation), maxName), Whole: display.CutWords(display.Text(text, maxWhole), maxName)}
	calls := strings.Split(text, labapi.PathSeparator)
	calls = calls[:len(calls)-1]
	if left := len(calls) - maxCallers; left > 0 {
		calls = append([]string{"…"}, calls[left:]...)
	}
	for i := range calls {
		calls[i] = display.Cut(calls[i], maxName)
	}
	p.Callers = strings.Join(calls, " › ")
	if len(calls) > 0 {
		p.Caller = "‹ " + calls[len(calls)-1]
	}
	return p
}

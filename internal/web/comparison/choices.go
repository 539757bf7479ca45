package comparison

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/draw"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/zipkin"
)

// form is what can be chosen, and what is.
type form struct {
	*asked
	A, B, Q  set
	Services []string
	Tags     []string // of some traces
	Traces   []choice
	Unread   string // why the names are not known
}

// choice is a trace that can be chosen.
type choice struct{ ID, Text string }

// Bounds of what the form offers: it is there before its names are.
const (
	offerWithin  = 2 * time.Second
	offeredFrom  = 30 // traces whose tags are offered
	offeredBack  = time.Hour
	mostOffered  = 200
	mostOfAName  = 80
	maxTagLength = 200
)

// newForm has the choices that the Reader knows.
func (p *Pages) newForm(ctx context.Context, a *asked) *form {
	f := &form{asked: a, A: readSet("a", a.ComparisonQuery.A), B: readSet("b", a.ComparisonQuery.B), Q: readSet("q", a.ComparisonQuery.Q)}
	ctx, cancel := context.WithTimeout(ctx, offerWithin)
	defer cancel()
	services, err := p.cfg.Reader.Services(ctx)
	if err == nil {
		err = p.offerTraces(ctx, f)
	}
	for _, s := range f.Sets() {
		if s.Service != "" && err == nil {
			s.SpanNames, err = p.cfg.Reader.SpanNames(ctx, s.Service)
		}
	}
	if f.Services = services; err != nil {
		f.Unread = err.Error()
	}
	return f
}

// Sets are those of the form that is shown.
func (f *form) Sets() []*set {
	switch f.Kind {
	case labapi.CompareSets:
		return []*set{&f.A, &f.B}
	case labapi.CompareTraces:
		return nil
	}
	return []*set{&f.Q}
}

// offerTraces offers recent traces, and their tags.
func (p *Pages) offerTraces(ctx context.Context, f *form) error {
	traces, err := p.cfg.Reader.Traces(ctx, zipkin.Query{EndTs: p.cfg.Now(), Lookback: offeredBack, Limit: offeredFrom})
	tags := map[string]bool{}
	for _, spans := range traces {
		if root := zipkin.LongestRoot(spans); root != nil {
			at := time.UnixMicro(root.Timestamp)
			name := display.Cut(display.Service(root.Local.ServiceName)+" "+display.SpanName(root.Name), mostOfAName)
			f.Traces = append(f.Traces, choice{root.TraceID.String(), fmt.Sprintf("%s, %s, %s", name, display.Micros(root.Duration), draw.Ago(p.cfg.Now(), at))})
		}
		for i := range spans {
			for _, tag := range spans[i].Tags {
				if len(tag.Key) <= maxTagLength && len(tags) < mostOffered {
					tags[tag.Key] = true
				}
			}
		}
	}
	for tag := range tags {
		if !strings.HasPrefix(tag, "go.") { // what an explanation said
			f.Tags = append(f.Tags, tag)
		}
	}
	slices.Sort(f.Tags)
	return err
}

// Listed reports whether the service of a set is among those that are known.
func (f *form) Listed(s *set) bool { return s.Service == "" || slices.Contains(f.Services, s.Service) }

// field is a field of the form, or several of them for a set.
type field struct {
	Name, Label       string
	Value, Hint, List string
	Wrong             string
	Set               *set
	Form              *form
}

// SetField is that of a set.
func (f *form) SetField(name, label string) field {
	of := field{Name: name, Label: label, Wrong: f.Mistakes[name], Form: f, Set: &f.Q}
	switch name {
	case "a":
		of.Set = &f.A
	case "b":
		of.Set = &f.B
	}
	return of
}

// TraceField is that of a trace.
func (f *form) TraceField(name, label string) field {
	return field{Name: name, Label: label, Wrong: f.Mistakes[name], Value: f.Values().Get(name)}
}

// TextField is another one.
func (f *form) TextField(name, label, hint, list string) field {
	return field{Name: name, Label: label, Wrong: f.Mistakes[name], Value: f.Values().Get(name), Hint: hint, List: list}
}

// namesPage is the names of the spans of a service, which the form asks for when another
// one is chosen.
type namesPage struct {
	shell.Page
	Names []string
}

func (p *Pages) names(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), offerWithin)
	defer cancel()
	names, err := p.cfg.Reader.SpanNames(ctx, strings.ToLower(r.URL.Query().Get("service")))
	if err != nil {
		p.shell.Unreadable(w, r, err)
		return
	}
	p.shell.Fragment(w, r, http.StatusOK, "compare", "names", namesPage{Names: names[:min(len(names), 1000)]})
}

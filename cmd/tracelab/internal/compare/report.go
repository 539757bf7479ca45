package compare

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"example.com/tracelab/internal/analysis/collect"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// report is what of tracelab load's report finds the traces of its variants.
type report struct {
	Began    int64     `json:"began_us"`
	Took     int64     `json:"took_us"`
	Variants []variant `json:"variants"`

	path string
}

type variant struct {
	Name       string   `json:"name"`
	About      string   `json:"about"`
	TraceIDs   []string `json:"traceIds"`
	MoreTraces int      `json:"more_traces"`
}

const (
	maxReport = 16 << 20             // bytes: two times 50,000 ids, and the rest
	longest   = 366 * 24 * time.Hour // that a load may have taken
)

// readReport reads the file that tracelab load --ab … --json wrote.
func readReport(path string) (*report, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxReport+1))
	if err != nil {
		return nil, err
	}
	r := &report{path: path}
	const want = "want what 'tracelab load --ab … --json' wrote, or a second file to compare with"
	switch err := json.Unmarshal(text, r); {
	case len(text) > maxReport:
		return nil, usage(path, "is too long for a report of tracelab load:", want)
	case err != nil:
		return nil, usage(path, "is no report of tracelab load:", want)
	case len(r.Variants) == 1:
		return nil, usage(path, "is a report of one variant: two are compared, by 'tracelab load --ab A B --json'")
	case len(r.Variants) != 2 || r.Began <= 0 || r.Took < 0 || r.Took > longest.Microseconds():
		return nil, usage(path, "is no report of tracelab load:", want)
	}
	for _, v := range r.Variants {
		if len(v.TraceIDs) == 0 {
			return nil, cli.Status{Code: cli.Negative, Err: fmt.Errorf("%s: no request of %s was recorded as a trace: nothing to compare", path, v.Name)}
		}
	}
	return r, nil
}

// slack is by how much clocks may differ.
const slack = time.Second

// query finds the traces of a variant by its tag, in the time of the load.
func (r *report) query(variant int) string {
	begin, end := time.UnixMicro(r.Began).Add(-slack), time.UnixMicro(r.Began+r.Took).Add(slack)
	return url.Values{
		"annotationQuery": {"variant=" + r.Variants[variant].Name},
		"endTs":           {strconv.FormatInt(end.UnixMilli(), 10)},
		"lookback":        {strconv.FormatInt(end.Sub(begin).Milliseconds(), 10)},
	}.Encode()
}

// label is what a variant is called.
func (r *report) label(v variant) string {
	return fmt.Sprintf("variant %s (%s) in %s", v.Name, v.About, r.path)
}

// askReport compares the variants of a load: the server by their tags or, where there are
// none, this program by the ids of their traces.
func (o origin) askReport(ctx context.Context, of asked) (*labapi.Comparison, error) {
	answer, err := o.askByTag(ctx, of)
	if err != nil {
		if _, unreachable := errors.AsType[*url.Error](err); unreachable || ctx.Err() != nil {
			return nil, err
		}
		answer, err = o.askByID(ctx, of)
	}
	if err != nil {
		return nil, err
	}
	for i, side := range []*labapi.ComparedSet{&answer.A, &answer.B} {
		v := of.report.Variants[i]
		if sent := len(v.TraceIDs) + v.MoreTraces; side.N+side.Skipped != sent && !side.Cut {
			answer.Warnings = append(answer.Warnings, fmt.Sprintf("Of %s %d requests were recorded, and %d traces are found: some are not stored, or came from another load.", v.Name, sent, side.N+side.Skipped))
		}
		rename(answer, side, of.report.label(v))
	}
	return answer, nil
}

// rename calls a side by what the report calls it, in what is said of it as well: the query
// that found it is not what people asked for.
func rename(answer *labapi.Comparison, side *labapi.ComparedSet, label string) {
	found := side.Label
	side.Label = label
	if found == "" { // by a server that does not say
		return
	}
	for _, texts := range [][]string{answer.Warnings, answer.Sentences} {
		for i := range texts {
			texts[i] = strings.ReplaceAll(texts[i], found, label)
		}
	}
}

var errNotAsked = errors.New("no server is asked")

func (o origin) askByTag(ctx context.Context, of asked) (*labapi.Comparison, error) {
	if o.client == nil {
		return nil, errNotAsked
	}
	return o.askServer(ctx, of.query)
}

func (o origin) askByID(ctx context.Context, of asked) (*labapi.Comparison, error) {
	reader, err := o.zipkin(ctx)
	if err != nil {
		return nil, err
	}
	return o.compare(ctx, of.Question, &byID{reader, of.report, of.query.B})
}

// byID finds the traces of a load one by one.
type byID struct {
	collect.Reader
	*report
	b string // what the second variant is found by
}

// Find implements question.Finder.
func (b *byID) Find(ctx context.Context, text string) (*collect.Found, error) {
	v := b.Variants[0]
	if text == b.b {
		v = b.Variants[1]
	}
	found := collect.New(text, b.each(ctx, v), fmt.Sprintf("none of the %d traces of variant %s in %s is stored", len(v.TraceIDs), v.Name, b.path))
	found.Live = true
	if v.MoreTraces > 0 {
		found.Cut = fmt.Sprintf("the report has no more than %d ids", len(v.TraceIDs))
	}
	return found, nil
}

// each yields the traces of a variant. How many are there is compared with how many were
// sent.
func (b *byID) each(ctx context.Context, v variant) collect.Traces {
	return func(yield func([]zipkin.Span, error) bool) {
		for _, text := range v.TraceIDs {
			id, err := zipkin.ParseTraceID(text)
			if err != nil {
				yield(nil, usage(b.path+":", "the trace id", fmt.Sprintf("%.40q: %v", text, err)))
				return
			}
			spans, err := b.Trace(ctx, id)
			if errors.Is(err, zipkinapi.ErrNotFound) {
				continue
			}
			if !yield(spans, err) || err != nil {
				return
			}
		}
	}
}

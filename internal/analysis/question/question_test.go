package question_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"example.com/tracelab/internal/analysis/question"
	"example.com/tracelab/internal/labapi"
)

const (
	idA = "463ac35c9f6413ad48485a3953bb6124"
	idB = "7d2e1f0a9c8b4756"
)

func isFile(text string) bool { return strings.HasSuffix(text, ".json") }

func TestRead(t *testing.T) {
	for name, test := range map[string]struct {
		asked labapi.ComparisonQuery
		want  question.Question
	}{
		"two sets":          {labapi.ComparisonQuery{A: "serviceName=a", B: "serviceName=b", Strata: []string{"t"}, Quantile: "p99"}, question.Question{Kind: labapi.CompareSets, A: "serviceName=a", B: "serviceName=b", Strata: []string{"t"}, Quantile: 0.99}},
		"two traces":        {labapi.ComparisonQuery{A: idA, B: idB}, question.Question{Kind: labapi.CompareTraces, A: idA, B: idB}},
		"a trace beside":    {labapi.ComparisonQuery{A: "limit=1", B: idB}, question.Question{Kind: labapi.CompareSets, A: "limit=1", B: idB}},
		"others beside it":  {labapi.ComparisonQuery{A: idA, B: "limit=1"}, question.Question{Kind: labapi.CompareSets, A: idA, B: "limit=1"}},
		"two files":         {labapi.ComparisonQuery{A: "a.json", B: "b.json"}, question.Question{Kind: labapi.CompareSets, A: "a.json", B: "b.json"}},
		"a file, a query":   {labapi.ComparisonQuery{A: "a.json", B: "limit=7"}, question.Question{Kind: labapi.CompareSets, A: "a.json", B: "limit=7"}},
		"slow ones":         {labapi.ComparisonQuery{Slow: "p95"}, question.Question{Kind: labapi.CompareSlow, A: question.Latest, Slow: 0.95}},
		"slow ones of some": {labapi.ComparisonQuery{Slow: "0.9", Q: "limit=9"}, question.Question{Kind: labapi.CompareSlow, A: "limit=9", Slow: 0.9}},
		"slow of a file":    {labapi.ComparisonQuery{Slow: "p90", Q: "a.json"}, question.Question{Kind: labapi.CompareSlow, A: "a.json", Slow: 0.9}},
		"the slowest":       {labapi.ComparisonQuery{Slow: "0.999"}, question.Question{Kind: labapi.CompareSlow, A: question.Latest, Slow: 0.999}},
		"by tag":            {labapi.ComparisonQuery{By: "*", Slow: "p99.5"}, question.Question{Kind: labapi.CompareTag, A: question.Latest, Tag: "*", Slow: 0.995}},
	} {
		got, err := question.Read(test.asked, isFile)
		if err != nil || !reflect.DeepEqual(stripped(got), test.want) {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, test.want)
		}
	}
}

// TestTheHighestQuantile is taken though 99.9 / 100 is a little more than 0.999.
func TestTheHighestQuantile(t *testing.T) {
	if _, err := question.Read(labapi.ComparisonQuery{Slow: "p99.9"}, nil); err != nil {
		t.Error(err)
	}
}

// stripped is what can be compared.
func stripped(q question.Question) question.Question {
	return question.Question{Kind: q.Kind, A: q.A, B: q.B, Tag: q.Tag, Slow: q.Slow, Quantile: q.Quantile, Strata: q.Strata}
}

func TestWhatCannotBeMeant(t *testing.T) {
	for name, test := range map[string]struct {
		asked     labapi.ComparisonQuery
		parameter string
		want      string
	}{
		"nothing":              {labapi.ComparisonQuery{}, "a", "want two queries"},
		"A alone":              {labapi.ComparisonQuery{A: idA}, "b", "it is missing"},
		"B alone":              {labapi.ComparisonQuery{B: idA}, "a", "it is missing"},
		"the same query":       {labapi.ComparisonQuery{A: "limit=1", B: "limit=1"}, "b", "the same traces do not differ"},
		"a word":               {labapi.ComparisonQuery{A: idA, B: "gateway"}, "b", `"gateway": want a query, such as`},
		"half an id":           {labapi.ComparisonQuery{A: "463ac35c", B: idB}, "a", "16 or 32 hexadecimal digits"},
		"a query, half an id":  {labapi.ComparisonQuery{A: "limit=1", B: "463ac35c"}, "b", "want a query"},
		"a wrong query":        {labapi.ComparisonQuery{A: "limit=1", B: "lookbak=7"}, "b", "lookback"},
		"a set with two":       {labapi.ComparisonQuery{A: idA, B: idB, Q: "limit=1"}, "q", "one set goes with slow or by"},
		"two with slow":        {labapi.ComparisonQuery{A: "limit=1", Slow: "p95"}, "a", "slow and by are of one"},
		"strata of traces":     {labapi.ComparisonQuery{A: idA, B: idB, Strata: []string{"t"}}, "strata", "two traces have no strata"},
		"quantile of traces":   {labapi.ComparisonQuery{A: idA, B: idB, Quantile: "p95"}, "quantile", "two traces have no quantiles"},
		"quantile of one set":  {labapi.ComparisonQuery{Slow: "p95", Quantile: "p95"}, "quantile", "is one of two sets"},
		"strata of one set":    {labapi.ComparisonQuery{By: "*", Strata: []string{"t"}}, "strata", "strata are of two sets"},
		"slow of a word":       {labapi.ComparisonQuery{Q: "gateway", Slow: "p95"}, "q", "want a query"},
		"slow of a trace":      {labapi.ComparisonQuery{Q: idA, Slow: "p95"}, "q", "want a query"},
		"slow of what is none": {labapi.ComparisonQuery{Q: "limit=none", Slow: "p95"}, "q", "limit=none"},
		"no quantile":          {labapi.ComparisonQuery{Slow: "fast"}, "slow", `"fast": want p50 to p99.9`},
		"a low quantile":       {labapi.ComparisonQuery{Slow: "p10"}, "slow", "want p50 to p99.9"},
		"all of it":            {labapi.ComparisonQuery{Slow: "p100"}, "slow", "want p50 to p99.9"},
		"not a number":         {labapi.ComparisonQuery{A: "limit=1", B: "limit=2", Quantile: "NaN"}, "quantile", "want p50 to p99.9"},
	} {
		_, err := question.Read(test.asked, isFile)
		var wrong *question.Error
		if !errors.As(err, &wrong) || wrong.Parameter != test.parameter || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v (%+v), want %s: %q", name, err, wrong, test.parameter, test.want)
		}
	}
}

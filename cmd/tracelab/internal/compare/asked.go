package compare

import (
	"os"

	"example.com/tracelab/internal/analysis/question"
	"example.com/tracelab/internal/labapi"
)

// asked is what is to be compared, once the arguments are read.
type asked struct {
	query labapi.ComparisonQuery // its sets may be files
	question.Question
	report *report // of tracelab load; nil: the sets are in the query
}

// files reports whether a set is in a file, so that the server cannot compare it.
func (a asked) files() bool {
	return a.report == nil && (isFile(a.Question.A) || isFile(a.Question.B))
}

// isFile reports whether a text names something that can be read as a file.
func isFile(text string) bool {
	info, err := os.Stat(text)
	return err == nil && !info.IsDir()
}

// read reads the arguments.
func (c *Command) read() (of asked, err error) {
	of.query = labapi.ComparisonQuery{A: c.A, B: c.B, Slow: c.Slow, By: c.By, Strata: c.Strata, Quantile: c.Quantile}
	one := c.Slow != "" || c.By != ""
	switch {
	case c.Before != "" || c.After != "":
		if c.Before == "" || c.After == "" || c.A != "" || one {
			return of, usage("--before FILE and --after FILE go together, and without other sets")
		}
		of.query.A, of.query.B = c.Before, c.After
	case one && c.B != "":
		return of, usage("--slow and --by are of one set, and two are given")
	case one:
		of.query.A, of.query.Q = "", c.A
	case c.A == "":
		return of, usage("want two queries, ids of traces or files; a file of 'tracelab load --ab … --json'; or --slow p95 or --by TAG")
	case c.B == "":
		if !isFile(c.A) {
			return of, usage(c.A + " alone: want a second query, id or file; --slow p95 or --by TAG; or a file of 'tracelab load --ab … --json'")
		}
		if of.report, err = readReport(c.A); err != nil {
			return of, err
		}
		of.query.A, of.query.B = of.report.query(0), of.report.query(1)
	}
	for _, path := range []string{c.Before, c.After} {
		if path == "" {
			continue
		}
		if _, err := os.Stat(path); err != nil {
			return of, err
		}
	}
	of.Question, err = question.Read(of.query, isFile)
	return of, err
}

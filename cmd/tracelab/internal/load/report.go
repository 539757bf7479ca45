package load

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/loadgen"
	"example.com/tracelab/redact"
)

// announce prints what is sent where, before it is sent.
func announce(out io.Writer, cfg loadgen.Config) {
	lines := term.Text(out)
	for _, v := range cfg.Variants {
		target := v.Request.Method + " " + redact.URL(v.Request.URL)
		if v.About != "" {
			target += "  " + term.Dim.Render(v.About)
		}
		fmt.Fprintln(lines, strings.TrimSpace(v.Name+" "+target))
	}
	turns := ""
	if len(cfg.Variants) > 1 {
		turns = fmt.Sprintf(", %d of each in turn", cfg.Block)
	}
	fmt.Fprintf(lines, "%d requests, %g/s%s\n", cfg.Count, cfg.Rate, turns)
}

// report prints a result for people.
func report(out io.Writer, r *loadgen.Result) error {
	p := &printer{}
	p.latencies(r)
	p.line("sent", "%.1f/s in %s", r.Reached, took(r.Took))
	if r.Late > 0 {
		p.line("late", "%d of them, by up to %s: %s", r.Late, took(r.Latest), whyLate(r))
	}
	if r.CutOff > 0 {
		p.line("cut off", "%d had no answer when it was stopped, one of them since %s: no other figure counts them", r.CutOff, took(r.Waited))
	}
	for _, v := range r.Variants {
		p.line(v.Name+" answers", "%s", answers(v))
	}
	for _, v := range r.Variants {
		p.requests(v.Name+" slowest", v.Slowest)
	}
	for _, v := range r.Variants {
		p.requests(v.Name+" bad", v.Bad)
	}
	_, err := io.WriteString(term.Text(out), p.String())
	return err
}

// maxWord is the longest word of what an answer says of itself, such as a name.
const maxWord = 60

type printer struct{ strings.Builder }

// line has a label, which may be empty, and what it is about.
func (p *printer) line(label, format string, args ...any) {
	text := fmt.Sprintf("%-11s", strings.TrimSpace(label)) + fmt.Sprintf(format, args...)
	p.WriteString(strings.TrimRight(text, " ") + "\n")
}

// latencies are the table: of each variant, what its users would have waited,
// and what its requests took.
func (p *printer) latencies(r *loadgen.Result) {
	row := func(label, ended, failed string, columns [5]string) {
		p.line(label, "%7s%8s%10s%10s%10s%10s%10s", ended, failed, columns[0], columns[1], columns[2], columns[3], columns[4])
	}
	row("", "ended", "failed", [5]string{"p50", "p90", "p99", "p99.9", "max"})
	for _, v := range r.Variants {
		row(v.Name+" latency", fmt.Sprint(v.Ended), fmt.Sprint(v.Failed), columns(v.Latency))
		row(v.Name+" service", "", "", columns(v.Service))
	}
	p.line("", "%s", term.Dim.Render("latency: from when it was due; service: from when it was sent"))
}

func columns(p loadgen.Percentiles) [5]string {
	return [5]string{took(p.P50), took(p.P90), took(p.P99), took(p.P999), took(p.Max)}
}

func whyLate(r *loadgen.Result) string {
	if r.Full {
		return "as many were under way as --concurrency lets"
	}
	return "this machine did not keep up"
}

// answers counts them, and says why there were none.
func answers(v *loadgen.Outcome) string {
	var all []string
	for _, status := range slices.Sorted(maps.Keys(v.Statuses)) {
		all = append(all, fmt.Sprintf("%d: %d", status, v.Statuses[status]))
	}
	for _, reason := range slices.Sorted(maps.Keys(v.Errors)) {
		all = append(all, fmt.Sprintf("none: %d, %s", v.Errors[reason], display.CutWords(reason, maxWord)))
	}
	return cmp.Or(strings.Join(all, "   "), "none")
}

// requests lists some with their traces, and what was not answered well about them.
func (p *printer) requests(label string, some []loadgen.Request) {
	if len(some) > 0 {
		p.line(label, "")
	}
	for _, r := range some {
		about := []string{term.Link.Render(cmp.Or(r.TraceURL, r.TraceID, "no trace"))}
		if r.Status != http.StatusOK && r.Status != 0 {
			about = append(about, fmt.Sprint(r.Status))
		}
		if r.Reason != "" {
			about = append(about, term.Dim.Render(display.CutWords(r.Reason, maxWord)))
		}
		fmt.Fprintf(p, "%9s  %s\n", display.Whole(took(r.Latency)), strings.Join(about, "  "))
	}
}

func took(m loadgen.Micros) string { return display.Micros(time.Duration(m).Microseconds()) }

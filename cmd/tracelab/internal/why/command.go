// Package why is the command tracelab why: what package why concludes, in
// words and tables, from a server or from files.
package why

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"charm.land/lipgloss/v2"

	"example.com/tracelab/cmd/tracelab/internal/flags"
	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/whytext"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/redact"
)

// Command is tracelab why.
type Command struct {
	Trace         string `arg:"" optional:"" help:"The trace: its id of 16 or 32 digits, or a URL that ends in it."`
	Span          string `arg:"" optional:"" help:"One of its spans, 16 digits. Default: the longest request."`
	StartUS       string `name:"start-us" help:"Of several spans with the id SPAN, the one that began then, in µs since 1970. Default: the longest of them." placeholder:"N"`
	Slowest       bool   `help:"Explain the slowest request of the last ten minutes."`
	Live          bool   `help:"Wait for the next slow request and explain it."`
	Save          string `help:"Write what the explanation was made from to this directory, too." placeholder:"DIR" type:"path"`
	From          string `help:"Explain from such a directory, without a server." placeholder:"DIR" type:"path"`
	term.Format   `embed:""`
	flags.Trusted `embed:""`
}

// Help is shown by tracelab why --help.
func (c *Command) Help() string {
	return `It says in three sentences what held a request up, then where each millisecond went, what those did who kept it waiting, and the stacks. The request has been answered already: every service keeps the execution trace of its last ten seconds. What is still under way is waited for. The exit status is 0 when it is explained, 1 when it cannot be, such as later than that, 3 when no server answers.

A trace may have several requests: a retry, or a header that many have pasted. The longest is explained; the others are listed, each with the command that explains it.

--save writes spans.json, the spans of the whole trace, which any Zipkin takes, and SERVICE-INSTANCE.trace for each process, with what it did for the request that is explained: 'tracelab exec' and 'go tool trace' read it. saved.json lists them, and says of which request they are, so that --from says the same again. The next --save to the directory replaces these files, all or none, and touches no others: save another request to another directory.

Examples:
  tracelab why 463ac35c9f6413ad48485a3953bb6124
  tracelab why http://localhost:9411/zipkin/traces/463ac35c9f6413ad48485a3953bb6124
  tracelab why 463ac35c9f6413ad48485a3953bb6124 a2fb4a1d1a96d312
  tracelab why --slowest --save incident; tracelab why --from incident
  tracelab why --live --json
  docker compose -f deploy/docker-compose.yml exec tracelab \
    tracelab why --slowest`
}

// subject is what is to be explained.
type subject struct {
	trace zipkin.TraceID // zero: one that the server chooses, or the only one of the files
	span  zipkin.SpanAt  // zero: the longest request
}

// Run explains, and prints.
func (c *Command) Run(ctx context.Context, out io.Writer) error {
	of, err := c.subject()
	if err != nil {
		return cli.Status{Code: cli.Usage, Err: err}
	}
	if c.From != "" {
		answer, err := explainFrom(c.From, of)
		if err != nil {
			return err
		}
		return c.print(out, answer, "")
	}
	client, err := c.Find(ctx)
	if err != nil {
		return err
	}
	answer, err := c.ask(ctx, client, of)
	if err == nil && c.Save != "" {
		err = save(ctx, client, c.Save, answer, of)
	}
	if err != nil {
		return failed(ctx, err)
	}
	return c.print(out, answer, labapi.TraceURL(display.URL(client.URL()), answer.TraceID))
}

// subject reads the arguments.
func (c *Command) subject() (of subject, err error) {
	ways := 0
	for _, given := range []bool{c.Trace != "", c.Slowest, c.Live} {
		if given {
			ways++
		}
	}
	switch {
	case c.From != "" && (c.Slowest || c.Live || c.Save != ""):
		return of, errors.New("--from takes a trace and a span only: no server is asked")
	case ways > 1:
		return of, errors.New("want one of TRACE, --slowest and --live")
	case ways == 0 && c.From == "":
		return of, errors.New("want TRACE, or --slowest, --live or --from DIR")
	}
	if c.Trace != "" {
		if of.trace, err = parseTrace(c.Trace); err != nil {
			return of, err
		}
	}
	of.span, err = c.spanAt()
	return of, err
}

func (c *Command) spanAt() (at zipkin.SpanAt, err error) {
	switch {
	case c.Span == "" && c.StartUS != "":
		return at, errors.New("--start-us goes with SPAN, of which several spans have the id")
	case c.Span == "":
		return at, nil
	}
	if at.ID, err = labapi.ParseSpanID(strings.ToLower(c.Span)); err != nil {
		return at, fmt.Errorf("SPAN %q: want 16 hexadecimal digits", c.Span)
	}
	if c.StartUS == "" {
		return at, nil
	}
	if at.Timestamp, err = labapi.ParseStartUS(c.StartUS); err != nil {
		return at, fmt.Errorf("--start-us: %w", err)
	}
	return at, nil
}

// parseTrace reads an id, or a URL whose path ends in one.
func parseTrace(text string) (zipkin.TraceID, error) {
	id := text
	if u, err := url.Parse(text); err == nil && u.Scheme != "" {
		path := strings.TrimSuffix(u.Path, "/")
		id = path[strings.LastIndexByte(path, '/')+1:]
	}
	parsed, err := labapi.ParseTraceID(strings.ToLower(id))
	if err != nil {
		return parsed, fmt.Errorf("TRACE %q: want 16 or 32 hexadecimal digits, or a URL that ends in them", text)
	}
	return parsed, nil
}

// print prints an answer, and says by the error whether it explains anything.
func (c *Command) print(out io.Writer, answer *labapi.Explanation, link string) error {
	if c.JSON {
		if err := term.JSON(out, answer); err != nil {
			return err
		}
		return explained(answer)
	}
	next := whytext.Next{Page: link, Explain: func(other *labapi.Request) string { return c.command(answer.TraceID, other) }}
	if _, err := lipgloss.Fprint(out, whytext.Text(answer, next, term.Styles())); err != nil {
		return err
	}
	return explained(answer)
}

// command is the one that explains another request of a trace, from the same server or
// the same files.
func (c *Command) command(traceID string, other *labapi.Request) string {
	words := []string{"tracelab", "why", display.Line(traceID), display.Line(other.SpanID)}
	if start := whytext.StartOf(other); start != "" {
		words = append(words, "--start-us", start)
	}
	if c.From != "" {
		words = append(words, "--from", display.ShellWord(display.Line(c.From)))
	}
	if c.Server != "" {
		words = append(words, "--server", display.ShellWord(redact.Text(c.Server)))
	}
	return strings.Join(words, " ")
}

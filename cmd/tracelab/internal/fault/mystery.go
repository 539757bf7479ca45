package fault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"charm.land/lipgloss/v2"

	"example.com/tracelab/cmd/tracelab/internal/flags"
	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/redact"
)

// Mystery is tracelab mystery.
type Mystery struct {
	Start  mysteryStart  `cmd:"" help:"Switch on a fault that you are not told."`
	Hint   mysteryHint   `cmd:"" help:"Show the next of its hints."`
	Answer mysteryAnswer `cmd:"" help:"Say which fault it is, and be graded."`
	List   mysteryList   `cmd:"" help:"Show all mysteries, with what they are: for instructors."`
	Reset  mysteryReset  `cmd:"" help:"End all mysteries, and switch all faults off."`
}

// Help is shown by tracelab mystery --help.
func (c *Mystery) Help() string {
	return `Nobody tells you what is wrong: traces do.

Examples:
  tracelab mystery start --level 2
  tracelab load --count 50
  tracelab mystery hint
  tracelab mystery answer --service writer --cause lock-contention --ms 80

For a room:
  tracelab mystery start --attendees names.txt
  tracelab mystery list
  tracelab mystery reset`
}

// whose is the mystery that a verb is about: each attendee may have one.
type whose struct {
	flags.Trusted `embed:""`
	Attendee      string `help:"Only for requests with this member of the baggage. Default: all requests." placeholder:"NAME"`
	ID            string `name:"id" help:"What the start of the mystery said, in place of the attendee and the token." placeholder:"ID"`
}

func (w whose) ask() labapi.MysteryAsk { return labapi.MysteryAsk{ID: w.ID, Attendee: w.Attendee} }

// mysteryStart has the server choose a fault and switch it on.
type mysteryStart struct {
	whose     `embed:""`
	Attendees string `help:"One for each name of a file, one a line; - is standard input. # begins a comment." placeholder:"FILE" type:"path"`
	Seed      uint64 `help:"Choose the same fault again; with --attendees, the same for all." placeholder:"N"`
	Level     int    `help:"1: a trace shows it; 2: it takes execution traces; 3: it hits some requests only, or hides." default:"1"`
}

// Help is shown by tracelab mystery start --help.
func (c *mysteryStart) Help() string {
	return `It is refused where no gateway, fetcher or writer is connected that takes faults.

Examples:
  tracelab mystery start --level 2
  tracelab mystery start --attendee ann  # for ann's requests alone
  tracelab mystery start --seed 7        # the same one for all who try
  tracelab mystery start --attendees names.txt  # one for each name in it`
}

// Run starts it, and says how to go on.
func (c *mysteryStart) Run(ctx context.Context, out io.Writer) error {
	if c.Level < 1 || c.Level > faults.Levels {
		return cli.Status{Code: cli.Usage, Err: fmt.Errorf("--level %d: want 1 to %d", c.Level, faults.Levels)}
	}
	if c.Attendees != "" {
		return c.startRoom(ctx, out)
	}
	client, err := c.Find(ctx)
	if err != nil {
		return err
	}
	m, err := client.StartMystery(ctx, labapi.MysteryStart{Seed: c.Seed, Level: c.Level, Attendee: c.Attendee, ID: c.ID})
	if err != nil {
		return err
	}
	chosen := fmt.Sprintf("  level %d", m.Level)
	if m.Seed != 0 {
		chosen += fmt.Sprintf(", seed %d", m.Seed)
	}
	lipgloss.Fprintln(out, term.Bold.Render("Something is wrong since now.")+term.Dim.Render(chosen))
	flags := " --id " + m.ID
	if c.Server != "" {
		flags += " --server " + display.ShellWord(redact.Text(c.Server))
	}
	row(out, "visit", m.Visit)
	lipgloss.Fprintf(out, "  look    %s\n", term.Link.Render(display.URL(client.URL())+"/"))
	row(out, "hint", "tracelab mystery hint"+flags)
	row(out, "answer", "tracelab mystery answer --service S --cause FAULT"+flags)
	lipgloss.Fprintf(out, "          %s\n", term.Dim.Render("# the causes there are: tracelab fault list"))
	return nil
}

// row prints a label and a command, which can be pasted.
func row(out io.Writer, label, command string) error {
	const indent = 10
	lines := strings.Split(display.ShellLines(command, indent, strings.Repeat(" ", indent+2)), "\n")
	for i, line := range lines {
		lines[i] = term.Bold.Render(line) // one by one: together they would all be as long as the longest
	}
	_, err := lipgloss.Fprintf(out, "  %-8s%s\n", label, strings.Join(lines, "\n"))
	return err
}

// mysteryHint prints the next hint. Hints are counted.
type mysteryHint struct {
	whose `embed:""`
}

// Help is shown by tracelab mystery hint --help.
func (c *mysteryHint) Help() string {
	return `Examples:
  tracelab mystery hint
  tracelab mystery hint --attendee ann`
}

// Run prints it.
func (c *mysteryHint) Run(ctx context.Context, out io.Writer) error {
	client, err := c.Find(ctx)
	if err != nil {
		return err
	}
	hint, err := client.HintMystery(ctx, c.ask())
	if err != nil {
		return err
	}
	say(out, "%d of %d: %s", hint.Step, hint.Of, hint.Hint)
	return nil
}

// mysteryAnswer has the server grade a diagnosis. The exit status is cli.Negative
// until it is right.
type mysteryAnswer struct {
	whose   `embed:""`
	Service string `help:"Where it is: gateway, fetcher or writer." placeholder:"S"`
	Cause   string `help:"What it is: a name of tracelab fault list, without the service." placeholder:"FAULT"`
	Ms      int    `help:"The milliseconds that it adds; may be left out." placeholder:"M"`
	GiveUp  bool   `help:"Show the answer instead."`
}

// Help is shown by tracelab mystery answer --help.
func (c *mysteryAnswer) Help() string {
	return `The exit status is 0 when service and cause are right, 1 when they are not.

Examples:
  tracelab mystery answer --service writer --cause lock-contention --ms 80
  tracelab mystery answer --give-up`
}

// Run sends the diagnosis, and prints the grade.
func (c *mysteryAnswer) Run(ctx context.Context, out io.Writer) error {
	d := labapi.Diagnosis{Service: c.Service, Cause: c.Cause, Ms: c.Ms}
	if err := faults.CheckDiagnosis(d); err != nil && !c.GiveUp {
		return cli.Status{Code: cli.Usage, Err: err}
	}
	client, err := c.Find(ctx)
	if err != nil {
		return err
	}
	v, err := client.AnswerMystery(ctx, labapi.MysteryAnswer{Diagnosis: d, MysteryAsk: c.ask(), GiveUp: c.GiveUp})
	if err != nil {
		return err
	}
	if !c.GiveUp {
		showGrade(out, d, v.Grade)
	}
	if !v.Over {
		return cli.Status{Code: cli.Negative, Err: errors.New("not yet: look again, or ask for a hint")}
	}
	showTruth(out, display.URL(client.URL()), v)
	return nil
}

func showGrade(out io.Writer, d labapi.Diagnosis, g labapi.Grade) {
	lipgloss.Fprintln(out, term.Finding(g.Service, "service", d.Service))
	lipgloss.Fprintln(out, term.Finding(g.Cause, "cause", d.Cause))
	if g.Ms != nil {
		lipgloss.Fprintln(out, term.Finding(*g.Ms, "ms", fmt.Sprintf("%d (right within a third)", d.Ms)))
	}
}

func showTruth(out io.Writer, url string, v *labapi.MysteryVerdict) {
	say(out, "\nIt was %s: %s.", v.Asked, v.Truth.Summary)
	say(out, "In the trace, %s.", v.Truth.Truth.Shape)
	if state := v.Truth.Truth.State; state != "" {
		say(out, "The request's goroutine %s (state %s).", display.State(state), state)
	}
	for _, e := range v.Evidence {
		say(out, "%s:", e.Shows)
		lipgloss.Fprintf(out, "  %s\n", term.Link.Render(labapi.TraceURL(url, e.TraceID)))
	}
	if len(v.Evidence) == 0 {
		say(out, "%s This shows it:", v.Missing)
		row(out, "visit", v.Visit)
	}
}

// say prints a sentence, in lines that fit a terminal.
func say(out io.Writer, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if rest, ok := strings.CutPrefix(text, "\n"); ok {
		fmt.Fprintln(out)
		text = rest
	}
	fmt.Fprintln(out, display.Wrap(text, 0, ""))
}

package exec

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/wire"
	"example.com/tracelab/internal/cli"
)

// eventsCommand prints events: decoded and in their order in time, or as they are
// written in the file.
type eventsCommand struct {
	source    `embed:""`
	Parsed    bool            `xor:"form" help:"Print events in the order in which they happened, validated. This is the default."`
	Wire      bool            `xor:"form" help:"Print events as they are written, in the order of the file."`
	Goroutine *exectrace.GoID `help:"Only what happened on this goroutine or to it." placeholder:"ID"`
	Kind      []string        `help:"Only events of this kind, such as Log; of --wire of this type, such as UserLog. May be given again." placeholder:"NAME"`
	period    `embed:""`
	N         int  `short:"n" help:"Stop after so many events." placeholder:"COUNT"`
	TrueTimes bool `help:"Print events with the times that other verbs count with, and in the order of these: go tool trace moves what happens at the beginning of a generation."`
	JSON      bool `name:"json" help:"Print a JSON object for each event, one a line."`
}

// Help is shown by tracelab exec events --help.
func (c *eventsCommand) Help() string {
	return `The text is that of 'go tool trace -d=parsed' and 'go tool trace -d=wire', to the last byte. With --from, reading begins at the generation that this time lies in, which gives the state of each goroutine and processor again, as the beginning of a trace does.

Examples:
  tracelab exec events trace.out --goroutine 7
  tracelab exec events trace.out --kind Log --kind TaskBegin --json
  tracelab exec events trace.out --wire -n 20`
}

// Run prints as it reads: it holds no more than a generation in memory.
func (c *eventsCommand) Run(ctx context.Context, std cli.Streams) error {
	if err := c.check(); err != nil {
		return err
	}
	file, err := c.open(ctx, std)
	if err != nil {
		return err
	}
	defer file.Close()
	if !c.TrueTimes {
		file = file.AsGoTool()
	}
	p := eventPrinter{ctx: ctx, out: bufio.NewWriterSize(std.Out, 64<<10), warnings: std.Err, left: c.N, json: c.JSON}
	if p.kinds, err = c.kinds(file); err != nil {
		return cli.Status{Code: cli.Usage, Err: err}
	}
	from, to := c.in(file)
	part := file
	if !c.whole() {
		part, _ = file.Cut(from, to) // damage is reported when the events are read
	}
	if c.Wire {
		err = p.wire(file, from, to)
	} else {
		err = p.parsed(part, from, to, c.Goroutine)
	}
	return ended(err, p.out.Flush())
}

// kinds are those that were asked for, as they are written.
func (c *eventsCommand) kinds(file *exectrace.File) (asked []string, err error) {
	known := exectrace.EventKinds()
	if c.Wire {
		known = nil
		written, err := wire.NewFile(file, file.Size())
		if err != nil {
			return nil, err
		}
		for _, t := range written.Types() {
			known = append(known, t.String())
		}
		if c.Goroutine != nil {
			return nil, errors.New("events as they are written do not say which goroutine they are of: leave out --goroutine or --wire")
		}
	}
	for _, name := range c.Kind {
		i := slices.IndexFunc(known, func(k string) bool { return strings.EqualFold(k, name) })
		if i < 0 {
			return nil, fmt.Errorf("no kind of event is called %q here: want one of %s", name, strings.Join(known, ", "))
		}
		asked = append(asked, known[i])
	}
	return asked, nil
}

// Package fault holds the commands tracelab fault, which switches faults on and
// off for all requests, and tracelab mystery, which hides one to be found.
package fault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"example.com/tracelab/cmd/tracelab/internal/flags"
	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/labapi"
)

// Command is tracelab fault.
type Command struct {
	List listCommand `cmd:"" help:"List the faults that there are, and how a request asks for one."`
	On   onCommand   `cmd:"" help:"Switch faults on for all requests, or for one attendee's."`
	Off  offCommand  `cmd:"" help:"Switch faults off."`
	Show showCommand `cmd:"" help:"Show the faults that are switched on."`
}

// Help is shown by tracelab fault --help.
func (c *Command) Help() string {
	return `A fault is real: a slow disk is a slow write, a lock is held. A request asks for one by its header, and fault on asks in the name of all requests.

Examples:
  tracelab fault list
  tracelab fault on 'writer=slow-disk;ms=50;percent=20' --for 10m
  tracelab fault show
  tracelab fault off`
}

// listCommand prints the catalogue of faults. It asks no server.
type listCommand struct{}

// Help is shown by tracelab fault list --help.
func (c *listCommand) Help() string {
	return `A request asks for faults by a header:

  curl -s localhost:8080/visit -H 'Fault: writer=lock-contention;ms=80'
  curl -s localhost:8080/visit -H 'Fault: writer=slow-disk, gateway=quadratic'

Examples:
  tracelab fault list`
}

// Run prints it.
func (c *listCommand) Run(out io.Writer) error {
	w := tabwriter.NewWriter(term.Text(out), 0, 0, 2, ' ', 0)
	for _, f := range faults.Catalogue() {
		name := f.Service + "=" + f.Name
		for _, p := range f.Params {
			if p.Name != "percent" {
				name += fmt.Sprintf(";%s=%d", p.Name, p.Default)
			}
		}
		summary := f.Summary
		if f.Needs != "" {
			summary += " (needs " + f.Needs + ")"
		}
		if f.HurtsOthers {
			summary += " (hurts other requests too)"
		}
		fmt.Fprintf(w, "%s\t%s\n", name, summary)
	}
	fmt.Fprintln(w, "\t")
	fmt.Fprintln(w, "…;percent=30\tof each: happens to so many of a hundred requests")
	fmt.Fprintln(w, "POST /visits\ttakes lost-context, and what is not the gateway's")
	return w.Flush()
}

// onCommand switches faults on at the server, until they are switched off or the
// time is up, and prints what is switched on then.
type onCommand struct {
	flags.Trusted `embed:""`
	Fault         string         `arg:"" help:"What the header Fault would say, such as 'writer=slow-disk;ms=50;percent=20'."`
	Attendee      string         `help:"Only for requests with this member of the baggage: curl -H 'baggage: attendee=NAME'." placeholder:"NAME"`
	For           *time.Duration `help:"How long; else until it is switched off." placeholder:"DURATION"`
	Seed          uint64         `help:"Choose the same requests again, where there is a percentage." placeholder:"N"`
}

// Help is shown by tracelab fault on --help.
func (c *onCommand) Help() string {
	return `It is refused where no service is connected that the fault could happen to. What is printed then are the visits that show it.

Examples:
  tracelab fault on 'writer=slow-disk;percent=20' --for 10m
  tracelab fault on gateway=quadratic --attendee ann
  docker compose -f deploy/docker-compose.yml exec tracelab \
    tracelab fault on writer=lock-contention`
}

// Run switches them on.
func (c *onCommand) Run(ctx context.Context, out io.Writer) error {
	if _, err := faults.Parse(c.Fault); err != nil {
		return cli.Status{Code: cli.Usage, Err: err}
	}
	if c.For != nil && *c.For <= 0 {
		return cli.Status{Code: cli.Usage, Err: fmt.Errorf("--for %s: want a time above zero", *c.For)}
	}
	client, err := c.Find(ctx)
	if err != nil {
		return err
	}
	sw := labapi.SwitchOn{Switch: labapi.Switch{Faults: c.Fault, Attendee: c.Attendee, Seed: c.Seed}}
	if c.For != nil {
		sw.Until = time.Now().Add(*c.For)
	}
	all, err := client.SwitchOn(ctx, sw)
	if err != nil {
		return err
	}
	if err := showSwitches(out, all.On); err != nil {
		return err
	}
	return row(out, "visit", all.Visit)
}

// offCommand switches one fault off, or all. The exit status is cli.Negative when
// none was on.
type offCommand struct {
	flags.Trusted `embed:""`
	Fault         string `arg:"" optional:"" help:"Its name; without one all are switched off."`
	Attendee      string `help:"Only those of this attendee." placeholder:"NAME"`
}

// Help is shown by tracelab fault off --help.
func (c *offCommand) Help() string {
	return `The exit status is 1 when nothing of that name was on.

Examples:
  tracelab fault off writer=slow-disk
  tracelab fault off                  # all of them
  tracelab fault off --attendee ann   # all of hers`
}

// Run switches them off.
func (c *offCommand) Run(ctx context.Context, out io.Writer) error {
	client, err := c.Find(ctx)
	if err != nil {
		return err
	}
	off, err := client.SwitchOff(ctx, labapi.SwitchOff{Fault: c.Fault, Attendee: c.Attendee})
	if err != nil {
		return err
	}
	if off == 0 {
		return cli.Status{Code: cli.Negative, Err: errors.New("nothing of that name was on: see tracelab fault show")}
	}
	_, err = fmt.Fprintf(out, "%d switched off\n", off)
	return err
}

// showCommand prints what is switched on.
type showCommand struct {
	flags.Trusted `embed:""`
}

// Help is shown by tracelab fault show --help.
func (c *showCommand) Help() string {
	return `Examples:
  tracelab fault show
  tracelab fault show --server http://10.0.0.5:9411`
}

// Run prints it.
func (c *showCommand) Run(ctx context.Context, out io.Writer) error {
	client, err := c.Find(ctx)
	if err != nil {
		return err
	}
	all, err := client.Faults(ctx)
	if err != nil {
		return err
	}
	return showSwitches(out, all.On)
}

func showSwitches(out io.Writer, on []labapi.SwitchedOn) error {
	lines := term.Text(out)
	if len(on) == 0 {
		_, err := fmt.Fprintln(lines, "nothing is switched on; a request may still ask by itself: see tracelab fault list")
		return err
	}
	for _, sw := range on {
		var remarks []string
		if sw.Attendee != "" {
			remarks = append(remarks, "for "+sw.Attendee)
		}
		if !sw.Until.IsZero() {
			remarks = append(remarks, "until "+sw.Until.Local().Format(time.TimeOnly))
		}
		if sw.By != "" {
			remarks = append(remarks, "switched on by "+sw.By)
		}
		fmt.Fprintln(lines, term.Bold.Render(sw.Faults)+"  "+term.Dim.Render(display.Line(strings.Join(remarks, ", "))))
	}
	return nil
}

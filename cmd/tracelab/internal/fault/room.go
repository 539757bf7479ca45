package fault

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"charm.land/lipgloss/v2"

	"example.com/tracelab/cmd/tracelab/internal/flags"
	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
)

// startRoom starts a mystery for each name of the file.
func (c *mysteryStart) startRoom(ctx context.Context, out io.Writer) error {
	if c.Attendee != "" || c.ID != "" {
		return cli.Status{Code: cli.Usage, Err: errors.New("--attendees is given beside --attendee or --id: give one of them")}
	}
	names, err := readNames(c.Attendees)
	if err != nil {
		return cli.Status{Code: cli.Usage, Err: fmt.Errorf("--attendees %s: %w", c.Attendees, err)}
	}
	client, err := c.Find(ctx)
	if err != nil {
		return err
	}
	room, err := client.StartRoom(ctx, labapi.RoomStart{Attendees: names, Level: c.Level, Seed: c.Seed})
	if err != nil {
		return err
	}
	say(out, "%d mysteries of level %d are under way. Each attendee asks for the lines of theirs, on another machine with this one's name in place of localhost:", len(names), c.Level)
	row(out, "start", "curl --data-urlencode attendee=NAME "+display.ShellWord(display.URL(client.URL())+labapi.MysteryPath))
	row(out, "list", "tracelab mystery list")
	fmt.Fprintln(out)
	return showRoom(out, room)
}

// maxFile bounds a file of names, in bytes.
const maxFile = 64 << 10

func readNames(path string) ([]string, error) {
	file := os.Stdin
	if path != "-" {
		var err error
		if file, err = os.Open(path); err != nil {
			return nil, err
		}
		defer file.Close()
	}
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("it has more than %d bytes: want one name a line, at most %d", maxFile, labapi.MaxAttendees)
	}
	if err != nil {
		return nil, err
	}
	return labapi.ParseAttendees(string(text))
}

// mysteryList prints all mysteries, with their truth.
type mysteryList struct {
	flags.Trusted `embed:""`
	term.Format   `embed:""`
}

// Help is shown by tracelab mystery list --help.
func (c *mysteryList) Help() string {
	return `Who has which mystery, since when, whether it is solved, how many hints were used, and how many answers were wrong. It shows the truth: for instructors. In --json each mystery has its id too, for an attendee who has lost it.

Examples:
  tracelab mystery list
  tracelab mystery list --json`
}

// Run prints them.
func (c *mysteryList) Run(ctx context.Context, out io.Writer) error {
	client, err := c.Find(ctx)
	if err != nil {
		return err
	}
	room, err := client.Room(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return term.JSON(out, room)
	}
	return showRoom(out, room)
}

func showRoom(out io.Writer, room *labapi.Room) error {
	if len(room.Mysteries) == 0 {
		_, err := fmt.Fprintln(out, "no mystery has been started since the last reset")
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ATTENDEE\tWHAT\tSINCE\tSTATE\tHINTS\tWRONG")
	for _, m := range room.Mysteries {
		what, _, _ := strings.Cut(m.Asked, ";")
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%d\n", display.Cut(cmp.Or(m.Attendee, "(everybody)"), 20), what,
			m.Since.Local().Format(time.TimeOnly), m.State(), m.Hints, m.Wrong)
	}
	return w.Flush()
}

// mysteryReset ends all.
type mysteryReset struct {
	flags.Trusted `embed:""`
	Attendee      string `help:"Only what is this attendee's." placeholder:"NAME"`
}

// Help is shown by tracelab mystery reset --help.
func (c *mysteryReset) Help() string {
	return `All is then as at the start of the server: no mystery, no fault that is switched on, and every name free again.

Examples:
  tracelab mystery reset
  tracelab mystery reset --attendee ann`
}

// Run ends them.
func (c *mysteryReset) Run(ctx context.Context, out io.Writer) error {
	client, err := c.Find(ctx)
	if err != nil {
		return err
	}
	cleared, err := client.ResetRoom(ctx, labapi.RoomReset{Attendee: c.Attendee})
	if err != nil {
		return err
	}
	_, err = lipgloss.Fprintf(out, "%d mysteries ended, %d switches off\n", cleared.Mysteries, cleared.Switches)
	return err
}

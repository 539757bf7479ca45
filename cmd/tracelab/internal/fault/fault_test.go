package fault_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"example.com/tracelab/cmd/tracelab/internal/fault"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/server"
	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/testbed/clitest"
	"example.com/tracelab/internal/testbed/servertest"
)

func run(args ...string) (out, wrong string, status int) {
	var grammar struct {
		Fault   fault.Command `cmd:""`
		Mystery fault.Mystery `cmd:""`
	}
	return clitest.Run(&grammar, args...)
}

// startServer starts one that all services are connected to.
func startServer(t *testing.T) string {
	t.Helper()
	url := servertest.Start(t, server.Config{Store: store.New(store.Config{}), Token: "s3cret"})
	servertest.Connect(t, url, "s3cret", labapi.Services()...)
	return url
}

// begin starts a server, and returns a run that asks it.
func begin(t *testing.T) func(args ...string) (out, wrong string, status int) {
	t.Helper()
	url := startServer(t)
	return func(args ...string) (string, string, int) {
		return run(append(args, "--server", url)...)
	}
}

// TestListNamesEveryFault, with its parameters, and asks no server.
func TestListNamesEveryFault(t *testing.T) {
	out, wrong, status := run("fault", "list")
	if status != cli.OK || wrong != "" {
		t.Fatalf("exit status %d, %s", status, wrong)
	}
	for _, f := range faults.Catalogue() {
		if !strings.Contains(out, f.Service+"="+f.Name) || !strings.Contains(out, f.Summary) {
			t.Errorf("nothing of %s=%s in\n%s", f.Service, f.Name, out)
		}
	}
}

// TestOnShowOff is what people do one after the other.
func TestOnShowOff(t *testing.T) {
	run := begin(t)
	for _, step := range []struct {
		args   string
		status int
		says   string // on standard output, or on standard error after a failure
	}{
		{"fault show", cli.OK, "nothing is switched on"},
		{"fault on writer=slow-disk;ms=50 --for 10m", cli.OK, "writer=slow-disk;ms=50  until "},
		{"fault on gateway=quadratic --attendee ann", cli.OK, "gateway=quadratic  for ann"},
		{"fault show", cli.OK, "writer=slow-disk"},
		{"fault off writer=slow-disk", cli.OK, "1 switched off"},
		{"fault off writer=slow-disk", cli.Negative, "tracelab fault show"},
		{"fault on writer=gremlins", cli.Usage, "gremlins"},
		{"fault on writer=slow-disk --for=-1s", cli.Usage, "--for -1s"},
		{"fault on writer=slow-disk --for 0s", cli.Usage, "--for 0s: want a time above zero"},
		{"fault off", cli.OK, "1 switched off"},
		{"fault show", cli.OK, "nothing is switched on"},
	} {
		out, wrong, status := run(strings.Fields(step.args)...)
		if status != step.status || !strings.Contains(out+wrong, step.says) || (status == cli.OK) != (wrong == "") {
			t.Errorf("%s: exit status %d, %s%s: want %q", step.args, status, out, wrong, step.says)
		}
		if strings.Contains(out, "\x1b") {
			t.Errorf("%s: colours for no terminal: %q", step.args, out)
		}
	}
}

// TestAMystery is one from its start to its end.
func TestAMystery(t *testing.T) {
	run := begin(t)
	for _, step := range []struct {
		args   string
		status int
		says   string
	}{
		{"mystery hint", cli.Negative, "mystery"},
		{"mystery start --level 0", cli.Usage, "want 1 to"},
		{"mystery start --seed 1 --attendee ann", cli.OK, "baggage: attendee=ann"},
		{"mystery hint --attendee ann", cli.OK, "1 of "},
		{"mystery hint --attendee ann", cli.OK, "2 of "},
		{"mystery answer --attendee ann", cli.Usage, "is no cause"},
		{"mystery answer --attendee ann --service writer --cause clock-skew", cli.Negative, "not yet"},
		{"mystery answer --attendee ann --give-up", cli.OK, "It was "},
		{"mystery answer --attendee ann --give-up", cli.Negative, "ann"},
	} {
		out, wrong, status := run(strings.Fields(step.args)...)
		if status != step.status || !strings.Contains(out+wrong, step.says) {
			t.Errorf("%s: exit status %d, %s%s: want %d and %q", step.args, status, out, wrong, step.status, step.says)
		}
	}
}

// TestTheNextCommandsAskTheSameServer, about the same attendee.
func TestTheNextCommandsAskTheSameServer(t *testing.T) {
	url := strings.TrimPrefix(startServer(t), "http://")
	out, wrong, status := run("mystery", "start", "--attendee", "ann", "--server", url)
	out = strings.ReplaceAll(out, " \\\n           ", "")
	for _, pattern := range []string{"tracelab mystery hint --id", "tracelab mystery answer --service S --cause FAULT --id"} {
		if want := regexp.MustCompile(pattern + ` \w{12} --server ` + url + "\n"); !want.MatchString(out) {
			t.Errorf("exit status %d, %s%s: want %s", status, out, wrong, want)
		}
	}
}

// TestARightAnswerEndsIt, and the grade shows each part of it. The seed chooses
// the fault: the first that is right is graded so.
func TestARightAnswerEndsIt(t *testing.T) {
	run := begin(t)
	if _, wrong, status := run("mystery", "start", "--seed", "1"); status != cli.OK {
		t.Fatalf("exit status %d, %s", status, wrong)
	}
	for _, f := range faults.Catalogue() {
		out, wrong, status := run("mystery", "answer", "--service", f.Service, "--cause", f.Name)
		if status == cli.OK {
			if !strings.Contains(out, "ok   service") || !strings.Contains(out, "ok   cause") || !strings.Contains(out, "It was "+f.Service+"="+f.Name) {
				t.Errorf("%s", out)
			}
			return
		}
		if status != cli.Negative || !strings.Contains(out, "FAIL ") {
			t.Errorf("%s: exit status %d, %s%s", f.Name, status, out, wrong)
		}
	}
	t.Error("no fault of the catalogue is right")
}

// TestTheMsAreGraded within a third, apart from the rest: a wrong time ends nothing that is
// right otherwise, nor does it save what is wrong.
func TestTheMsAreGraded(t *testing.T) {
	chosen, err := faults.Choose(7, 2)
	ms := chosen.Args.Int("ms")
	if err != nil || ms < 30 {
		t.Fatalf("%+v, %v: want one with a time", chosen, err)
	}
	for said, want := range map[int]string{ms: "ok   ms", ms + ms/3: "ok   ms", ms - ms/3: "ok   ms", ms * 2: "FAIL ms", 1: "FAIL ms"} {
		run := begin(t)
		run("mystery", "start", "--seed", "7", "--level", "2")
		out, wrong, _ := run("mystery", "answer", "--service", chosen.Service, "--cause", chosen.Name, "--ms", strconv.Itoa(said))
		if !strings.Contains(out, "ok   service") || !strings.Contains(out, "ok   cause") || !strings.Contains(out, want) || !strings.Contains(out, strconv.Itoa(said)+" (right within a third)") {
			t.Errorf("%d of %d ms: %s%s; want %q", said, ms, out, wrong, want)
		}
	}
}

// TestTheTruthNamesTheState in words, and as 'tracelab why' does.
func TestTheTruthNamesTheState(t *testing.T) {
	run := begin(t)
	chosen, err := faults.Choose(7, 2)
	if err != nil || chosen.Truth.State == "" {
		t.Fatalf("%+v, %v: want one that is known by its state", chosen, err)
	}
	run("mystery", "start", "--seed", "7", "--level", "2")
	out, wrong, status := run("mystery", "answer", "--give-up")
	want := "The request's goroutine " + display.State(chosen.Truth.State) + " (state " + chosen.Truth.State + ").\n"
	if status != cli.OK || !strings.Contains(out, want) {
		t.Errorf("exit status %d, %s%s: want %q", status, out, wrong, want)
	}
}

// TestARoom is started from a file, listed and reset.
func TestARoom(t *testing.T) {
	run, dir := begin(t), t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good, twice := file("good.txt", "# row 1\nann\n\nO'Brien & co\n"), file("twice.txt", "ann\nbob\nann\n")
	for _, step := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"mystery", "list"}, cli.OK, "no mystery has been started"},
		{[]string{"mystery", "start", "--attendees", filepath.Join(dir, "none.txt")}, cli.Usage, "none.txt: no such file"},
		{[]string{"mystery", "start", "--attendees", twice}, cli.Usage, `line 3: "ann" is the name of line 1 too`},
		{[]string{"mystery", "start", "--attendees", file("empty.txt", "#\n")}, cli.Usage, "no attendee is named"},
		{[]string{"mystery", "start", "--attendees", file("long.txt", strings.Repeat("#\n", 40_000))}, cli.Usage, "more than 65536 bytes"},
		{[]string{"mystery", "start", "--attendees", good, "--attendee", "ann"}, cli.Usage, "give one of them"},
		{[]string{"mystery", "start", "--attendees", good, "--level", "2"}, cli.OK, "2 mysteries of level 2 are under way"},
		{[]string{"mystery", "list"}, cli.OK, "O'Brien & co  "},
		{[]string{"mystery", "list", "--json"}, cli.OK, `"taken": false`},
		{[]string{"mystery", "answer", "--attendee", "ann", "--give-up"}, cli.OK, "This shows it:"},
		{[]string{"mystery", "list"}, cli.OK, "gave up"},
		{[]string{"fault", "on", "writer=slow-disk", "--attendee", "ann"}, cli.OK, "'baggage: attendee=ann'"},
		{[]string{"fault", "off", "--attendee", "bob"}, cli.Negative, "nothing of that name was on"},
		{[]string{"mystery", "reset", "--attendee", "ann"}, cli.OK, "1 mysteries ended, 1 switches off"},
		{[]string{"mystery", "reset"}, cli.OK, "1 mysteries ended, 0 switches off"},
		{[]string{"mystery", "list"}, cli.OK, "no mystery has been started"},
	} {
		out, wrong, status := run(step.args...)
		if status != step.status || !strings.Contains(out+wrong, step.says) {
			t.Errorf("%v: exit status %d, %s%s: want %d and %q", step.args, status, out, wrong, step.status, step.says)
		}
	}
}

// TestWhatCannotHappenIsRefused by exit status, too, and says why.
func TestWhatCannotHappenIsRefused(t *testing.T) {
	url := servertest.Start(t, server.Config{Store: store.New(store.Config{})})
	for _, args := range [][]string{{"mystery", "start"}, {"mystery", "start", "--attendee", "ann"}, {"fault", "on", "writer=slow-disk"}} {
		if out, wrong, status := run(append(args, "--server", url)...); status != cli.Negative || out != "" || !strings.Contains(wrong, "no service is connected") {
			t.Errorf("%v: exit status %d, %s%s", args, status, out, wrong)
		}
	}
}

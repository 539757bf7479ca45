package cli_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"example.com/tracelab/internal/cli"
)

// program is a grammar with commands below commands.
type program struct {
	Say struct {
		Loud  loud  `cmd:""`
		Quiet quiet `cmd:""`
	} `cmd:""`
	Fail fail `cmd:"" help:"Return an error."`
	Wait wait `cmd:"" help:"Wait for Ctrl-C."`
}

type loud struct {
	Word  string `arg:""`
	Times int    `default:"1"`
	Twice bool   `xor:"how"`
	Plus  *int   `xor:"how"`
	Once  bool   `xor:"how"`
}

func (l *loud) Validate() error {
	if l.Times < 0 {
		return errors.New("--times: want 0 or more")
	}
	return nil
}

func (l *loud) Run(ctx context.Context, std cli.Streams, out io.Writer) error {
	if ctx.Err() != nil || std.In == nil || std.Out != out || std.Err == nil {
		return errors.New("a context or a stream is missing")
	}
	times := l.Times
	if l.Twice {
		times = 2
	}
	if l.Plus != nil {
		times += *l.Plus
	}
	_, err := fmt.Fprint(out, strings.Repeat(strings.ToUpper(l.Word), times))
	return err
}

type quiet struct{}

func (q *quiet) Run() error { return nil }

type fail struct {
	How string `arg:""`
}

var errPlain = errors.New("it went wrong")

func (f *fail) Run() error {
	return map[string]error{
		"plain":     errPlain,
		"usage":     cli.Status{Code: cli.Usage, Err: errPlain},
		"wrapped":   fmt.Errorf("in the end: %w", cli.Status{Code: cli.Unreachable, Err: errPlain}),
		"silent":    cli.Status{Code: cli.Negative},
		"network":   fmt.Errorf("GET: %w", &url.Error{Op: "Get", URL: "http://h", Err: errPlain}),
		"no URL":    &url.Error{Op: "parse", URL: ":", Err: errPlain},
		"a status":  cli.Status{Code: cli.Negative, Err: &url.Error{Op: "Get", URL: "http://h", Err: errPlain}},
		"unwraps":   onlyIf(errors.Is(cli.Status{Err: errPlain}, errPlain)),
		"describes": errors.New(cli.Status{Code: 3}.Error()),
	}[f.How]
}

func onlyIf(ok bool) error {
	if ok {
		return nil
	}
	return errPlain
}

type wait struct{}

func (w *wait) Run(ctx context.Context, out io.Writer) error {
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		return err
	}
	if err := self.Signal(os.Interrupt); err != nil {
		return err
	}
	<-ctx.Done()
	_, err = fmt.Fprint(out, "interrupted")
	return err
}

func TestRun(t *testing.T) {
	for args, want := range map[string]struct {
		status   int
		out, err string // whole, or what it contains if it ends in …
	}{
		"say loud hi":              {cli.OK, "HI", ""},
		"say loud hi --times 2":    {cli.OK, "HIHI", ""},
		"say quiet":                {cli.OK, "", ""},
		"wait":                     {cli.OK, "interrupted", ""},
		"--help":                   {cli.OK, "Return an error.…", ""},
		"say loud --help":          {cli.OK, "$TRACELAB_TIMES…", ""},
		"say --version":            {cli.OK, runtime.Version() + "…", ""},
		"":                         {cli.Usage, "", "\nTry: program --help\n…"},
		"--nope":                   {cli.Usage, "", "program: unknown flag --nope\nTry: program --help\n"},
		"shout":                    {cli.Usage, "", "\nTry: program --help\n…"},
		"say":                      {cli.Usage, "", "\nTry: program say --help\n…"},
		"say softly":               {cli.Usage, "", "\nTry: program say --help\n…"},
		"say loud":                 {cli.Usage, "", "\nTry: program say loud --help\n…"},
		"say loud hi ho":           {cli.Usage, "", "\nTry: program say loud --help\n…"},
		"say loud hi --tims 2":     {cli.Usage, "", "\nTry: program say loud --help\n…"},
		"say loud hi --times x":    {cli.Usage, "", "\nTry: program say loud --help\n…"},
		"say loud hi --times=-1":   {cli.Usage, "", "want 0 or more\nTry: program say loud --help\n…"},
		"fail plain":               {cli.Negative, "", "program: it went wrong\n"},
		"fail usage":               {cli.Usage, "", "program: it went wrong\nTry: program fail --help\n"},
		"fail wrapped":             {cli.Unreachable, "", "program: in the end: it went wrong\n"},
		"fail silent":              {cli.Negative, "", ""},
		"fail network":             {cli.Unreachable, "", "program: GET: Get \"http://h\": it went wrong\n"},
		"fail no URL":              {cli.Usage, "", "unexpected argument URL…"},
		"fail unwraps":             {cli.OK, "", ""},
		"fail describes":           {cli.Negative, "", "program: exit status 3\n"},
		"say loud hi --times 2 -h": {cli.OK, "--times…", ""},
	} {
		var out, err bytes.Buffer
		status := cli.Run("program", &program{}, strings.Fields(args), &out, &err)
		if status != want.status || !is(out.String(), want.out) || !is(err.String(), want.err) {
			t.Errorf("%q: exit status %d, %q, %q: want %+v", args, status, out.String(), err.String(), want)
		}
	}
}

// is compares with the whole of a text or, if want ends in …, a part.
func is(got, want string) bool {
	if part, ok := strings.CutSuffix(want, "…"); ok {
		return strings.Contains(got, part)
	}
	return got == want
}

// TestWhatAnErrorMeans: one that chooses its status wins over what it wraps.
func TestWhatAnErrorMeans(t *testing.T) {
	for how, want := range map[string]int{"no URL": cli.Negative, "a status": cli.Negative} {
		var out, err bytes.Buffer
		if status := cli.Run("program", &program{}, []string{"fail", how}, &out, &err); status != want {
			t.Errorf("%s: exit status %d, %s", how, status, err.String())
		}
	}
}

// TestAFlagWinsOverItsVariable, which wins over the default.
func TestAFlagWinsOverItsVariable(t *testing.T) {
	t.Setenv("TRACELAB_TIMES", "3")
	for args, want := range map[string]string{"say loud a": "AAA", "say loud a --times 2": "AA"} {
		var out, err bytes.Buffer
		if status := cli.Run("program", &program{}, strings.Fields(args), &out, &err); status != cli.OK || out.String() != want {
			t.Errorf("%s: exit status %d, %q, %s", args, status, out.String(), err.String())
		}
	}
}

// TestAFlagWinsOverAnothersVariable which it excludes. Two flags exclude each other, and so do
// two variables.
func TestAFlagWinsOverAnothersVariable(t *testing.T) {
	for _, test := range []struct {
		environ map[string]string
		args    string
		status  int
		says    string
	}{
		{map[string]string{"PLUS": "2"}, "say loud a", cli.OK, "AAA"},
		{map[string]string{"PLUS": "2"}, "say loud a --twice", cli.OK, "AA"},
		{map[string]string{"PLUS": "none"}, "say loud a --twice", cli.OK, "AA"},
		{map[string]string{"TWICE": "true"}, "say loud a --plus=2", cli.OK, "AAA"},
		{map[string]string{"TWICE": "true", "PLUS": "5"}, "say loud a --once", cli.OK, "A"},
		{map[string]string{"TWICE": "true", "TIMES": "5"}, "say loud a --plus 1", cli.OK, "AAAAAA"},
		{map[string]string{"TWICE": "true"}, "say loud a --twice", cli.OK, "AA"},
		{nil, "say loud a --twice --plus 3", cli.Usage, "can't be used together"},
		{map[string]string{"TWICE": "true", "ONCE": "true"}, "say loud a", cli.Usage, "can't be used together"},
	} {
		t.Run(fmt.Sprint(test.environ, test.args), func(t *testing.T) {
			for name, value := range test.environ {
				t.Setenv("TRACELAB_"+name, value)
			}
			var out, err bytes.Buffer
			status := cli.Run("program", &program{}, strings.Fields(test.args), &out, &err)
			if said := out.String() + err.String(); status != test.status || !is(said, test.says) && (status == cli.OK || !strings.Contains(said, test.says)) {
				t.Errorf("exit status %d, %s; want %d, %s", status, said, test.status, test.says)
			}
		})
	}
}

// TestAWrongGrammarPanics: it is the program's fault, and no user's.
func TestAWrongGrammarPanics(t *testing.T) {
	defer func() {
		if said := fmt.Sprint(recover()); !strings.Contains(said, "grammar") {
			t.Errorf("it says %q", said)
		}
	}()
	cli.Run("program", &struct {
		A string `name:"x"`
		B string `name:"x"`
	}{}, nil, io.Discard, io.Discard, kong.Description("x"))
}

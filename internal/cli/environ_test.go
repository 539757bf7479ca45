package cli_test

import (
	"bytes"
	"io"
	"testing"

	"example.com/tracelab/internal/cli"
)

func TestMisspeltVariables(t *testing.T) {
	for _, test := range []struct{ variable, want string }{
		{"TRACELAB_TIMES", ""}, // of a flag of a command below
		{"TRACELAB_TIMSE", "program: the environment variable TRACELAB_TIMSE is ignored: did you mean TRACELAB_TIMES?\n"},
		{"TRACELAB_TIME", ""}, // too short to guess
		{"TRACELAB_TTIMES", "program: the environment variable TRACELAB_TTIMES is ignored: did you mean TRACELAB_TIMES?\n"},
		{"TRACELAB_ZIPKIN_URL", ""}, // of another program
		{"TIMSE", ""},
	} {
		t.Run(test.variable, func(t *testing.T) {
			t.Setenv(test.variable, "2")
			t.Setenv("COLUMNS", "200")
			var said bytes.Buffer
			if status := cli.Run("program", &program{}, []string{"say", "quiet"}, io.Discard, &said); status != cli.OK || said.String() != test.want {
				t.Errorf("%d %q; want %q", status, said.String(), test.want)
			}
		})
	}
}

func TestAChildDoesNotRepeatTheWarning(t *testing.T) {
	t.Setenv("TRACELAB_TIMSE", "2")
	t.Setenv("TRACELAB_LIFELINE", "1")
	var said bytes.Buffer
	if cli.Run("program", &program{}, []string{"say", "quiet"}, io.Discard, &said); said.String() != "" {
		t.Errorf("it says %q", said.String())
	}
}

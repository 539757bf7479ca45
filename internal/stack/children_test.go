package stack

import (
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestSupervisionGivesUp has a child end at once in a stack that is up.
func TestSupervisionGivesUp(t *testing.T) {
	for behaviour, want := range map[string]string{
		"usage":  "writer ended 2 times in a row soon after its start, the last time with exit status 2: tracelab: --queue-workers 0: want 1 or more",
		"broken": "writer ended 5 times in a row soon after its start, the last time with exit status 1: no memory",
		"panic":  "writer ended 5 times in a row soon after its start, the last time with exit status 2: panic: no route",
	} {
		starts := 1
		c := &child{name: "writer", program: os.Args[0], env: map[string]string{"FAKE_WRITER": behaviour}, log: &lastLine{to: io.Discard},
			logf:    func(string, ...any) { starts++ },
			restart: restarts{first: time.Microsecond, longest: time.Microsecond, quick: time.Minute, most: 5, mostHopeless: 2}}
		var up atomic.Bool
		up.Store(true)
		err := c.supervise(t.Context(), &up)
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v; want %s", behaviour, err, want)
		}
		if n := fmt.Sprintf("ended %d times", starts); !strings.Contains(want, n) {
			t.Errorf("%s: it was started %d times", behaviour, starts)
		}
	}
}

// TestAProgramThatIsGone ends the stack, and says that it cannot be started.
func TestAProgramThatIsGone(t *testing.T) {
	c := &child{name: "writer", program: "/no/such/program", log: &lastLine{to: io.Discard}, logf: func(string, ...any) {},
		restart: restarts{first: time.Microsecond, longest: time.Microsecond, quick: time.Minute, most: 5, mostHopeless: 2}}
	if err := c.supervise(t.Context(), new(atomic.Bool)); err == nil || !strings.HasPrefix(err.Error(), "writer ended 2 times") || !strings.Contains(err.Error(), "/no/such/program: no such file") {
		t.Errorf("supervise: %v", err)
	}
}

// TestWrongUseIsCountedInARow has a child end in turn as wrong use does and
// otherwise: only the bound for any reason counts.
func TestWrongUseIsCountedInARow(t *testing.T) {
	c := &child{name: "writer", program: os.Args[0], env: map[string]string{"FAKE_WRITER": "broken"}, log: &lastLine{to: io.Discard},
		restart: restarts{first: time.Microsecond, longest: time.Microsecond, quick: time.Minute, most: 6, mostHopeless: 2}}
	c.logf = func(string, ...any) {
		c.env["FAKE_WRITER"] = map[string]string{"broken": "usage", "usage": "broken"}[c.env["FAKE_WRITER"]]
	}
	var up atomic.Bool
	up.Store(true)
	if err := c.supervise(t.Context(), &up); err == nil || !strings.HasPrefix(err.Error(), "writer ended 6 times") {
		t.Errorf("supervise: %v", err)
	}
}

var delayed = regexp.MustCompile(`^writer ended \(.+\); starting it again in [0-9.]+ (ns|µs)$`)

// TestALongLifeForgivesEarlierEnds counts only ends that come quickly in a row:
// here none is quick, and the child is started again until the test has seen enough.
func TestALongLifeForgivesEarlierEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	starts := 0
	c := &child{name: "writer", program: os.Args[0], env: map[string]string{"FAKE_WRITER": "usage"}, log: &lastLine{to: io.Discard},
		logf: func(format string, args ...any) {
			if text := fmt.Sprintf(format, args...); !delayed.MatchString(text) {
				t.Errorf("it says %q", text)
			}
			if starts++; starts == 4 {
				cancel()
			}
		},
		restart: restarts{first: time.Microsecond, longest: time.Microsecond, quick: 0, most: 2, mostHopeless: 2}}
	var up atomic.Bool
	up.Store(true)
	if err := c.supervise(ctx, &up); err != nil || starts != 4 {
		t.Errorf("after %d starts: %v", starts, err)
	}
}

func TestLastLine(t *testing.T) {
	for _, test := range []struct {
		writes []string
		want   string
	}{
		{nil, "it wrote nothing to its log"},
		{[]string{"one\n", "two\n"}, "two"},
		{[]string{"one\ntw", "o\n\n"}, "two"},
		{[]string{"one\n", "Try: tracelab --help\n"}, "one"},
		{[]string{"one\n", "not ended"}, "one"},
		{[]string{"one\n", "panic: no route\n\ngoroutine 1 [running]:\n", "main.main()\n"}, "panic: no route"},
		{[]string{strings.Repeat("x", 5000) + "\n"}, strings.Repeat("x", maxLine)},
	} {
		var to strings.Builder
		l := &lastLine{to: &to}
		for _, text := range test.writes {
			if n, err := l.Write([]byte(text)); n != len(text) || err != nil {
				t.Errorf("Write: %d, %v", n, err)
			}
		}
		if got := l.String(); got != test.want || to.String() != strings.Join(test.writes, "") {
			t.Errorf("%q: the last line is %q, and %q was passed on", test.writes, got, to.String())
		}
	}
}

package labapi_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

func TestParseTraceID(t *testing.T) {
	for text, want := range map[string]string{
		"463ac35c9f6413ad":                 "",
		"463ac35c9f6413ad48485a3953bb6124": "",
		"00000000000000000000000000000009": "",
		"0000000000000000":                 "not all 0",
		"463ac35c":                         "16 or 32 hexadecimal digits",
		"463ac35c9f6413ad4":                "16 or 32 hexadecimal digits",
		"463AC35C9F6413AD":                 "in lower case",
		"../../etc":                        "../../etc",
		"":                                 `"": want`,
		"\x1b[31m":                         `"\x1b[31m": want`,
		strings.Repeat("1", 33):            "32",
	} {
		id, err := labapi.ParseTraceID(text)
		switch {
		case want == "" && (err != nil || !strings.HasSuffix(text, id.String())):
			t.Errorf("%q is %s, %v", text, id, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want) || id != zipkin.TraceID{}):
			t.Errorf("%q is %s, %v; want an error with %q", text, id, err, want)
		}
	}
}

func TestParseSpanID(t *testing.T) {
	if id, err := labapi.ParseSpanID("a2fb4a1d1a96d312"); err != nil || id.String() != "a2fb4a1d1a96d312" {
		t.Errorf("it is %s, %v", id, err)
	}
	for _, text := range []string{"", "7", "0000000000000000", "A2FB4A1D1A96D312", "a2fb4a1d1a96d3120", "\x1b[2J000000000000"} {
		if id, err := labapi.ParseSpanID(text); err == nil || id != 0 || !strings.Contains(err.Error(), "16 hexadecimal digits") {
			t.Errorf("%q is %s, %v", text, id, err)
		}
	}
}

// TestParseStartUS reads µs since the epoch, and no other number.
func TestParseStartUS(t *testing.T) {
	for text, want := range map[string]int64{"1": 1, "1796052865510455": 1796052865510455, "9223372036854775807": math.MaxInt64,
		"0": 0, "-1": 0, "": 0, "1.5": 0, "1e3": 0, " 1": 0, "9223372036854775808": 0, "noon": 0, "\x1b[2J": 0} {
		us, err := labapi.ParseStartUS(text)
		if us != want || (err == nil) != (want > 0) || err != nil && !strings.Contains(err.Error(), fmt.Sprintf("%q is no time: want µs", text)) {
			t.Errorf("%q is %d, %v; want %d", text, us, err, want)
		}
	}
}

// TestHowFarAMysteryIs is in a word for each way in which one ends.
func TestHowFarAMysteryIs(t *testing.T) {
	over := time.Now()
	for want, p := range map[string]labapi.MysteryProgress{
		"open": {Wrong: 3}, "solved": {Ended: over, Solved: true}, "guessed": {Ended: over, Solved: true, Guessed: true}, "gave up": {Ended: over},
	} {
		if got := p.State(); got != want {
			t.Errorf("%+v is %s, want %s", p, got, want)
		}
	}
}

// TestWhetherToAskAgain goes by the state: of two something may come yet.
func TestWhetherToAskAgain(t *testing.T) {
	for state, want := range map[string]struct{ final, gone bool }{
		labapi.ExecutionRecorded: {}, labapi.ExecutionAwaited: {}, labapi.ExecutionKnown: {final: true}, labapi.ExecutionPartial: {final: true},
		labapi.ExecutionStored: {final: true}, labapi.ExecutionGone: {true, true},
	} {
		if e := (labapi.Execution{State: state}); e.Final() != want.final || e.Gone() != want.gone {
			t.Errorf("%s is final %t, gone %t; want %+v", state, e.Final(), e.Gone(), want)
		}
	}
}

func TestTraceURL(t *testing.T) {
	for base, want := range map[string]string{
		"http://localhost:9411":        "http://localhost:9411/zipkin/traces/1",
		"http://localhost:9411/":       "http://localhost:9411/zipkin/traces/1",
		"https://zipkin.example/base/": "https://zipkin.example/base/zipkin/traces/1",
		"":                             "/zipkin/traces/1",
	} {
		if got := labapi.TraceURL(base, "1"); got != want {
			t.Errorf("below %q it is %q, want %q", base, got, want)
		}
	}
}

// TestRight is what has nothing wrong, however much of it was said.
func TestRight(t *testing.T) {
	yes, no := true, false
	for _, test := range []struct {
		grade labapi.Grade
		want  bool
	}{
		{labapi.Grade{Service: true, Cause: true}, true},
		{labapi.Grade{Service: true, Cause: true, Ms: &yes}, true},
		{labapi.Grade{Service: true, Cause: true, Ms: &no}, false},
		{labapi.Grade{Service: true, Ms: &yes}, false},
		{labapi.Grade{Cause: true, Ms: &yes}, false},
		{labapi.Grade{Ms: &yes}, false},
	} {
		if got := test.grade.Right(); got != test.want {
			t.Errorf("%+v is right: %t", test.grade, got)
		}
	}
}

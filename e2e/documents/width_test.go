package documents

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// printing are commands that print what people read, one for each way of a verb.
var printing = []string{
	"tracelab doctor", "tracelab load --count 20 --rate 100",
	"tracelab load --count 20 --rate 100 --ab none 'fetcher=slow-third-party;ms=30'", "tracelab load --count 20 --rate 100 'localhost:8080/visit?url=127.0.0.1:1'",
	"tracelab fault list", "tracelab fault show", "tracelab fault on 'writer=slow-disk;ms=50;percent=20' --attendee ann --for 10m", "tracelab fault show", "tracelab fault off",
	"tracelab mystery start --attendee ann --seed 7 --level 2", "tracelab mystery hint --attendee ann",
	"tracelab mystery answer --attendee ann --service fetcher --cause clock-skew", "tracelab mystery answer --attendee ann --give-up",
	"curl -s localhost:8080/visit -H 'Fault: writer=lock-contention;ms=80' >/dev/null; tracelab why --slowest",
	"tracelab trace --slowest", "tracelab trace --last --all", "tracelab path --slowest", "tracelab path friday.json.gz",
	"tracelab save friday.json.gz", "tracelab restore friday.json.gz",
	"tracelab load --count 80 --rate 100 --ab none 'writer=slow-disk;ms=30' --explain 2 --json > ab.json; tracelab compare ab.json", "tracelab compare --slow p90", "tracelab compare --by '*'",
	"tracelab compare variant=A variant=B", "tracelab compare", "tracelab compare --by nonsense", "tracelab pprof -o all.pb.gz",
	"tracelab exec summary trace.out", "tracelab exec summary trace.out --at 1s", "tracelab exec summary trace.out --series 100ms",
	"tracelab exec goroutines trace.out", "tracelab exec goroutines trace.out --func 'net/http.(*conn).serve'", "tracelab exec goroutines trace.out --goroutine 1",
	"tracelab exec profile all trace.out", "tracelab exec tasks trace.out", "tracelab exec tasks trace.out --name 'GET /visit'", "tracelab exec task trace.out $task",
	"tracelab exec regions trace.out", "tracelab exec regions gophers.out", "tracelab exec mmu trace.out", "tracelab exec footprint trace.out",
	"tracelab exec export chrome trace.out -o part.json", "tracelab exec anonymize trace.out -o public.out",
	// Errors, and what to do.
	"tracelab fault on writer=gremlins", "tracelab mystery answer --attendee ann", "tracelab why 463ac35c9f6413ad48485a3953bb6124", "tracelab why --slowest --server 127.0.0.1:1", "tracelab path 463ac35c9f6413ad48485a3953bb6124", "tracelab trace README.md",
	"tracelab exec summary README.md", "tracelab exec events trace.out --kind Nothing", "tracelab web --zipkin-url zipkin", "tracelab load --ab none nonsense",
	"TRACELAB_SAMPLR=1 tracelab load --count 1 --rate x",
}

// TestLinesFit in 80 columns, through a pipe.
func TestLinesFit(t *testing.T) {
	r := newBusyReader(t,
		`go run ./labs/annotate >/dev/null; mv trace.out gophers.out; curl -s 'localhost:6080/debug/pprof/trace?seconds=1' > trace.out & tracelab load --count 40 >/dev/null; wait`,
		`task=$(tracelab exec tasks trace.out --name 'GET /visit' --json | sed -n 's/.*"task": \([0-9]*\),/\1/p' | head -1)`,
	)
	commands := printing
	for _, verb := range append(verbs(r), "") {
		commands = append(commands, "tracelab "+verb+" --help")
	}
	commands = append(commands, "scripts/load.sh --help", "scripts/visit.sh --help", "scripts/smoke.sh --help", "scripts/flicker.sh --help", "scripts/compose-smoke.sh --help")
	for _, columns := range []string{"unset COLUMNS", "COLUMNS=80"} {
		r.run(columns)
		for _, command := range commands {
			printed, _ := r.follow(step{command: command})
			if strings.TrimSpace(printed) == "" && !strings.Contains(command, "-o ") {
				t.Errorf("%s prints nothing", command)
			}
			tooLong(t, command, printed)
		}
		tooLong(t, "tracelab up", r.started.Output())
	}
}

// tooLong fails the test for each line of more than 80 columns, unless it is a command
// to paste, or the service's log, or one word is too long.
func tooLong(t *testing.T, command, printed string) {
	t.Helper()
	for line := range strings.Lines(printed) {
		line = strings.TrimRight(line, "\n")
		words := strings.Fields(line)
		if utf8.RuneCountInString(line) <= 80 || strings.HasPrefix(line, "time=") {
			continue
		}
		if longest := words[len(words)-1]; len(longest) > 40 || toPaste(words) {
			continue
		}
		t.Errorf("%s\n%d columns: %s", command, utf8.RuneCountInString(line), line)
	}
}

// toPaste reports whether a line is a command, which may have a label.
func toPaste(words []string) bool {
	for _, first := range words[:2] {
		switch first {
		case "curl", "tracelab", "docker", "redis-cli":
			return true
		}
	}
	return false
}

package documents

import (
	"regexp"
	"strings"
	"testing"

	"example.com/tracelab/internal/testbed/stacktest"
)

// verbs are those that tracelab --help lists, and groups of them.
func verbs(r *reader) (all []string) {
	r.t.Helper()
	help, _ := r.run("tracelab --help")
	_, list, _ := strings.Cut(help, "\nCommands:\n")
	for _, m := range regexp.MustCompile(`(?m)^  ([a-z]+(?: [a-z]+)*)  `).FindAllStringSubmatch(list, -1) {
		if group, _, grouped := strings.Cut(m[1], " "); grouped && (len(all) == 0 || !strings.HasPrefix(all[len(all)-1], group)) {
			all = append(all, group)
		}
		all = append(all, m[1])
	}
	if len(all) < 25 {
		r.t.Fatalf("only %d verbs: %v", len(all), all)
	}
	return all
}

// examples are the commands at the end of a help text.
func examples(help string) (all []string) {
	_, text, _ := strings.Cut(help, "Examples:\n")
	for line := range strings.Lines(strings.ReplaceAll(text, "\\\n", " ")) {
		switch indented := strings.HasPrefix(line, "  "); {
		case indented:
			all = append(all, strings.TrimSpace(line))
		case strings.TrimSpace(line) != "":
			return all
		}
	}
	return all
}

// answersNo are examples whose exit status may be 1: the answer depends on what is
// there.
var answersNo = []string{"mystery answer --service", "exec goroutines trace.out --", "exec task ", "exec regions", "exec profile ", "fault off", "mystery hint", "why --slowest", "compare --b"}

var (
	server    = regexp.MustCompile(`^(\S+=\S+ )*tracelab (up|store|web|service|exec view)\b|--http `)
	elsewhere = regexp.MustCompile(`docker compose|http://(zipkin|thirdparty):|http://10\.|https://go\.dev`)
)

// TestExamples runs the examples of each verb's help.
func TestExamples(t *testing.T) {
	r := newBusyReader(t,
		`id=$(curl -s localhost:8080/visit -H 'b3: d' | sed -n 's/.*"traceId": "\(.*\)",/\1/p'); sleep 1`,
		`span=$(curl -s localhost:9411/api/v2/trace/$id | sed 's/.*"id":"\([0-9a-f]*\)".*/\1/')`,
		`other=$(curl -s localhost:8080/visit -H 'b3: d' | sed -n 's/.*"traceId": "\(.*\)",/\1/p'); sleep 1`,
		`tracelab save friday.json.gz`,
		`printf "ann\nbob\n" > names.txt`,
		`cp trace.out before.out; cp trace.out after.out`,
	)
	own := strings.NewReplacer("463ac35c9f6413ad48485a3953bb6124", "$id", "7d2e1f0a9c8b47566f5e4d3c2b1a0918", "$other", "a2fb4a1d1a96d312", "$span")
	for _, verb := range append(verbs(r), "") {
		help, _ := r.run("tracelab " + verb + " --help")
		all := examples(help)
		if len(all) == 0 {
			t.Errorf("tracelab %s --help has no examples:\n%s", verb, help)
		}
		for _, example := range all {
			r.try(own.Replace(example))
		}
	}
	for _, script := range []string{"load.sh", "visit.sh"} {
		help, _ := r.run("scripts/" + script + " --help")
		for _, example := range examples(help) {
			r.try("GATEWAY=http://localhost:8080 scripts/" + example)
		}
	}
	r.served.Wait()
}

// try runs an example.
func (r *reader) try(example string) {
	r.t.Helper()
	command, _, _ := strings.Cut(example, " # ")
	switch {
	case elsewhere.MatchString(command) && !serves(command):
		return
	case serves(command):
		r.serveAside("timeout 1 env " + strings.ReplaceAll(command, "0.0.0.0", "127.0.0.1") + " " + strings.Join(anyPort(command), " "))
		return
	case strings.Contains(command, "scripts/load.sh"): // ten seconds of visits each
		command, _, _ = strings.Cut(command, " --rate ")
		command += " --rate 50 --count 40"
	case strings.Contains(command, "--live"):
		command = "(for i in $(seq 5); do sleep 1; curl -s localhost:8080/visit -H 'Fault: writer=lock-contention;ms=800' >/dev/null; done)& " + command
	}
	printed, status := r.follow(step{command: command})
	if wrong := status != 0 && !(status == 1 && containsAny(example, answersNo)); wrong {
		r.t.Errorf("%s\nexit status %d, and it prints\n%s", command, status, printed)
	}
}

// serveAside runs a server for a second, beside what comes next and one other.
func (r *reader) serveAside(command string) {
	cmd := r.aside(r.ports.Replace(command))
	r.places <- struct{}{}
	r.served.Go(func() {
		defer func() { <-r.places }()
		printed, _ := cmd.CombinedOutput()
		// It was stopped, or is a health check of what is not there.
		if status := cmd.ProcessState.ExitCode(); status != 124 && status != 3 {
			r.t.Errorf("%s\nexit status %d, and it prints\n%s", command, status, printed)
		}
	})
}

// serves reports whether a command runs until it is stopped.
func serves(command string) bool {
	return server.MatchString(command) && !strings.Contains(command, "--help")
}

// anyPort are flags that keep a server away from the usual ports.
func anyPort(command string) []string {
	switch {
	case strings.Contains(command, "tracelab up"):
		return stacktest.FreePorts()
	case strings.Contains(command, "--http"), strings.Contains(command, "exec view"):
		return nil
	case strings.Contains(command, "--healthcheck"):
		return []string{"--addr=127.0.0.1:1"}
	case strings.Contains(command, "tracelab service"):
		return []string{"--addr=127.0.0.1:0", "--debug-addr=127.0.0.1:0"}
	}
	return []string{"--addr=127.0.0.1:0"}
}

func containsAny(text string, parts []string) bool {
	for _, part := range parts {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

// Package documents follows the pages of this repository as a reader does: it runs
// each command that they show, and compares what it prints with what they say.
package documents

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
)

// TestMain builds the program as its readers have it: pages speak of times.
func TestMain(m *testing.M) { os.Exit(stacktest.MainMeasured(m)) }

// reader has a shell, and a stack or a store. Pages speak of the usual ports, and of
// the traces that they were written with: the reader puts its own in their place.
type reader struct {
	*shell
	started *stacktest.Stack
	ports   *strings.Replacer
	usual   []string // what ports has of the stack
	beside  []string // and of servers beside it
	traces  map[string]string
	last    string // trace, for a page that has no answer with an id
	served  sync.WaitGroup
	places  chan struct{} // of servers aside
}

func newReader(t *testing.T) *reader {
	return &reader{shell: newShell(t), traces: map[string]string{}, places: make(chan struct{}, 2)}
}

// newBusyReader has a stack, a trace.out of its gateway, and has followed the commands. It
// takes a minute.
func newBusyReader(t *testing.T, commands ...string) *reader {
	t.Helper()
	if testing.Short() {
		t.Skip("it takes a minute")
	}
	t.Parallel()
	r := newReader(t)
	r.up("")
	for _, command := range append([]string{
		`for i in $(seq 40); do curl -s localhost:8080/visit >/dev/null; done`,
		`tracelab load --count 40 >/dev/null & curl -s 'localhost:6080/debug/pprof/trace?seconds=2' > trace.out`,
	}, commands...) {
		if printed, status := r.follow(step{command: command}); status != 0 {
			t.Fatalf("%s: exit status %d: %s", command, status, printed)
		}
	}
	return r
}

// up starts a stack in the place of what runs.
func (r *reader) up(flags string) {
	r.t.Helper()
	r.end()
	cmd := exec.Command(stacktest.Program, append(append([]string{"up"}, stacktest.FreePorts()...), r.words(flags)...)...)
	cmd.Dir = r.dir
	r.started = stacktest.Start(r.t, cmd)
	r.started.AwaitUp()
	gateway := host(r.started.Gateway)
	third := thirdParty.FindStringSubmatch(r.started.Output())
	if third == nil {
		r.t.Fatalf("no third party in %s", r.started.Output())
	}
	ports := []string{"localhost:8080", gateway, "127.0.0.1:8080", gateway, "127.0.0.1:8083", third[1]}
	for _, p := range r.services() {
		usual := map[string]string{"gateway": "6080", "fetcher": "6081", "writer": "6082"}[p.Service]
		ports = append(ports, "localhost:"+usual, p.DebugAddr, "127.0.0.1:"+usual, p.DebugAddr)
	}
	r.serves(ports...)
}

// store starts a store in the place of what runs.
func (r *reader) store(flags string) {
	r.t.Helper()
	r.end()
	r.started = stacktest.StartStore(r.t, nil, r.words(flags)...)
	r.serves()
}

func (r *reader) end() {
	if r.started != nil {
		r.started.Stop()
	}
}

func (r *reader) serves(ports ...string) {
	r.usual = ports
	server := host(r.started.UI)
	r.ports = strings.NewReplacer(append(slices.Concat(ports, r.beside), "localhost:9411", server, "127.0.0.1:9411", server)...)
	r.run("export TRACELAB_SERVER=" + server)
}

// words are those of a command's end, without a comment.
func (r *reader) words(flags string) []string {
	flags, _, _ = strings.Cut(flags, " # ")
	flags = strings.ReplaceAll(flags, "0.0.0.0", "127.0.0.1") // tests stay on loopback
	printed, _ := r.run("printf '%s\\n' " + flags)
	return strings.Fields(printed)
}

// services are the three of a stack, as soon as each has told where its debug port is.
func (r *reader) services() (known []control.Process) {
	r.t.Helper()
	err := testbed.Eventually(func() error {
		known = slices.DeleteFunc(r.stack().Processes, func(p control.Process) bool { return p.DebugAddr == "" })
		if len(known) < 3 {
			return fmt.Errorf("there are no three services: %+v", known)
		}
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return known
}

func (r *reader) stack() (s labapi.Stack) {
	r.t.Helper()
	resp, err := http.Get(r.started.UI + labapi.StackPath)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&s); err != nil {
		r.t.Fatal(err)
	}
	return s
}

func host(url string) string { return strings.TrimPrefix(url, "http://") }

var (
	thirdParty = regexp.MustCompile(`offline third party, http://(127\.0\.0\.1:\d+)`)
	tracelab   = regexp.MustCompile(`^(?:go run \./cmd/)?tracelab (up|store)\b(.*)$`)
	goRun      = regexp.MustCompile(`go run \./cmd/tracelab\b`)
	traceID    = regexp.MustCompile(`\b[0-9a-f]{32}\b`)
)

// follow runs a step.
func (r *reader) follow(s step) (printed string, status int) {
	r.t.Helper()
	command := goRun.ReplaceAllString(s.command, "tracelab")
	if m := tracelab.FindStringSubmatch(command); m != nil && !strings.Contains(command, "--help") {
		map[string]func(string){"up": r.up, "store": r.store}[m[1]](m[2])
		return "", 0
	}
	if serving.MatchString(command) && s.prints != "" {
		return r.serve(s, command)
	}
	if r.started == nil {
		r.up("")
	}
	command = traceID.ReplaceAllStringFunc(r.ports.Replace(command), func(id string) string {
		if own := r.traces[id]; own != "" {
			return own
		}
		return cmp.Or(r.last, id)
	})
	printed, status = r.run(command)
	said, own := traceID.FindAllString(s.prints, -1), traceID.FindAllString(printed, -1)
	if len(own) > 0 {
		r.last = own[len(own)-1]
	}
	for i := range min(len(said), len(own)) {
		r.traces[said[i]] = own[i]
	}
	return printed, status
}

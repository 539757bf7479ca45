// Package clients has programs in other languages call the gateway, each under
// a root span of its own tracing library, and lets the released Zipkin server
// judge whether their spans and ours are one trace.
package clients

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/testbed/stacktest"
)

func TestMain(m *testing.M) { os.Exit(stacktest.Main(m)) }

// client is a tracing library of another language, in the small program that
// the folder of its name holds. The library's service name is its own name.
type client struct {
	name  string
	needs []need
	pins  []string   // files of its folder that decide what is installed
	steps [][]string // commands that install it into the folder they run in
	run   func(installed string) (args, env []string)
	calls []call
	reads []string // formats that it can extract
	// What the library cannot say of what it extracted.
	pads, noDebug bool // ids only of 128 bits; nothing of debug
}

// call is one visit that a client makes, and how.
type call struct {
	format   string
	bits     int // of the trace id
	decision string
	sampler  string // of our services
}

// newSpan is B3 with the id of a span that the client does not report: it
// expects the server to report under this id, as servers do that share the
// span ids of their callers.
const newSpan = "b3-multi-new-span"

// A client's decisions.
const (
	yes   = "sampled"
	no    = "not-sampled"
	debug = "debug"
)

// Where a client says yes, our services record although they never would by
// themselves; where it says no, they do not although they always would.
var clients = []client{
	{
		name:  "brave",
		needs: maven,
		pins:  []string{"pom.xml", "Client.java"},
		steps: jars,
		run:   runJava,
		calls: []call{
			{"b3-multi", 64, yes, "always"},
			{"b3-multi", 128, yes, "always"},
			{"b3-multi", 64, yes, "never"},
			{"b3-multi", 128, debug, "never"},
			{"b3-multi", 128, no, "always"},
			{"b3-single", 64, yes, "always"},
			{"b3-single", 128, yes, "never"},
			{"b3-single", 64, debug, "never"},
			{"b3-single", 128, no, "always"},
			{"b3-single-no-parent", 128, yes, "always"},
			{"b3-single-no-parent", 64, no, "always"},
		},
		reads: []string{"b3-multi"},
	},
	{
		name:    "micrometer",
		needs:   maven,
		pins:    []string{"pom.xml", "Client.java"},
		steps:   jars,
		run:     runJava,
		reads:   []string{"w3c"},
		noDebug: true,
	},
	{
		name:  "py_zipkin",
		needs: []need{python},
		pins:  []string{"requirements.txt"},
		steps: virtualenv,
		run:   runPython("py_zipkin"),
		calls: []call{
			{"b3-multi", 64, yes, "always"},
			{"b3-multi", 128, yes, "always"},
			{"b3-multi", 128, yes, "never"},
			{"b3-multi", 64, no, "always"},
			{newSpan, 128, yes, "always"},
		},
		reads: []string{"b3-multi"},
	},
	{
		name:  "opentelemetry-python",
		needs: []need{python},
		pins:  []string{"requirements.txt"},
		steps: virtualenv,
		run:   runPython("opentelemetry-python"),
		calls: []call{
			{"b3-multi", 128, yes, "always"},
			{"b3-multi", 128, no, "always"},
			{"b3-single", 128, yes, "always"},
			{"b3-single", 128, no, "always"},
			{"w3c", 128, yes, "always"},
			{"w3c", 128, yes, "never"},
			{"w3c", 128, no, "always"},
		},
		reads:   []string{"b3-multi", "w3c"},
		pads:    true,
		noDebug: true,
	},
	{
		name: "zipkin-js",
		needs: []need{
			{"node", []string{"--version"}, "install Node.js 18 or later"},
			{"npm", nil, "install the package npm"},
		},
		pins:  []string{"package.json", "package-lock.json"},
		steps: [][]string{{"npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"}},
		run: func(installed string) (args, env []string) {
			return []string{"node", filepath.Join("zipkin-js", "client.js")}, []string{"NODE_PATH=" + filepath.Join(installed, "node_modules")}
		},
		calls: []call{
			{"b3-multi", 64, yes, "always"},
			{"b3-multi", 128, yes, "always"},
			{"b3-multi", 64, yes, "never"},
			{"b3-multi", 128, debug, "never"},
			{"b3-multi", 64, no, "always"},
		},
		reads: []string{"b3-multi"},
	},
}

var maven = []need{
	{"java", []string{"-version"}, "install a Java 17 development kit"},
	{"javac", nil, "install a Java 17 development kit"},
	{"mvn", nil, "install the package maven"},
}

var jars = [][]string{
	{"mvn", "-B", "-q", "-ntp", "dependency:copy-dependencies", "-DoutputDirectory=lib"},
	{"javac", "--release", "17", "-cp", "lib/*", "-d", "classes", "Client.java"},
}

func runJava(installed string) (args, env []string) {
	path := filepath.Join(installed, "classes") + string(filepath.ListSeparator) + filepath.Join(installed, "lib", "*")
	return []string{"java", "-XX:TieredStopAtLevel=1", "-cp", path, "Client"}, nil
}

// An environment of Debian's own python3 lacks pip unless python3-venv is there.
var python = need{"python3", []string{"-c", "import ensurepip, sys, venv; print(sys.base_prefix, sys.version)"}, "install the packages python3 and python3-venv"}

var virtualenv = [][]string{
	{"python3", "-m", "venv", "venv"},
	{"venv/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"},
}

func runPython(folder string) func(string) (args, env []string) {
	return func(installed string) (args, env []string) {
		return []string{filepath.Join(installed, "venv", "bin", "python"), "-B", filepath.Join(folder, "client.py")}, nil
	}
}

// start runs the client's program to its end and returns what it printed.
func (c client) start(t *testing.T, installed, stdin string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	program, env := c.run(installed)
	args = append(program, args...)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	// A proxy of this machine has no business between a client and loopback.
	cmd.Env = append(os.Environ(), append(env, "NO_PROXY=localhost,127.0.0.1", "no_proxy=localhost,127.0.0.1")...)
	cmd.Stdin = strings.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s%s", strings.Join(args, " "), err, out, stderr.Bytes())
	}
	return string(out), nil
}

// visit makes the client call the gateway.
func (c client) visit(t *testing.T, installed, gateway, zipkin string, how call) (string, error) {
	t.Helper()
	return c.start(t, installed, "", "visit", gateway+"/visit", zipkin, how.format, strconv.Itoa(how.bits), how.decision)
}

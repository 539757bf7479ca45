// Package zipkintest starts the released Zipkin server for tests, on a free port
// of loopback.
package zipkintest

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"example.com/tracelab/internal/testbed"
)

// Server is a running Zipkin server.
type Server struct {
	*testbed.Server
	URL string
}

// Start runs the released Zipkin server until the test ends. env are
// settings for it, each as NAME=value.
func Start(t testing.TB, env ...string) *Server {
	t.Helper()
	port := testbed.FreePort(t)
	z := &Server{URL: "http://127.0.0.1:" + port}
	z.Server = testbed.NewServer(t, 5*time.Minute, testbed.Answers(z.URL+"/health"), args(t, quickly...)...)
	z.Env = settings(port, env)
	z.Start()
	return z
}

// Command is the command that runs the released Zipkin server on a port
// of loopback, for a test that starts and measures it by itself.
func Command(t testing.TB, port string, env ...string) *exec.Cmd {
	t.Helper()
	words := args(t)
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Env = append(os.Environ(), settings(port, env)...)
	testbed.EndWithTest(cmd)
	return cmd
}

// quickly are the options of a Java machine that is to start soon and lives briefly: its
// second compiler, which makes code that pays after minutes, is half of what a start costs.
// What is measured goes without them.
var quickly = []string{"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"}

// args runs the executable jar that the variable ZIPKIN_JAR names.
func args(t testing.TB, options ...string) []string {
	t.Helper()
	java, err := exec.LookPath("java")
	if err != nil {
		testbed.Missing(t, "java", "install a Java 17 runtime")
	}
	jar := os.Getenv("ZIPKIN_JAR")
	if jar == "" {
		testbed.Missing(t, "the Zipkin server", "'make zipkin' fetches its jar; then set ZIPKIN_JAR to its path, which that command prints")
	}
	if _, err := os.Stat(filepath.Clean(jar)); err != nil {
		t.Fatalf("ZIPKIN_JAR: %v", err)
	}
	return slices.Concat([]string{java, "-Xmx512m"}, options, []string{"-jar", jar})
}

// settings let it listen on loopback: by itself it would on every interface,
// and tests are nobody else's business.
func settings(port string, env []string) []string {
	return append([]string{"ARMERIA_PORTS_0_IP=127.0.0.1", "ARMERIA_PORTS_0_PORT=" + port, "ARMERIA_PORTS_0_PROTOCOLS_0=http"}, env...)
}

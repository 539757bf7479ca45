package testbed

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Zipkin is a running Zipkin server.
type Zipkin struct {
	process
	URL string
}

// StartZipkin runs the released Zipkin server until the test ends. env are
// settings for it, each as NAME=value.
func StartZipkin(t testing.TB, env ...string) *Zipkin {
	t.Helper()
	port := FreePort(t)
	z := &Zipkin{URL: "http://127.0.0.1:" + port}
	z.process = process{t: t, within: 2 * time.Minute, args: zipkinArgs(t), env: zipkinEnv(port, env), ready: z.healthy}
	t.Cleanup(z.Stop)
	z.Start()
	return z
}

// ZipkinCommand is the command that runs the released Zipkin server on a port
// of loopback, for a test that starts and measures it by itself.
func ZipkinCommand(t testing.TB, port string, env ...string) *exec.Cmd {
	t.Helper()
	args := zipkinArgs(t)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), zipkinEnv(port, env)...)
	endWithTest(cmd)
	return cmd
}

// zipkinArgs runs the executable jar that the variable ZIPKIN_JAR names.
func zipkinArgs(t testing.TB) []string {
	t.Helper()
	java, err := exec.LookPath("java")
	if err != nil {
		Missing(t, "java", "install a Java 17 runtime")
	}
	jar := os.Getenv("ZIPKIN_JAR")
	if jar == "" {
		Missing(t, "the Zipkin server", "'make zipkin' fetches its jar; then set ZIPKIN_JAR to its path, which that command prints")
	}
	if _, err := os.Stat(filepath.Clean(jar)); err != nil {
		t.Fatalf("ZIPKIN_JAR: %v", err)
	}
	return []string{java, "-Xmx512m", "-jar", jar}
}

// zipkinEnv lets it listen on loopback: by itself it would on every interface,
// and tests are nobody else's business.
func zipkinEnv(port string, env []string) []string {
	return append([]string{"ARMERIA_PORTS_0_IP=127.0.0.1", "ARMERIA_PORTS_0_PORT=" + port, "ARMERIA_PORTS_0_PROTOCOLS_0=http"}, env...)
}

func (z *Zipkin) healthy(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, z.URL+"/health", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("/health: %s", resp.Status)
	}
	return nil
}

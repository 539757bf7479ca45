package documents

import (
	"bufio"
	"io"
	"regexp"
	"strings"
	"syscall"
	"time"
)

var (
	// serving are commands of pages that print where they serve, and go on until Ctrl-C.
	serving = regexp.MustCompile(`^(go run \./labs/blocked|tracelab exec view)\b`)
	address = regexp.MustCompile(`\b(?:localhost|127\.0\.0\.1):(\d+)`)
)

// serve starts a server in a terminal of its own until the test ends. It returns as many lines
// as the page says that it prints. What the page later asks of its address, it asks of this.
func (r *reader) serve(s step, command string) (printed string, status int) {
	r.t.Helper()
	if r.started == nil {
		r.up("")
	}
	if strings.Contains(command, "labs/blocked") {
		command += " -addr 127.0.0.1:0"
	}
	cmd := r.aside(command)
	out, in := io.Pipe()
	cmd.Stdout, cmd.Stderr = in, in
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	group := -cmd.Process.Pid
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		in.CloseWithError(cmd.Wait())
	}()
	stop := func() { syscall.Kill(group, syscall.SIGKILL) }
	r.t.Cleanup(func() { stop(); out.Close(); <-ended })
	defer time.AfterFunc(r.limit(command), stop).Stop()
	lines := bufio.NewReader(out)
	for range strings.Count(strings.TrimSpace(s.prints), "\n") + 1 {
		line, err := lines.ReadString('\n')
		if printed += line; err != nil {
			return printed, 1 // it ended, and has said why
		}
	}
	go io.Copy(io.Discard, lines)
	said, own := address.FindStringSubmatch(s.prints), address.FindString(printed)
	if said != nil && own != "" {
		r.beside = append(r.beside, "localhost:"+said[1], own, "127.0.0.1:"+said[1], own)
		r.serves(r.usual...)
	}
	return printed, 0
}

package overhead

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// process is a child, seen from its parent.
type process struct {
	t       testing.TB
	role    string
	addr    string
	cmd     *exec.Cmd
	stdin   io.Closer
	ask     *json.Encoder
	answers *json.Decoder
	log     string
}

// start starts a child. What it logs goes to a file, as a service's log does:
// a library that logs a line for every lost span pays for it here too.
func start(t testing.TB, program, role, spans string) *process {
	t.Helper()
	p := &process{t: t, role: role, log: filepath.Join(t.TempDir(), "log")}
	log, err := os.Create(p.log)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	p.cmd = exec.Command(program)
	p.cmd.Stderr = log
	// The same for all, whatever this process was started with.
	p.cmd.Env = append(os.Environ(), "GOMAXPROCS=2", "GOGC=100", "GOMEMLIMIT=off", "GODEBUG=", roleVariable+"="+role, spansVariable+"="+spans)
	stdin, err := p.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.stdin, p.ask, p.answers = stdin, json.NewEncoder(stdin), json.NewDecoder(stdout)
	t.Cleanup(p.stop)
	p.read(&p.addr)
	return p
}

// do asks the child for something and returns what it has taken since its start.
func (p *process) do(c command) (u usage) {
	p.t.Helper()
	if err := p.ask.Encode(c); err != nil {
		p.fail(err)
	}
	p.read(&u)
	return u
}

func (p *process) read(answer any) {
	p.t.Helper()
	late := time.AfterFunc(2*time.Minute, func() { p.cmd.Process.Kill() })
	defer late.Stop()
	if err := p.answers.Decode(answer); err != nil {
		p.fail(err)
	}
}

func (p *process) fail(err error) {
	p.t.Helper()
	said, _ := os.ReadFile(p.log)
	p.t.Fatalf("%s does not answer: %v\n%s", p.role, err, said[max(0, len(said)-2000):])
}

// stop ends the child and waits for its end.
func (p *process) stop() {
	if p.stdin != nil {
		p.stdin.Close()
		p.stdin = nil
		p.cmd.Wait()
	}
}

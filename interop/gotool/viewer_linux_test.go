package gotool

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/testbed"
)

// viewer is a server of pages of an execution trace, in a process of its own.
type viewer struct {
	t     *testing.T
	began time.Time
	pid   int
	root  string
	lasts int64 // the trace, in ns
}

// start starts one that prints a line with its address, behind said.
func start(t *testing.T, said string, command ...string) *viewer {
	t.Helper()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(os.Environ(), "BROWSER=true", "GOMEMLIMIT=off", "GODEBUG=")
	testbed.EndWithTest(cmd)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	v := &viewer{t: t, began: time.Now()}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	v.pid = cmd.Process.Pid
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	lines := bufio.NewReader(out)
	for v.root == "" {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("%v ended without a word of where it listens: %v", cmd, err)
		}
		if _, after, ok := strings.Cut(line, said); ok {
			v.root = strings.TrimPrefix(strings.TrimSpace(after), "http://")
		}
	}
	go io.Copy(io.Discard, lines)
	return v
}

// get asks for a page until it is there, as a browser does, and returns its body and its
// size on the wire.
func (v *viewer) get(path string) (body []byte, size int) {
	v.t.Helper()
	for {
		req, err := http.NewRequest("GET", "http://"+v.root+path, nil)
		if err != nil {
			v.t.Fatal(err)
		}
		req.Header.Set("Accept-Encoding", "gzip")
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			v.t.Fatal(err)
		}
		sent, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		switch {
		case err != nil || resp.StatusCode >= 400:
			v.t.Fatalf("%s: %s, %v", path, resp.Status, err)
		case resp.StatusCode == http.StatusAccepted:
			time.Sleep(20 * time.Millisecond) // a pace: it is being read
			continue
		case resp.Header.Get("Content-Encoding") != "gzip":
			return sent, len(sent)
		}
		z, err := gzip.NewReader(strings.NewReader(string(sent)))
		if err == nil {
			body, err = io.ReadAll(z)
		}
		if err != nil {
			v.t.Fatal(err)
		}
		return body, len(sent)
	}
}

// cpu is the processor time that the process has taken.
func (v *viewer) cpu() time.Duration {
	v.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", v.pid))
	if err != nil {
		v.t.Fatal(err)
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	var ticks int64
	for _, field := range fields[11:13] { // utime and stime, of proc(5), in hundredths of a second
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			v.t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// peak is the most memory that the process had, in bytes.
func (v *viewer) peak() int64 {
	v.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", v.pid))
	if err != nil {
		v.t.Fatal(err)
	}
	var kb int64
	_, after, _ := strings.Cut(string(text), "VmHWM:")
	if _, err := fmt.Sscan(after, &kb); err != nil {
		v.t.Fatal(err)
	}
	return kb << 10
}

// opened is what it took until the first picture.
type opened struct {
	wall, cpu time.Duration
	peak      int64
}

func (v *viewer) opened() opened { return opened{time.Since(v.began), v.cpu(), v.peak()} }

func (o opened) String() string {
	return fmt.Sprintf("%5.2f s, %5.2f s of processor time, %5.0f MB at most", o.wall.Seconds(), o.cpu.Seconds(), float64(o.peak)/1e6)
}

// step asks for the tiles of a level at a place, for some lanes, as a step of pan or zoom
// on a screen of 1,024 columns does that finds none in the browser.
func (v *viewer) step(lanes string, level, first int) (size int) {
	for n := first; n < min(first+4, v.tiles(level)); n++ {
		_, sent := v.get(fmt.Sprintf("/tile?lanes=%s&level=%d&tile=%d", lanes, level, n))
		size += sent
	}
	return size
}

// tiles is how many tiles of a level the trace has: of 256 columns of 2^level x 64 ns.
func (v *viewer) tiles(level int) int { return int((v.lasts-1)/(256*64<<level) + 1) }

// lanes are the ids of at most 40 lanes, from one on.
func (v *viewer) lanes(by string, first int) string {
	body, _ := v.get(fmt.Sprintf("/lanes?by=%s&first=%d&count=40", by, first))
	var list struct{ Lanes [][]any }
	if err := json.Unmarshal(body, &list); err != nil {
		v.t.Fatal(err)
	}
	ids := []string{"goroutines", "heap", "threads", "gc", "stw"}
	for _, lane := range list.Lanes {
		ids = append(ids, fmt.Sprint(lane[0]))
	}
	return strings.Join(ids, ",")
}

// TestViewer measures what opening a large trace takes until there is something to look at,
// beside go tool trace where that can, and then random steps.
func TestViewer(t *testing.T) {
	if *rounds == 0 {
		t.Skip("it takes minutes: run it with -rounds 1, or make measure-viewer")
	}
	random := rand.New(rand.NewPCG(1, 2))
	for _, megabytes := range []float64{30, 300} {
		path := filepath.Join(t.TempDir(), "large.trace")
		run(t, os.Args[0], "record", "http", fmt.Sprint(int64(megabytes*1e6**scale)), path)
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if megabytes < 100 {
			tool := start(t, listening, toolPath(t), "-http=127.0.0.1:0", path)
			part := tool.firstPart()
			tool.get("/trace" + part)
			tool.get("/jsontrace" + part)
			t.Logf("%.0f MB, go tool trace%s: %v", float64(info.Size())/1e6, part, tool.opened())
		}
		ours := start(t, "http://", tracelab(t), "exec", "view", path)
		ours.get("/goroutines")
		ours.get("/timeline")
		read := ours.opened()
		whole := ours.wholeLevel()
		ours.step(ours.lanes("processor", 0), whole, 0)
		t.Logf("%.0f MB, tracelab exec view: %v, %.2f times the file; of that the first tiles %v", float64(info.Size())/1e6, ours.opened(),
			float64(ours.peak())/float64(info.Size()), ours.cpu()-read.cpu)
		for _, by := range []string{"processor", "thread", "goroutine"} {
			ours.steps(t, by, whole, random)
		}
		ours.flames(t, random)
	}
}

// firstPart is the query of the first part into which go tool trace has split the trace;
// empty: it has not.
func (v *viewer) firstPart() string {
	page, _ := v.get("/")
	part := regexp.MustCompile(`/trace(\?start=\d+&(?:amp;)?end=\d+)`).FindSubmatch(page)
	if part == nil {
		return ""
	}
	return html.UnescapeString(string(part[1]))
}

// wholeLevel is the level whose four tiles have all of the trace.
func (v *viewer) wholeLevel() int {
	page, _ := v.get("/timeline")
	_, after, _ := strings.Cut(string(page), `data-lasts="`)
	if _, err := fmt.Sscan(strings.Replace(after, `"`, " ", 1), &v.lasts); err != nil {
		v.t.Fatal(err)
	}
	level := 0
	for v.tiles(level) > 4 {
		level++
	}
	return level
}

func (v *viewer) steps(t *testing.T, by string, whole int, random *rand.Rand) {
	t.Helper()
	const steps = 60
	var most, sent int
	var list struct{ Total int }
	body, _ := v.get("/lanes?by=" + by + "&count=1")
	if err := json.Unmarshal(body, &list); err != nil {
		t.Fatal(err)
	}
	lanes := make([]string, 6)
	for i := range lanes {
		lanes[i] = v.lanes(by, random.IntN(max(list.Total-40, 1)))
	}
	v.step(lanes[0], whole, 0) // what is computed once
	before := v.cpu()
	for n := range steps {
		level := max(whole-n%12, 0)
		size := v.step(lanes[n%len(lanes)], level, random.IntN(max(1, v.tiles(level)-3)))
		most, sent = max(most, size), sent+size
	}
	t.Logf("  %s: %d of %d lanes, %.1f ms of processor time a step, %.0f kB on the wire, %.0f kB at most", by, strings.Count(lanes[0], ",")-4, list.Total,
		float64((v.cpu()-before).Microseconds())/1000/steps, float64(sent)/steps/1000, float64(most)/1000)
}

// flames measures flame graphs of 3 ms at random places, and of all of the time.
func (v *viewer) flames(t *testing.T, random *rand.Rand) {
	t.Helper()
	const pages, length = 60, 3_000_000
	cost := func(path string) (took time.Duration, size int) {
		before := v.cpu()
		_, size = v.get("/flame?" + path)
		return v.cpu() - before, size
	}
	first, _ := cost("to=3000000") // which goroutines were when is computed once
	var all, most time.Duration
	largest := 0
	for n := range pages {
		from := random.Int64N(v.lasts - length)
		took, size := cost(fmt.Sprintf("from=%d&to=%d&state=%s%s", from, from+length, []string{"sync", "running", "network"}[n%3], []string{"", "&of=p0"}[n%2]))
		all, most, largest = all+took, max(most, took), max(largest, size)
	}
	ofAll, _ := cost("state=sync")
	again, _ := cost("state=network")
	onProcessor, _ := cost("state=running&of=p0")
	t.Logf("  flame graphs: the first %v, of 3 ms %.1f ms of processor time, %v at most, %.0f kB on the wire at most; of all of the time %v, then another state of it %v; of a processor all of the time %v; %.0f MB at most",
		first, float64(all.Microseconds())/1000/pages, most, float64(largest)/1000, ofAll, again, onProcessor, float64(v.peak())/1e6)
}

package exec

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"example.com/tracelab/exectrace/delay"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/executions/report"
)

func TestProfile(t *testing.T) {
	tasks, syscalls := recorded(t, "tasks"), recorded(t, "syscall")
	for name, c := range map[string]struct {
		args []string
		code int
		says []string
	}{
		"sync":               {[]string{"sync", tasks}, 0, []string{"sync: ", " in all", "workload.tasks.func1", "innermost first"}},
		"syscall":            {[]string{"syscall", syscalls}, 0, []string{"workload.syscalls.func1"}},
		"nothing":            {[]string{"net", tasks}, 0, []string{"net: 0 delays"}},
		"all":                {[]string{"all", tasks, "--top", "1"}, 0, []string{"net: ", "sync: ", "syscall: ", "sched: ", "more stacks: --top 0"}},
		"a region":           {[]string{"sched", tasks, "--region", "fetch"}, 0, []string{"sched: "}},
		"no region":          {[]string{"sched", tasks, "--region", "nowhere"}, 1, []string{`"nowhere"`}},
		"bounds of nothing":  {[]string{"sched", tasks, "--region-min", "1ms"}, 2, []string{"--region TYPE"}},
		"a task":             {[]string{"sync", tasks, "--task", oneTask(t, tasks, "request")}, 0, []string{"chanrecv1"}},
		"no task":            {[]string{"sync", tasks, "--task", "987654321"}, 1, []string{"987654321"}},
		"a goroutine":        {[]string{"sync", tasks, "--goroutine", "1"}, 0, []string{"sync: "}},
		"no goroutine":       {[]string{"sync", tasks, "--goroutine", "987654321"}, 1, []string{"987654321"}},
		"a function":         {[]string{"sync", tasks, "--func", "runtime.bgsweep"}, 0, []string{"sync: "}},
		"no function":        {[]string{"sync", tasks, "--func", "nobody"}, 1, []string{`"nobody"`}},
		"a time":             {[]string{"sync", tasks, "--from", "0s", "--to", "1ns"}, 0, []string{"sync: 0 delays"}},
		"times wrong":        {[]string{"sync", tasks, "--from", "3s", "--to", "1s"}, 2, []string{"--from 3s --to 1s"}},
		"as the tool":        {[]string{"sched", tasks, "--as-go-tool"}, 0, []string{"sched: "}},
		"four to one stream": {[]string{"all", tasks, "-o", "-"}, 2, []string{"-o DIR"}},
		"two ways":           {[]string{"net", tasks, "-o", "x", "--json"}, 2, []string{"one of --json, -o and --http"}},
		"no such profile":    {[]string{"cpu", tasks}, 2, []string{"cpu"}},
		"no address":         {[]string{"net", tasks, "--http", "nowhere:x"}, 2, []string{"nowhere"}},
		"no folder":          {[]string{"net", tasks, "-o", "nowhere/net.pb.gz"}, 2, []string{"nowhere"}},
	} {
		t.Run(name, func(t *testing.T) {
			exec(append([]string{"profile"}, c.args...)...).check(t, c.code, c.says)
		})
	}
}

func TestProfileJSON(t *testing.T) {
	got := exec("profile", "all", recorded(t, "tasks"), "--json", "--top", "2")
	var answer struct{ Profiles []delayReport }
	if err := json.Unmarshal([]byte(got.out), &answer); err != nil || len(answer.Profiles) != 4 {
		t.Fatalf("%v, %.300s", err, got.out)
	}
	sync := answer.Profiles[1]
	if sync.Kind != delay.Sync || sync.Delay <= 0 || sync.Count <= 0 || len(sync.Functions) != 2 || len(sync.Stacks) == 0 {
		t.Errorf("%+v", sync)
	}
	if f := sync.Functions[0]; f.Cum < f.Flat || f.Cum > sync.Delay {
		t.Errorf("%+v of %v", f, sync.Delay)
	}
}

// TestAFunctionWithoutAName is one that a damaged trace does not name.
func TestAFunctionWithoutAName(t *testing.T) {
	r := delayReport{Kind: delay.Sched, Delay: 4, Count: 2, Functions: []delayedFunction{{Cum: 4, Count: 2}},
		Stacks: []delayedStack{{4, 2, []report.Place{{}, {Func: "example.com/a/b.Do", Line: 7}}}}}
	var out bytes.Buffer
	if err := r.print(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"2  (unknown)\n", "2  (unknown) < b.Do:7\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

// TestProfileFiles has files replaced as a whole, and nothing else be left.
func TestProfileFiles(t *testing.T) {
	path, dir := recorded(t, "network"), t.TempDir()
	file, link := filepath.Join(dir, "net.pb.gz"), filepath.Join(dir, "link")
	if err := os.WriteFile(file, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	if got := exec("profile", "net", path, "-o", link); got.code != 0 || got.out != "" {
		t.Fatalf("%+v", got)
	}
	if got := exec("profile", "all", path, "-o", filepath.Join(dir, "all")); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	stream := exec("profile", "net", path, "-o", "-")
	for name, read := range map[string]func() ([]byte, error){
		"a file":          func() ([]byte, error) { return os.ReadFile(file) },
		"one of four":     func() ([]byte, error) { return os.ReadFile(filepath.Join(dir, "all", "net.pb.gz")) },
		"standard output": func() ([]byte, error) { return []byte(stream.out), nil },
	} {
		b, err := read()
		if err != nil {
			t.Fatal(err)
		}
		p, err := profile.ParseData(b)
		if err != nil || len(p.Sample) == 0 || p.SampleType[1].Type != "delay" {
			t.Errorf("%s: %v, %v", name, p, err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("left are %v", left)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is %v, %v", info, err)
	}
	if got := exec("profile", "net", path, "-o", os.DevNull); got.code != 0 {
		t.Errorf("%+v", got)
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Errorf("%s is %v, %v", os.DevNull, info, err)
	}
}

// TestFourProfilesOrNone: if one of them cannot be written, none is replaced.
func TestFourProfilesOrNone(t *testing.T) {
	path := recorded(t, "tasks")
	for name, test := range map[string]struct {
		blocked string // what is a folder, so that no file can replace it
		code    int
		says    string
	}{
		"all":            {"", 0, ""},
		"not the last":   {"sched.pb.gz", 2, "sched.pb.gz is not a regular file"},
		"not the second": {"sync.pb.gz", 2, "sync.pb.gz is not a regular file"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			before := map[string]string{}
			for _, kind := range []string{"net", "sync", "syscall", "sched"} {
				file := filepath.Join(dir, kind+".pb.gz")
				if kind+".pb.gz" == test.blocked {
					if err := os.Mkdir(file, 0o700); err != nil {
						t.Fatal(err)
					}
					continue
				}
				before[file] = "of another trace"
				if err := os.WriteFile(file, []byte(before[file]), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			exec("profile", "all", path, "-o", dir).check(t, test.code, []string{test.says})
			for file, old := range before {
				b, err := os.ReadFile(file)
				if err != nil || (string(b) == old) != (test.code != 0) {
					t.Errorf("%s has %.40q, %v", file, b, err)
				}
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) != 4 {
				t.Errorf("the folder has %v, %v", left, err)
			}
		})
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	exec("profile", "all", path, "-o", file).check(t, 2, []string{"file: not a directory"})
}

// TestProfilePages asks pprof's pages over a real connection, and ends them.
func TestProfilePages(t *testing.T) {
	t.Setenv("COLUMNS", "200")
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, "config"))
	t.Setenv("TMPDIR", home)
	path := recorded(t, "tasks")
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	r, w := io.Pipe()
	c := profileCommand{Kind: "all", source: source{Trace: path}, HTTP: ":0"}
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx, cli.Streams{Out: w}); w.Close() }()
	roots := map[string]string{}
	lines := bufio.NewScanner(r)
	for len(roots) < 4 && lines.Scan() {
		kind, rest, _ := strings.Cut(lines.Text(), ": ")
		roots[kind], _, _ = strings.Cut(rest, "/flamegraph")
	}
	if root := roots["sync"]; !strings.HasPrefix(root, "http://127.0.0.1:") {
		t.Fatalf("%v, %v", roots, lines.Err())
	}
	for _, page := range []string{"/flamegraph", "/peek?f=chanrecv", "/top", "/source?f=tasks", ""} {
		if b := get(t, roots["sync"]+page); !bytes.Contains(b, []byte("chanrecv1")) && !bytes.Contains(b, []byte("workload.tasks")) {
			t.Errorf("%s tells nothing:\n%.500s", page, b)
		}
	}
	if b := get(t, roots["sched"]+"/flamegraph"); !bytes.Contains(b, []byte("<title>sched of tasks.trace")) {
		t.Errorf("it is called otherwise:\n%.500s", b)
	}
	get(t, strings.TrimSuffix(roots["net"], "/net"))
	// What writes pprof's settings is not served, and a name that is not this machine's may
	// be that of another site's page.
	for page, want := range map[string]int{"/saveconfig?config=x": http.StatusNotFound, "/deleteconfig?config=x": http.StatusNotFound, "/flamegraph": http.StatusForbidden} {
		r, err := http.NewRequest("GET", roots["sync"]+page, nil)
		if err != nil {
			t.Fatal(err)
		}
		if want == http.StatusForbidden {
			r.Host = "pages.example"
		}
		if got := status(t, r); got != want {
			t.Errorf("%s: %d, want %d", page, got, want)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(home); err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
}

func get(t *testing.T, url string) []byte {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", url, resp.Status, err)
	}
	return b
}

func status(t *testing.T, r *http.Request) int {
	t.Helper()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

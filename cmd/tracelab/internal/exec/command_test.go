package exec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/workload"
)

// call is what a command said, and how it exited.
type call struct {
	code        int
	out, stderr string
}

func exec(args ...string) call {
	var out bytes.Buffer
	code, said := command(&out, args...)
	return call{code, out.String(), said}
}

// command runs tracelab exec.
func command(out io.Writer, args ...string) (code int, stderr string) {
	var grammar struct {
		Exec Command `cmd:""`
	}
	var said bytes.Buffer
	testbed.OneLine()
	code = cli.Run("tracelab", &grammar, append([]string{"exec"}, args...), out, &said)
	return code, said.String()
}

// check holds the exit status against code, and looks for what is to be said: on
// standard output, or on standard error after a failure.
func (c call) check(t *testing.T, code int, says []string) {
	t.Helper()
	text := c.out
	if code != 0 {
		text = c.stderr
	}
	if c.code != code {
		t.Errorf("exit status %d, want %d: %s", c.code, code, c.stderr)
	}
	for _, want := range says {
		if !strings.Contains(text, want) {
			t.Errorf("nothing of %q in\n%s", want, text)
		}
	}
}

// recorded is the path of an execution trace.
func recorded(t *testing.T, kind string) string {
	t.Helper()
	b, err := workload.Record(kind, 1)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), kind+".trace")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestVerbs(t *testing.T) {
	tasks, idle := recorded(t, "tasks"), recorded(t, "idle")
	for name, c := range map[string]struct {
		args []string
		code int
		says []string // on standard output, or on standard error after a failure
	}{
		"goroutines":            {[]string{"goroutines", tasks}, 0, []string{"execution", "scheduler", "workload.tasks"}},
		"goroutines, few":       {[]string{"goroutines", tasks, "--top", "1"}, 0, []string{"more: --top 0 shows all"}},
		"goroutines of a func":  {[]string{"goroutines", tasks, "--func", "runtime.bgsweep"}, 0, []string{"total"}},
		"goroutines of no func": {[]string{"goroutines", tasks, "--func", "nobody"}, 1, []string{`"nobody"`}},
		"a goroutine":           {[]string{"goroutines", tasks, "--goroutine", "1"}, 0, []string{"goroutine 1, ", "waiting"}},
		// It waits for two minutes to pass without a collection.
		"one that only waits":    {[]string{"goroutines", tasks, "--goroutine", oneOf(t, tasks, "runtime.forcegchelper")}, 0, []string{", runtime.forcegchelper", "waiting", "before the trace"}},
		"no goroutine":           {[]string{"goroutines", tasks, "--goroutine", "999999999"}, 1, []string{"999999999"}},
		"two choices":            {[]string{"goroutines", tasks, "--goroutine", "1", "--func", "x"}, 2, []string{"--func"}},
		"tasks":                  {[]string{"tasks", tasks}, 0, []string{`"request"`, `"query"`, "200", "192"}},
		"tasks of a name":        {[]string{"tasks", tasks, "--name", "query", "--top", "3"}, 0, []string{"and 197 more"}},
		"tasks of no name":       {[]string{"tasks", tasks, "--name", "nothing"}, 1, []string{`"nothing"`}},
		"no tasks":               {[]string{"tasks", idle}, 1, []string{"trace.NewTask"}},
		"no task of a time":      {[]string{"tasks", tasks, "--to", "1ns"}, 1, []string{"begins or ends in this time"}},
		"no task":                {[]string{"task", tasks, "987654321"}, 1, []string{"987654321"}},
		"regions":                {[]string{"regions", tasks}, 0, []string{`"parse" in `, `"decode" in `, "200"}},
		"regions of a type":      {[]string{"regions", tasks, "--name", "parse", "--top", "2"}, 0, []string{"goroutine", "total", "execution", " in ", "and 198 more"}},
		"no such region":         {[]string{"regions", tasks, "--name", "none"}, 1, []string{`"none"`}},
		"no regions":             {[]string{"regions", idle}, 1, []string{"trace.WithRegion"}},
		"no file":                {[]string{"regions", "nowhere.trace"}, 2, []string{"nowhere.trace"}},
		"not a trace":            {[]string{"goroutines", "command.go"}, 2, []string{"command.go", "no Go execution trace"}},
		"a folder":               {[]string{"goroutines", "."}, 2, []string{"not a regular file"}},
		"a service that is away": {[]string{"goroutines", "http://127.0.0.1:1/debug/pprof/trace"}, 3, []string{"127.0.0.1:1"}},
		"times the wrong way":    {[]string{"export", "chrome", tasks, "--from", "2s", "--to", "1s"}, 2, []string{"--from 2s --to 1s"}},
	} {
		t.Run(name, func(t *testing.T) {
			exec(c.args...).check(t, c.code, c.says)
		})
	}
}

// TestANarrowTerminal has a list where a table would be too wide.
func TestANarrowTerminal(t *testing.T) {
	path := recorded(t, "tasks")
	for columns, want := range map[string]string{"80": " goroutines  ", "300": "execution  "} {
		t.Setenv("COLUMNS", columns)
		if got := exec("goroutines", path); got.code != 0 || !strings.Contains(got.out, want) {
			t.Errorf("%s columns: no %q in\n%s%s", columns, want, got.out, got.stderr)
		}
	}
}

// TestJSON has every verb print one document.
func TestJSON(t *testing.T) {
	path := recorded(t, "tasks")
	for _, args := range [][]string{
		{"goroutines", path}, {"goroutines", path, "--func", "runtime.bgsweep"}, {"goroutines", path, "--goroutine", "1"},
		{"tasks", path}, {"tasks", path, "--name", "query"}, {"task", path, oneTask(t, path, "request")}, {"regions", path}, {"export", "chrome", path},
	} {
		name := strings.Join(append([]string{args[0]}, args[2:]...), " ")
		if args[0] != "export" {
			args = append(args, "--json")
		}
		got := exec(args...)
		var v map[string]any
		if err := json.Unmarshal([]byte(got.out), &v); got.code != 0 || err != nil || len(v) == 0 {
			t.Errorf("%s: exit status %d, %v: %.300s%s", name, got.code, err, got.out, got.stderr)
		}
	}
}

// oneOf is the number of a goroutine of a function.
func oneOf(t *testing.T, path, function string) string {
	t.Helper()
	var answer struct {
		Goroutines []struct{ Goroutine json.Number }
	}
	if err := json.Unmarshal([]byte(exec("goroutines", path, "--func", function, "--json").out), &answer); err != nil || len(answer.Goroutines) == 0 {
		t.Fatalf("no goroutine of %s: %v", function, err)
	}
	return answer.Goroutines[0].Goroutine.String()
}

// oneTask is the number of a task of a name.
func oneTask(t *testing.T, path, name string) string {
	t.Helper()
	var answer struct {
		Tasks []struct{ Task json.Number }
	}
	if err := json.Unmarshal([]byte(exec("tasks", path, "--name", name, "--json").out), &answer); err != nil || len(answer.Tasks) == 0 {
		t.Fatal(err)
	}
	return answer.Tasks[0].Task.String()
}

// TestTask shows a task with what it is made of.
func TestTask(t *testing.T) {
	path := recorded(t, "tasks")
	got := exec("task", path, oneTask(t, path, "request"))
	for _, want := range []string{`"request"`, "log order", `region "parse"`, "  task ", `"query"`, `region "fetch"`, "running "} {
		if !strings.Contains(got.out, want) {
			t.Errorf("nothing of %q in\n%s", want, got.out)
		}
	}
}

// TestURL reads what a service sends, and says what else it says.
func TestURL(t *testing.T) {
	b, err := workload.Record("tasks", 1)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/trace", func(w http.ResponseWriter, _ *http.Request) { w.Write(b) })
	mux.HandleFunc("/busy", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "Could not enable tracing: tracing is already enabled", 500)
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	if got := exec("tasks", srv.URL+"/debug/pprof/trace?seconds=1"); got.code != 0 || !strings.Contains(got.out, `"request"`) {
		t.Errorf("%+v", got)
	}
	if got := exec("tasks", srv.URL+"/busy"); got.code != 3 || !strings.Contains(got.stderr, "already enabled") {
		t.Errorf("%+v", got)
	}
}

// TestExportIsWhole writes a file, and leaves nothing of one that it cannot
// write.
func TestExportIsWhole(t *testing.T) {
	path := recorded(t, "tasks")
	dir := t.TempDir()
	to := filepath.Join(dir, "trace.json")
	if got := exec("export", "chrome", path, "-o", to); got.code != 0 || !strings.Contains(got.out, "ui.perfetto.dev") {
		t.Errorf("%+v", got)
	}
	if got := exec("export", "chrome", path, "-o", dir); got.code == 0 {
		t.Errorf("a folder can be written: %+v", got)
	}
	left, _ := os.ReadDir(dir)
	if len(left) != 1 {
		t.Errorf("there are %v", left)
	}
}

// TestAPartIsExported: of a goroutine, or of a time.
func TestAPartIsExported(t *testing.T) {
	path := recorded(t, "tasks")
	count := func(args ...string) (n int) {
		t.Helper()
		to := filepath.Join(t.TempDir(), "part.json")
		got := exec(append([]string{"export", "chrome", path, "-o", to}, args...)...)
		if _, err := fmt.Sscanf(got.out, "%d events in "+to, &n); got.code != 0 || err != nil {
			t.Fatalf("%v: %+v, %v", args, got, err)
		}
		return n
	}
	all := count()
	one := count("--goroutine", "1")
	if two := count("--goroutine", "1", "--goroutine", oneOf(t, path, "runtime.bgsweep")); one >= two || two >= all {
		t.Errorf("%d events, %d of two goroutines, %d of one", all, two, one)
	}
	x, err := exectrace.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	index, err := exectrace.Read(x)
	if err != nil {
		t.Fatal(err)
	}
	late := index.Duration() * 9 / 10
	if begin, after := count("--to", "1us"), count("--from", late.String()); begin >= all || after >= all {
		t.Errorf("%d events, %d of the first microsecond and %d of after %v", all, begin, after, late)
	}
	for says, args := range map[string][]string{
		"--goroutine 987654321": {"--goroutine", "1", "--goroutine", "987654321"}, "--from -1s": {"--from=-1s"}, "--to -1s": {"--to=-1s"}, "--to 1s": {"--from", "1s", "--to", "1s"},
	} {
		to := filepath.Join(t.TempDir(), "part.json")
		got := exec(append([]string{"export", "chrome", path, "-o", to}, args...)...)
		if _, err := os.Stat(to); got.code == 0 || !strings.Contains(got.stderr, says) || err == nil {
			t.Errorf("%v: %+v; the file: %v", args, got, err)
		}
	}
}

// TestAnExportThatIsTooLarge is refused, and the part that the message names is not.
func TestAnExportThatIsTooLarge(t *testing.T) {
	path, to := recorded(t, "http"), filepath.Join(t.TempDir(), "t.json")
	got := exec("export", "chrome", path, "-o", to, "--max-mb", "1")
	advice := regexp.MustCompile(`--from \S+ --to \S+?,`).FindString(got.stderr)
	if _, err := os.Stat(to); got.code != cli.Negative || advice == "" || err == nil {
		t.Fatalf("%+v; the file: %v", got, err)
	}
	args := append([]string{"export", "chrome", path, "-o", to, "--max-mb", "1"}, strings.Fields(strings.TrimSuffix(advice, ","))...)
	if got := exec(args...); got.code != 0 {
		t.Errorf("%v: %+v", args, got)
	}
	if got := exec("export", "chrome", path, "-o", to, "--max-mb", "-1"); got.code != cli.Usage {
		t.Errorf("%+v", got)
	}
	if got := exec("export", "chrome", path, "--max-mb", "1"); got.code != 0 || len(got.out) < 1e6 {
		t.Errorf("to standard output: %d, %d bytes", got.code, len(got.out))
	}
}

// TestAPartThatIsLost is said, whatever is asked of the rest; and what has no part
// that can be read is no trace.
func TestAPartThatIsLost(t *testing.T) {
	whole, err := workload.Generations()
	if err != nil {
		t.Fatal(err)
	}
	f, err := exectrace.FromBytes(whole)
	if err != nil {
		t.Fatal(err)
	}
	found, err := f.Generations()
	if err != nil {
		t.Fatal(err)
	}
	last := found[len(found)/2] // its events are before the cut, and a part of its tables behind
	path := filepath.Join(t.TempDir(), "cut.trace")
	if err := os.WriteFile(path, whole[:last.Offset+last.Size*3/4], 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"goroutines", path}, {"regions", path}, {"export", "chrome", path}, {"events", path}, {"summary", path}} {
		if got := exec(args...); got.code != 0 || !strings.Contains(got.stderr, "lost: ") || got.out == "" {
			t.Errorf("%v: exit status %d, %.200s, %s", args, got.code, got.out, got.stderr)
		}
	}
	for _, args := range [][]string{{"regions", path, "--name", "work", "--top", "0"}, {"regions", path}} {
		got, asJSON := exec(args...), exec(append(args, "--json")...)
		// Which are the slowest, of which alone the table of all tells, differs from run to run.
		want := len(args) > 2 || strings.Contains(asJSON.out, "\"doubtful\": true")
		if strings.Contains(got.out, "* doubtful: ") != want || (strings.Count(got.out, "*") >= 2) != want {
			t.Errorf("%v: it is to be marked: %t: %.2000s", args, want, got.out)
		}
	}
	if got := exec("regions", path, "--name", "work", "--json", "--top", "0"); strings.Count(got.out, "\"doubtful\": true") == strings.Count(got.out, "\"at_ns\"") {
		t.Errorf("it marks all: %.2000s", got.out)
	}
	if err := os.WriteFile(path, whole[:20], 0o600); err != nil {
		t.Fatal(err)
	}
	if got := exec("regions", path); got.code != cli.Usage || !strings.Contains(got.stderr, path) {
		t.Errorf("of 20 bytes: %+v", got)
	}
}

// TestAnOutputKeepsItsMode, of each verb that writes one.
func TestAnOutputKeepsItsMode(t *testing.T) {
	path := recorded(t, "tasks")
	for name, args := range map[string][]string{
		"anonymize":     {"anonymize", path, "-o"},
		"export chrome": {"export", "chrome", path, "-o"},
		"profile":       {"profile", "sync", path, "-o"},
		"mmu":           {"mmu", path, "--svg"},
	} {
		to := filepath.Join(t.TempDir(), "out")
		if err := os.WriteFile(to, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := exec(append(args, to)...); got.code != 0 {
			t.Errorf("%s: %+v", name, got)
		}
		if info, err := os.Stat(to); err != nil || info.Mode() != 0o600 || info.Size() < 100 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
		if got := exec(append(args, "/dev/full")...); got.code != 1 || !strings.Contains(got.stderr, "/dev/full") {
			t.Errorf("%s to a full device: %+v", name, got)
		}
	}
}

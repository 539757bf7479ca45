package exec

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/exectrace/userlog"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/executions/report"
	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/executiontest"
)

// viewed is tracelab exec view while it serves.
type viewed struct {
	t    *testing.T
	root string // of the pages of the trace
	stop func() error
	said *bytes.Buffer // on standard error, once it is stopped
}

func view(t *testing.T, c *viewCommand) viewed {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	r, w := io.Pipe()
	var said bytes.Buffer
	ended := make(chan error, 1)
	if c.HTTP == "" {
		c.HTTP = "localhost:0"
	}
	go func() { ended <- c.Run(ctx, cli.Streams{Out: w, Err: &said}); w.Close() }()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("it prints no link: %v, %v", err, <-ended)
	}
	root := strings.TrimSpace(line)
	if err := testbed.Eventually(func() error { return isRead(root) }); err != nil {
		t.Fatal(err)
	}
	return viewed{t, root, func() error { cancel(); return <-ended }, &said}
}

// isRead is an error while pages say that the trace is being read.
func isRead(root string) error {
	resp, err := http.Get(root)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusAccepted {
		return errors.New("it is being read")
	}
	return nil
}

// page is a page as people see it.
func (v viewed) page(path string) string {
	v.t.Helper()
	return html.UnescapeString(string(get(v.t, v.root+path)))
}

// numbers are those that a row of the page's table has for scripts, by the text of its first
// cell.
func (v viewed) numbers(path string) map[string][]int64 {
	v.t.Helper()
	tags, all := regexp.MustCompile(`<[^>]*>`), map[string][]int64{}
	for _, row := range regexp.MustCompile(`(?s)<tr><th scope="row"[^>]*>(.*?)</th>(.*?)</tr>`).FindAllStringSubmatch(v.page(path), -1) {
		list := []int64{}
		for _, m := range regexp.MustCompile(`<data value="(\d+)">`).FindAllStringSubmatch(row[2], -1) {
			n, err := strconv.ParseInt(m[1], 10, 64)
			if err != nil {
				v.t.Fatal(err)
			}
			list = append(list, n)
		}
		all[strings.Join(strings.Fields(tags.ReplaceAllString(row[1], "")), " ")] = list
	}
	return all
}

func nanoseconds(list ...time.Duration) (n []int64) {
	for _, d := range list {
		n = append(n, int64(d))
	}
	return n
}

// TestPagesSayWhatTheVerbsSay, to the nanosecond, of the whole and of a part of the time.
func TestPagesSayWhatTheVerbsSay(t *testing.T) {
	path := recorded(t, "tasks")
	from, to := 2*time.Millisecond, 20*time.Millisecond
	for name, part := range map[string]period{"the whole": {}, "a part": {From: &from, To: &to}} {
		t.Run(name, func(t *testing.T) {
			v := view(t, &viewCommand{source: source{path}, period: part})
			asks := func(answer any, args ...string) {
				t.Helper()
				if part.From != nil {
					args = append(args, "--from", from.String(), "--to", to.String())
				}
				if got := exec(append(args, "--json")...); got.code != 0 || json.Unmarshal([]byte(got.out), answer) != nil {
					t.Fatalf("%v: %+v", args, got)
				}
			}
			var goroutines struct{ Goroutines []report.Goroutine }
			asks(&goroutines, "goroutines", path, "--top", "0")
			rows := v.numbers("/goroutines")
			for _, g := range goroutines.Goroutines {
				if got, want := rows[report.Named(g.Func)], nanoseconds(g.Columns()...); !slices.Equal(got, want) {
					t.Errorf("goroutines of %s: %d, want %d", g.Func, got, want)
				}
			}
			if len(rows) != len(goroutines.Goroutines) || len(rows) == 0 {
				t.Errorf("%d groups, want %d", len(rows), len(goroutines.Goroutines))
			}
			v.lasted(asks, path)
			v.profiles(asks, path)
			v.curve(asks, path)
			if err := v.stop(); err != nil {
				t.Error(err)
			}
		})
	}
}

// lasted compares tasks, one task, and regions.
func (v viewed) lasted(asks func(any, ...string), path string) {
	v.t.Helper()
	var tasks struct{ Tasks []report.Lasted }
	asks(&tasks, "tasks", path)
	for _, k := range tasks.Tasks {
		if got, want := v.numbers("/tasks")[k.Name], nanoseconds(k.P50, k.P90, k.P99, k.Max); !slices.Equal(got, want) {
			v.t.Errorf("tasks %s: %d, want %d", k.Name, got, want)
		}
	}
	var named struct{ Tasks []report.Task }
	asks(&named, "tasks", path, "--name", "query", "--top", "100")
	rows := v.numbers("/tasks?name=query")
	for _, k := range named.Tasks {
		if got := rows[fmt.Sprint(k.ID)]; !slices.Equal(got, nanoseconds(k.Duration)) {
			v.t.Errorf("task %d: %d, want %d", k.ID, got, k.Duration)
		}
	}
	var regions struct{ Regions []report.Lasted }
	asks(&regions, "regions", path)
	rows = v.numbers("/regions")
	for _, r := range regions.Regions {
		if got, want := rows[r.Name+" in "+report.Named(r.Func)], nanoseconds(r.P50, r.P90, r.P99, r.Max); !slices.Equal(got, want) {
			v.t.Errorf("regions %s in %s: %d, want %d; there are %v", r.Name, r.Func, got, want, rows)
		}
	}
	if len(tasks.Tasks) == 0 || len(named.Tasks) == 0 || len(regions.Regions) == 0 {
		v.t.Error("the verbs say nothing")
	}
}

// profiles compares the sums of the four profiles.
func (v viewed) profiles(asks func(any, ...string), path string) {
	v.t.Helper()
	var answer struct{ Profiles []delayReport }
	asks(&answer, "profile", "all", path)
	text := v.page("/profile")
	for _, p := range answer.Profiles {
		want := fmt.Sprintf(`(?s)<b>%s</b>[^<]*</th><td[^>]*><data value="%d">[^<]*</data></td><td[^>]*>%d</td><td[^>]*>%d</td>`, p.Kind, p.Delay, p.Count, p.Unfinished)
		if !regexp.MustCompile(want).MatchString(text) {
			v.t.Errorf("nothing of %s in %s", want, text)
		}
	}
}

// curve compares the curve of the MMU, and the worst windows.
func (v viewed) curve(asks func(any, ...string), path string) {
	v.t.Helper()
	var answer report.MMU
	asks(&answer, "mmu", path)
	text := strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(v.page("/mmu"), " ")), " ")
	for _, p := range answer.Curve {
		if want := fmt.Sprintf(" %.3f %.3f %.3f %.3f ", p.MMU, p.P999, p.P99, p.P95); !strings.Contains(text, want) {
			v.t.Errorf("at %v nothing of %s in %s", p.Window, want, text)
		}
	}
	for _, w := range answer.Worst {
		if want := fmt.Sprintf(" %s %.3f ", report.Since(w.At), w.Utilization); !strings.Contains(text+" ", want) {
			v.t.Errorf("nothing of %s in %s", want, text)
		}
	}
}

func TestViewServesThisMachineOnly(t *testing.T) {
	v := view(t, &viewCommand{source: source{recorded(t, "tasks")}, HTTP: ":0"})
	u, err := url.Parse(v.root)
	if err != nil || u.Hostname() != "127.0.0.1" || u.Path != "/exec/tasks-trace" {
		t.Errorf("the link is %s, %v", v.root, err)
	}
	if body := string(get(t, "http://"+u.Host+"/")); !strings.Contains(body, `<a href="/exec/tasks-trace">tasks.trace</a>`) {
		t.Errorf("the first page is %s", body)
	}
	req, err := http.NewRequest("GET", v.root, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "evil.example"
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("another host: %s", resp.Status)
	}
	if err := v.stop(); err != nil {
		t.Error(err)
	}
}

// TestViewHasATimeline, to which the other pages lead.
func TestViewHasATimeline(t *testing.T) {
	v := view(t, &viewCommand{source: source{recorded(t, "tasks")}})
	links := regexp.MustCompile(`href="(/exec/tasks-trace/timeline[^"]*)"`)
	u, err := url.Parse(v.root)
	if err != nil {
		t.Fatal(err)
	}
	tasks := v.page("/tasks?name=request")
	task := regexp.MustCompile(`href="/exec/tasks-trace(/task\?id=\d+)"`).FindStringSubmatch(tasks)
	regions := regexp.MustCompile(`href="/exec/tasks-trace(/regions\?[^"]*)"`).FindStringSubmatch(v.page("/regions"))
	if task == nil || regions == nil {
		t.Fatalf("no task in %.2000s, or no regions", tasks)
	}
	for _, path := range []string{"", "/goroutines?func=runtime.bgsweep", "/mmu", "/tasks?name=request", task[1], html.UnescapeString(regions[1])} {
		found := links.FindAllStringSubmatch(v.page(path), -1)
		if len(found) == 0 {
			t.Errorf("%s: no link to the timeline", path)
		}
		for _, link := range found[:min(len(found), 20)] {
			if body := string(get(t, "http://"+u.Host+link[1])); !strings.Contains(body, `id="rows"`) {
				t.Errorf("%s: %s shows no lanes: %.300s", path, link[1], body)
			}
		}
	}
	if err := v.stop(); err != nil {
		t.Error(err)
	}
}

// TestViewHasTheGoroutinesOfASpan, to which that of the span leads.
func TestViewHasTheGoroutinesOfASpan(t *testing.T) {
	file := filepath.Join(t.TempDir(), "span.trace")
	raw := executiontest.RecordSpan(t, "get /visit", userlog.Span{TraceID: [16]byte{15: 0x2a}, ID: [8]byte{7: 7}}, func(context.Context) { <-time.After(time.Millisecond) })
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	v := view(t, &viewCommand{source: source{file}})
	of := regexp.MustCompile(`href="/exec/span-trace(/goroutine\?id=\d+)"`).FindStringSubmatch(v.page("/goroutines?func=" + url.QueryEscape("example.com/tracelab/internal/testbed/executiontest.RecordSpan.func1.1")))
	if of == nil {
		t.Fatal("there is no such goroutine")
	}
	link := regexp.MustCompile(`href="/exec/span-trace(/span\?[^"]*)">its goroutines`).FindStringSubmatch(v.page(of[1]))
	if link == nil {
		t.Fatalf("no link to all goroutines of the span: %s", v.page(of[1]))
	}
	if page := v.page(html.UnescapeString(link[1])); !strings.Contains(page, "get /visit") || !strings.Contains(page, "/exec/span-trace/timeline?by=goroutine") {
		t.Errorf("no lane of the span: %s", page)
	}
	if err := v.stop(); err != nil {
		t.Error(err)
	}
}

// TestViewOfWhatCannotBeRead: pages say so, and the exit status does.
func TestViewOfWhatCannotBeRead(t *testing.T) {
	b, err := os.ReadFile(recorded(t, "tasks"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "cut.trace")
	if err := os.WriteFile(path, b[:20], 0o600); err != nil {
		t.Fatal(err)
	}
	v := view(t, &viewCommand{source: source{path}})
	resp, err := http.Get(v.root)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusUnprocessableEntity || !bytes.Contains(body, []byte("The execution trace cannot be read")) {
		t.Errorf("%s: %s", resp.Status, body)
	}
	if status, ok := v.stop().(cli.Status); !ok || status.Code != cli.Usage || !strings.Contains(v.said.String(), path) {
		t.Errorf("%+v; it says %s", status, v.said)
	}
	for says, args := range map[string][]string{
		"no Go execution trace": {"view", "command.go"}, "nowhere.trace": {"view", "nowhere.trace"}, "--http nowhere:x": {"view", path, "--http", "nowhere:x"},
		"--from 2s --to 1s": {"view", path, "--from", "2s", "--to", "1s"},
	} {
		exec(args...).check(t, cli.Usage, []string{says})
	}
}

// TestViewCompares two traces of one name: the page of the first leads to the comparison, which
// has the rows that the verb prints.
func TestViewCompares(t *testing.T) {
	a, b := recorded(t, "tasks"), recorded(t, "sync")
	v := view(t, &viewCommand{source: source{Trace: a}, Others: []string{b, b}})
	if page := v.page(""); !strings.Contains(page, "/compare\"") {
		t.Errorf("nothing leads to the comparison:\n%s", page)
	}
	with := filepath.Base(b)
	for _, id := range []string{executions.NewID(with), executions.NewID(with) + "-2"} {
		var want struct{ Goroutines []report.Beside }
		got := exec("compare", a, b, "--json", "--top", "0")
		if err := json.Unmarshal([]byte(got.out), &want); err != nil || len(want.Goroutines) == 0 {
			t.Fatalf("%v: %s%s", err, got.out, got.stderr)
		}
		page := v.page("/compare?with=" + id)
		for _, r := range want.Goroutines {
			if !strings.Contains(page, report.Named(r.Func)) {
				t.Errorf("%s: %s is not there", id, report.Named(r.Func))
			}
			if n := fmt.Sprintf(">%d</a> →", r.A.Count); r.A.Count > 0 && !strings.Contains(page, n) {
				t.Errorf("%s: %s has %d goroutines in A, and no row has as many", id, report.Named(r.Func), r.A.Count)
			}
		}
	}
	if err := v.stop(); err != nil {
		t.Error(err)
	}
}

// TestViewOpensOtherFiles on this machine only: nobody else is to fill its disk.
func TestViewOpensOtherFiles(t *testing.T) {
	path := recorded(t, "tasks")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for http, want := range map[string]int{"": 200, "0.0.0.0:0": 405} {
		v := view(t, &viewCommand{source: source{Trace: path}, HTTP: http})
		list := v.root[:strings.LastIndex(v.root, "/")]
		if status := give(t, list+"/file", b); status != want {
			t.Errorf("--http %q: %d, want %d", http, status, want)
		}
		if page := string(get(t, list)); strings.Contains(page, "other.trace") != (want == 200) {
			t.Errorf("--http %q: %s", http, page)
		}
		if err := v.stop(); err != nil {
			t.Error(err)
		}
	}
}

// give posts a file as the form of the list does, and returns the status of the page to which
// that leads.
func give(t *testing.T, to string, b []byte) int {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "other.trace")
	if err != nil {
		t.Fatal(err)
	}
	part.Write(b)
	form.Close()
	resp, err := http.Post(to, form.FormDataContentType(), &body)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusAccepted { // it is read meanwhile
		return http.StatusOK
	}
	return resp.StatusCode
}

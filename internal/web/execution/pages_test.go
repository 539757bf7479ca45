package execution_test

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime/trace"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/pprof/profile"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/testbed/executiontest"
	"example.com/tracelab/internal/testbed/workload"
	"example.com/tracelab/internal/web/execution"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/web/webtest"
)

// recorded are the recordings of the tests, each made once.
var recorded = map[string]func() ([]byte, error){}

func init() {
	for _, kind := range []string{"tasks", "gc", "sync"} {
		recorded[kind] = sync.OnceValues(func() ([]byte, error) { return workload.Record(kind, 1) })
	}
}

func record(t *testing.T, kind string) []byte {
	t.Helper()
	b, err := recorded[kind]()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// site are the pages of one execution trace, below /exec/t.
type site struct {
	t *testing.T
	http.Handler
	library executions.Library
}

// serve serves a trace once it is read, or is known to be unreadable.
func serve(t *testing.T, b []byte, cfg execution.Config) site {
	return serveFrom(t, executiontest.Library(map[string][]byte{"t": b}), cfg)
}

func serveFrom(t *testing.T, library executions.Library, cfg execution.Config) site {
	s := shell.New(shell.Config{Home: shell.Link{Label: "Execution traces", Path: execution.Path}})
	cfg.Library = library
	return site{t, webtest.Serve(s, execution.New(s, cfg)), library}
}

// page gets a page and fails the test unless it has the status; its text is as people see it.
func (s site) page(path string, status int) string {
	s.t.Helper()
	w := webtest.Get(s.t, s, path)
	if w.Code != status {
		s.t.Fatalf("%s: status %d, want %d: %.2000s", path, w.Code, status, w.Body)
	}
	return html.UnescapeString(w.Body.String())
}

// find is what a pattern has in its parentheses.
func find(t *testing.T, pattern, in string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(in)
	if m == nil {
		t.Fatalf("nothing of %s in %.3000s", pattern, in)
	}
	return m[1]
}

// all are the pages of a recording of tasks.
func (s site) all() []string {
	tasks := s.page("/exec/t/tasks?name=request", http.StatusOK)
	task := find(s.t, `<a href="(/exec/t/task\?id=\d+)"`, tasks)
	members := s.page("/exec/t/goroutines?func=runtime.bgsweep", http.StatusOK)
	goroutine := find(s.t, `<a href="(/exec/t/goroutine\?id=\d+)"`, members)
	return []string{"/exec", "/exec/t", "/exec/t/goroutines", "/exec/t/goroutines?func=runtime.bgsweep", goroutine, "/exec/t/tasks", "/exec/t/tasks?name=request", task,
		"/exec/t/regions", "/exec/t/regions?type=parse", "/exec/t/mmu", "/exec/t/profile"}
}

func TestPages(t *testing.T) {
	s := serve(t, record(t, "tasks"), execution.Config{})
	inline := regexp.MustCompile(`<style|\sstyle=|\son\w+=|<script>|javascript:`)
	linked := map[string]bool{}
	for _, path := range s.all() {
		w := webtest.Get(t, s, path)
		body := w.Body.String()
		if w.Code != http.StatusOK || w.Header().Get("Content-Security-Policy") != shell.ContentPolicy {
			t.Errorf("%s: status %d, headers %v", path, w.Code, w.Header())
		}
		if found := inline.FindString(body); found != "" || strings.Contains(body, "/timeline") || strings.Contains(body, `name="traceId"`) {
			t.Errorf("%s has %q, or leads to a page that is not there", path, found)
		}
		for _, m := range regexp.MustCompile(`(?:href|src)="(/[^"]*)"`).FindAllStringSubmatch(body, -1) {
			to := html.UnescapeString(m[1])
			if !linked[to] && !strings.Contains(to, "lang=") && webtest.Get(t, s, to).Code >= http.StatusBadRequest {
				t.Errorf("%s leads to %s, which is not there", path, to)
			}
			linked[to] = true
		}
	}
}

func TestWhatPagesSay(t *testing.T) {
	s := serve(t, record(t, "tasks"), execution.Config{Timeline: true})
	for path, want := range map[string][]string{
		"/exec":                        {`<a href="/exec/t">t.trace</a>`},
		"/exec/t":                      {"400 begun, and how long they took", "400 tasks, 600 regions, 200 logs", `href="/exec/t/timeline?from=0&to=`, "goroutines</th><td>", "<title>t.trace: Summary"},
		"/exec/t/goroutines":           {"workload.tasks", `aria-sort="descending"><a class="sw c10" href="/exec/t/goroutines">execution</a>`, `<svg class="bar"`},
		"/exec/t/goroutines?q=BGSWEEP": {"runtime.bgsweep", "1 to 1 of 1", "Show all"},
		"/exec/t/goroutines?q=nobody":  {"No name has nobody."},
		"/exec/t/goroutines?func=runtime.bgsweep": {"1 to 1 of 1", `/exec/t/timeline?by=goroutine&from=`, "Goroutines of runtime.bgsweep"},
		"/exec/t/tasks":              {`<a href="/exec/t/tasks?name=query" title="query">query</a>`, `<svg class="small"`, "200"},
		"/exec/t/tasks?name=query":   {"1 to 100 of 200", `rel="next" href="/exec/t/tasks?name=query&page=2"`, `<svg class="histogram"`},
		"/exec/t/regions":            {"parse", `href="/exec/t/regions?func=`},
		"/exec/t/regions?type=parse": {"1 to 100 of 200"},
		"/exec/t/mmu":                {`<img src="/exec/t/mmu.svg"`, `value="stw" checked`, "At worst"},
		"/exec/t/profile":            {"waiting for the network", `href="/exec/t/profile/sync/flamegraph"`, "file for pprof"},
	} {
		body := s.page(path, http.StatusOK)
		for _, text := range want {
			if !strings.Contains(body, text) {
				t.Errorf("%s lacks %s in\n%.6000s", path, text, body)
			}
		}
	}
}

func TestATaskAndAGoroutine(t *testing.T) {
	s := serve(t, record(t, "tasks"), execution.Config{})
	path := find(t, `<a href="(/exec/t/task\?id=\d+)"`, s.page("/exec/t/tasks?name=request", http.StatusOK))
	task := s.page(path, http.StatusOK)
	for _, want := range []string{"request", "query", "region", "parse", "message", "order", "running", "workload"} {
		if !strings.Contains(task, want) {
			t.Errorf("the task lacks %s in %s", want, task)
		}
	}
	body := s.page(find(t, `by goroutine <a href="(/exec/t/goroutine\?id=\d+)"`, task), http.StatusOK)
	for _, want := range []string{"Started with", "Time by state", "What it did, and where", "<details><summary>", "One after the other"} {
		if !strings.Contains(body, want) {
			t.Errorf("the goroutine lacks %s in %s", want, body)
		}
	}
}

// TestAWrongAddress is 400 or 404, and says what to do.
func TestAWrongAddress(t *testing.T) {
	s := serve(t, record(t, "tasks"), execution.Config{})
	for path, c := range map[string]struct {
		status int
		says   string
	}{
		"/exec/other":                          {404, "There is no such execution trace"},
		"/exec/t/goroutines?sort=name":         {400, "sort=name is not known to this page: use execution, func, count, total"},
		"/exec/t/goroutines?page=0":            {400, "page=0 is not a number"},
		"/exec/t/goroutines?page=x":            {400, "page=x is not a number"},
		"/exec/t/goroutines?sorted=1":          {400, "This page has no parameter sorted"},
		"/exec/t/goroutines?sort=a&sort=b":     {400, "sort is given twice"},
		"/exec/t/goroutines?func=nobody":       {404, "No goroutine was started with this function"},
		"/exec/t/tasks?name=nobody":            {404, "no task of this name"},
		"/exec/t/tasks?name=query&max=-1":      {400, "max=-1 is not a number"},
		"/exec/t/tasks?name=q&min=5&max=5":     {400, "max=5 is not more than min=5"},
		"/exec/t/task":                         {400, "Which task?"},
		"/exec/t/task?id=123456789":            {404, "no task 123456789"},
		"/exec/t/task?id=99999999999999999999": {400, "id=99999999999999999999 is not a number"},
		"/exec/t/goroutine":                    {400, "Which goroutine?"},
		"/exec/t/goroutine?id=123456789":       {404, "no goroutine 123456789"},
		"/exec/t/goroutine?id=-3":              {400, "id=-3 is not a number"},
		"/exec/t/compare?per=minute":           {400, "per=minute is not known to this page: use second, goroutine, trace"},
		"/exec/t/compare?sort=x":               {400, "use largest, func, count, total"},
		"/exec/t/compare?with=nobody":          {404, "There is no such execution trace"},
		"/exec/t/regions?type=nothing":         {404, "no region of this type"},
		"/exec/t/mmu?flags=stw,mark":           {400, "flags has mark"},
		"/exec/t/mmu?per_proc=yes":             {400, "per_proc=yes is not known"},
		"/exec/t/mmu.svg?flags=mark":           {404, ""},
		"/exec/t/profile/cpu":                  {404, "There are net, sync, syscall and sched."},
		"/exec/t/profile/sync/saveconfig":      {404, "pprof has no such page here"},
		"/exec/t/profile/sync/deleteconfig":    {404, "pprof has no such page here"},
		"/exec/t/profile/sync/source?f=main":   {404, "pprof has no such page here"},
		"/exec/t/profile/net/flamegraph":       {404, "There were no such delays"},
		"/exec/t/nothing":                      {404, ""},
	} {
		if body := s.page(path, c.status); !strings.Contains(body, c.says) {
			t.Errorf("%s lacks %q in %.3000s", path, c.says, body)
		}
	}
}

// TestFarPages: a page behind the last is the last.
func TestFarPages(t *testing.T) {
	s := serve(t, record(t, "tasks"), execution.Config{})
	if body := s.page("/exec/t/tasks?name=query&page=9223372036854775807", http.StatusOK); !strings.Contains(body, "101 to 200 of 200") || strings.Contains(body, `rel="next"`) {
		t.Errorf("%.3000s", body)
	}
}

// TestBarsLeadToWhatTheyCount: all bars together count all, and each leads to as many rows as it
// counts.
func TestBarsLeadToWhatTheyCount(t *testing.T) {
	s := serve(t, record(t, "tasks"), execution.Config{})
	bar := regexp.MustCompile(`<a href="([^"]*)" aria-label="(\d+) took`)
	for path, want := range map[string]int{"/exec/t/tasks?name=query": 200, "/exec/t/regions?type=parse": 200, "/exec/t/goroutines?func=runtime.bgsweep": 1} {
		sum := 0
		for _, m := range bar.FindAllStringSubmatch(s.page(path, http.StatusOK), -1) {
			n, _ := strconv.Atoi(m[2])
			sum += n
			if body := s.page(m[1], http.StatusOK); !strings.Contains(body, fmt.Sprintf(" of %d</span>", n)) || !strings.Contains(body, "Only what took at least") && !strings.Contains(m[1], "?max") {
				t.Errorf("%s is to show %d rows: %.2000s", m[1], n, body)
			}
		}
		if sum != want {
			t.Errorf("%s: the bars count %d, want %d", path, sum, want)
		}
	}
}

// rowsOf are the numbers of nanoseconds of a column of the table, counted from 0.
func rowsOf(t *testing.T, body string, column int) (list []int64) {
	t.Helper()
	for _, row := range regexp.MustCompile(`(?s)<tr><th scope="row".*?</tr>`).FindAllString(body, -1) {
		cells := regexp.MustCompile(`<data value="(\d+)">`).FindAllStringSubmatch(row, -1)
		n, err := strconv.ParseInt(cells[column][1], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, n)
	}
	return list
}

// TestColumnsSort: each of times puts the most first.
func TestColumnsSort(t *testing.T) {
	s := serve(t, record(t, "tasks"), execution.Config{})
	for i, name := range []string{"total", "execution", "network", "sync", "syscall", "scheduler", "sleep", "gc", "other"} {
		list := rowsOf(t, s.page("/exec/t/goroutines?sort="+name, http.StatusOK), i)
		for k := 1; k < len(list); k++ {
			if list[k] > list[k-1] {
				t.Errorf("%s: %d is behind %d", name, list[k], list[k-1])
			}
		}
		if len(list) < 5 {
			t.Errorf("%s: %d rows", name, len(list))
		}
	}
}

func TestChinese(t *testing.T) {
	s := serve(t, record(t, "tasks"), execution.Config{})
	for path, want := range map[string]string{"/exec/t": "全局停顿", "/exec/t/goroutines": "按名称筛选", "/exec/t/mmu": "赋值器利用率", "/exec/t/tasks": "耗时分布", "/exec/other": "没有这个执行追踪"} {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "http://localhost"+path, nil)
		r.Header.Set("Accept-Language", "zh-CN")
		if body := webtest.Ask(s, r).Body.String(); !strings.Contains(body, want) && path != "/exec/t" || !strings.Contains(body, `lang="zh"`) {
			t.Errorf("%s lacks %s in %.3000s", path, want, body)
		}
	}
}

// TestProfiles: pprof's own pages, under a policy that lets them have their scripts, and the file.
func TestProfiles(t *testing.T) {
	s := serve(t, record(t, "sync"), execution.Config{Sources: true})
	for _, page := range []string{"flamegraph", "top", "peek?f=.", "source?f=workload"} {
		w := webtest.Get(t, s, "/exec/t/profile/sync/"+page)
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "sync of t.trace") || !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'self'; script-src 'self' 'unsafe-inline'") {
			t.Errorf("%s: status %d, headers %v: %.500s", page, w.Code, w.Header(), w.Body)
		}
	}
	w := webtest.Get(t, s, "/exec/t/profile/sync?raw")
	p, err := profile.ParseData(w.Body.Bytes())
	if err != nil || len(p.Sample) == 0 || p.SampleType[1].Type != "delay" {
		t.Errorf("%v, %v", p, err)
	}
	if to := webtest.Get(t, s, "/exec/t/profile/net"); to.Code != http.StatusFound || to.Header().Get("Location") != "/exec/t/profile/net/flamegraph" {
		t.Errorf("%d, %v", to.Code, to.Header())
	}
}

func TestThePictureOfTheMMU(t *testing.T) {
	s := serve(t, record(t, "gc"), execution.Config{})
	w := webtest.Get(t, s, find(t, `<img src="([^"]*)"`, s.page("/exec/t/mmu?flags=stw&flags=sweep&per_proc=1", http.StatusOK)))
	if w.Header().Get("Content-Type") != "image/svg+xml" || !strings.Contains(w.Body.String(), "<polyline") || !strings.Contains(w.Body.String(), "(stw, sweep)") || strings.Contains(w.Header().Get("Content-Security-Policy"), "script-src") {
		t.Errorf("headers %v, %.500s", w.Header(), w.Body)
	}
}

// TestWaiting: a page says that the trace is being read, and asks again.
func TestWaiting(t *testing.T) {
	read := make(chan struct{})
	b := record(t, "tasks")
	source := executions.Source{ID: "t", Name: "t.trace", Open: func(context.Context) (executions.Part, error) {
		<-read
		f, err := exectrace.FromBytes(b)
		return executions.Part{Whole: f}, err
	}}
	s := serveFrom(t, executions.New(1<<30, func() []executions.Source { return []executions.Source{source} }), execution.Config{})
	if body := s.page("/exec", http.StatusOK); !strings.Contains(body, "not read yet") {
		t.Errorf("the list says %s", body)
	}
	w := webtest.Get(t, s, "/exec/t")
	if w.Code != http.StatusAccepted || w.Header().Get("Refresh") == "" || !strings.Contains(w.Body.String(), "The execution trace is being read") {
		t.Errorf("status %d, headers %v: %s", w.Code, w.Header(), w.Body)
	}
	close(read)
	if _, err := s.library.Open(t.Context(), "t"); err != nil {
		t.Fatal(err)
	}
	s.page("/exec/t", http.StatusOK)
	if body := s.page("/exec", http.StatusOK); !strings.Contains(body, "<td>read</td>") {
		t.Errorf("the list says %s", body)
	}
}

// TestWhatIsLost is said on each page, and what cannot be read is a page that says why.
func TestWhatIsLost(t *testing.T) {
	whole := record(t, "tasks")
	s := serve(t, whole[:len(whole)-len(whole)/8], execution.Config{})
	if !strings.Contains(s.page("/exec/t", http.StatusOK), "could not be read") {
		whole, err := workload.Generations()
		if err != nil {
			t.Fatal(err)
		}
		s = serve(t, whole[:len(whole)-len(whole)/8], execution.Config{})
	}
	for _, path := range []string{"/exec/t", "/exec/t/goroutines", "/exec/t/tasks", "/exec/t/regions", "/exec/t/mmu", "/exec/t/profile"} {
		if body := s.page(path, http.StatusOK); !strings.Contains(body, `id="lost"`) || !strings.Contains(body, "lost: ") {
			t.Errorf("%s does not say what is lost: %.3000s", path, body)
		}
	}
	for what, b := range map[string][]byte{"empty": nil, "foreign": []byte("PK\x03\x04 this is an archive"), "a header alone": whole[:20]} {
		if body := serve(t, b, execution.Config{}).page("/exec/t/goroutines", http.StatusUnprocessableEntity); !strings.Contains(body, "The execution trace cannot be read") || !strings.Contains(body, "t.trace: ") {
			t.Errorf("%s: %.3000s", what, body)
		}
	}
}

const hostile = `</script></template><script>alert(1)</script><img src=x onerror="alert(2)"> ' javascript:`

// TestHostileNames: they are text, and the pages stay small.
func TestHostileNames(t *testing.T) {
	long := strings.Repeat("x", 30_000) // what the tracer takes
	var b bytes.Buffer
	if err := trace.Start(&b); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{hostile, long, "", "a\x00\u202e\nb", hostile + long} {
		ctx, task := trace.NewTask(t.Context(), name)
		trace.WithRegion(ctx, name, func() { trace.Log(ctx, name, name) })
		task.End()
	}
	trace.Stop()
	// A function has a hostile name too, as long as its own.
	function := "internal/web/execution_test.TestHostileNames"
	bad := `"><script>alert(1)</script>`
	recorded := bytes.ReplaceAll(b.Bytes(), []byte(function), []byte((bad + function)[:len(function)]))
	s := serve(t, recorded, execution.Config{})
	seen := map[string]bool{}
	queue := []string{"/exec/t"}
	for len(queue) > 0 && len(seen) < 150 {
		path := queue[0]
		queue = queue[1:]
		w := webtest.Get(t, s, path)
		body := w.Body.String()
		if w.Code >= http.StatusBadRequest || len(body) > 100_000 {
			t.Errorf("%.200s: status %d, %d bytes", path, w.Code, len(body))
		}
		for _, markup := range []string{"<script>alert", "<img src=x", "</template>", "</script></"} {
			if strings.Contains(body, markup) {
				t.Errorf("%.200s: %s got into the page as markup", path, markup)
			}
		}
		for _, m := range regexp.MustCompile(`href="(/exec/t[^"]*)"`).FindAllStringSubmatch(body, -1) {
			to := html.UnescapeString(m[1])
			if len(to) > 4000 {
				t.Errorf("%.100s leads to an address of %d bytes", path, len(to))
			}
			if !seen[to] && !strings.Contains(to, "lang=") && !strings.Contains(to, "/profile/") {
				seen[to] = true
				queue = append(queue, to)
			}
		}
	}
	if body := s.page("/exec/t/tasks", http.StatusOK); !strings.Contains(body, "<script>alert(1)") || !strings.Contains(body, "(no name)") {
		t.Errorf("the names are not there, as text: %.3000s", body)
	}
	if !strings.Contains(s.page("/exec/t/goroutines", http.StatusOK)+s.page("/exec/t/regions", http.StatusOK), bad) {
		t.Error("the name of the function is not there, as text")
	}
}

// TestAnotherHost is refused, as by the pages of traces.
func TestAnotherHost(t *testing.T) {
	r := httptest.NewRequest("GET", "/exec/t", nil)
	r.Host = "evil.example"
	if w := webtest.Ask(serve(t, record(t, "tasks"), execution.Config{}), r); w.Code != http.StatusForbidden {
		t.Errorf("status %d", w.Code)
	}
}

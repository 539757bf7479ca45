package browser

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"example.com/tracelab/internal/testbed/executiontest"
	"example.com/tracelab/internal/testbed/workload"
	"example.com/tracelab/internal/web/execution"
	"example.com/tracelab/internal/web/shell"
)

// viewer serves the pages of execution traces by their ids.
func viewer(t *testing.T, traces map[string][]byte) (root string) {
	t.Helper()
	s := shell.New(shell.Config{Home: shell.Link{Label: "Execution traces", Path: execution.Path}})
	mux := http.NewServeMux()
	s.Routes(mux)
	execution.New(s, execution.Config{Library: executiontest.Library(traces), Sources: true}).Routes(mux)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL + execution.Path
}

func recordedTrace(t *testing.T, kind string) []byte {
	t.Helper()
	b, err := workload.Record(kind, 1)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestViewerPages: each is accessible, in light and dark, and holds on a phone.
func TestViewerPages(t *testing.T) {
	damaged, err := workload.Generations()
	if err != nil {
		t.Fatal(err)
	}
	root := viewer(t, map[string][]byte{"tasks": recordedTrace(t, "tasks"), "gc": recordedTrace(t, "gc"), "cut": damaged[:len(damaged)*7/8], "foreign": []byte("no trace")})
	p := browse(t, 1280, 860)
	p.do(allowScripts())
	first := func(page, selector string) string { // where a link of a page leads to
		p.do(chromedp.Navigate(root + page))
		return strings.TrimPrefix(eval[string](p, `document.querySelector('`+selector+`').href`), root)
	}
	task := first("/tasks/tasks?name=request", ".rows tbody th a")
	goroutine := first(task, `.task a[href*="goroutine?id="]`)
	for _, page := range []string{"", "/tasks", "/tasks/goroutines", "/tasks/goroutines?func=runtime.bgsweep", goroutine, "/tasks/tasks", "/tasks/tasks?name=query", task,
		"/tasks/regions", "/tasks/regions?type=parse", "/gc/mmu?flags=stw&per_proc=1", "/gc", "/tasks/profile", "/cut", "/cut/regions", "/foreign", "/tasks/task", "/tasks/tasks?sort=x", "/tasks/compare", "/tasks/compare?with=gc", "/tasks/compare?with=cut&per=trace&sort=sync"} {
		p.do(chromedp.Navigate(root+page), chromedp.WaitVisible(chromedp.CSS("h1")))
		p.axe()
		p.narrow()
	}
	if strangers := p.strangers(); len(strangers) > 0 {
		t.Errorf("the pages load from elsewhere: %v", strangers)
	}
}

// TestViewerLinks: from a function to its goroutines by a bar of the chart, by keys; the picture
// of the MMU is drawn, and so is pprof's flame graph.
func TestViewerLinks(t *testing.T) {
	root := viewer(t, map[string][]byte{"sync": recordedTrace(t, "sync"), "gc": recordedTrace(t, "gc")})
	p := browse(t, 1280, 860)
	p.do(chromedp.Navigate(root+"/sync/goroutines?sort=count"), chromedp.Click(chromedp.CSS(".rows tbody th a")), chromedp.WaitVisible(chromedp.CSS(".histogram a")))
	all := eval[string](p, `document.querySelector(".pages span").textContent`)
	p.do(chromedp.Focus(chromedp.CSS(".histogram a")))
	said := eval[string](p, `document.activeElement.getAttribute("aria-label")`)
	p.do(chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS(".histogram [aria-current]")))
	count, _, _ := strings.Cut(said, " ")
	if some := eval[string](p, `document.querySelector(".pages span").textContent`); !strings.HasSuffix(some, " of "+count) {
		t.Errorf("of %s the bar that says %q leads to %s", all, said, some)
	}
	p.do(chromedp.Navigate(root+"/gc/mmu"), chromedp.WaitVisible(chromedp.CSS(".picture img")))
	if drawn := eval[int](p, `document.querySelector(".picture img").naturalWidth`); drawn == 0 {
		t.Error("the curve is not drawn")
	}
	p.do(chromedp.Navigate(root+"/sync/profile"), chromedp.Click(chromedp.CSS(`.rows a[href$="/sync/flamegraph"]`)), chromedp.WaitVisible(chromedp.CSS("#stack-chart div")))
}

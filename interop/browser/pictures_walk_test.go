package browser

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestPicturesOfTheWalk makes those of labs/walk.md.
func TestPicturesOfTheWalk(t *testing.T) {
	if !*update {
		t.Skip("makes pictures: go test ./interop/browser -run TestPictures -update")
	}
	dir := t.TempDir()
	many, tasks, server := filepath.Join(dir, "many.out"), filepath.Join(dir, "tasks.out"), filepath.Join(dir, "server.out")
	recordLab(t, "crowd", many)
	recordLab(t, "annotate", tasks)
	recordServer(t, server)
	many, tasks, server = viewed(t, many), viewed(t, tasks), viewed(t, server)
	p := browse(t, 1280, 800)
	for _, page := range []struct {
		name, url, shows string
		height           int64
	}{
		{"walk-links", many, "main", 330},
		{"walk-mmu", many + "/mmu", ".picture img", 690},
		{"walk-goroutines", server + "/goroutines?func=net%2Fhttp.%28%2Aconn%29.serve", "main", 450},
		{"walk-net", server + "/profile/net/flamegraph", "#stack-chart div", 190},
		{"walk-peek", server + "/profile/net/peek?f=backgroundRead", "#content", 325},
	} {
		p.open(page.url, page.shows, page.height)
		p.picture(page.name)
	}
	p.open(tasks+"/tasks?name=visit", ".rows", 370)
	p.do(chromedp.Click(chromedp.CSS(".rows tbody a")), chromedp.WaitVisible(chromedp.CSS(".task")))
	p.picture("walk-task")
	p.do(chromedp.EmulateViewport(1280, 760))
	p.lanes(tasks + p.longestWaitEnds(tasks))
	p.becomes(`String(document.querySelector("#details h2")?.textContent.includes("runnable"))`, "true")
	p.picture("walk-arrow")
}

// longestWaitEnds is the place in the timeline where the longest wait for the lock of
// labs/annotate ended.
func (p *page) longestWaitEnds(trace string) (place string) {
	p.t.Helper()
	p.do(chromedp.Navigate(trace+"/goroutines?func=sync.%28%2AWaitGroup%29.Go.func1&sort=sync"), chromedp.Click(chromedp.CSS(".rows tbody th a")), chromedp.WaitVisible(chromedp.CSS(".times")))
	return eval[string](p, `(() => { const of = [...document.querySelectorAll("tr")].find(r => r.cells[0]?.textContent === "waiting" && r.cells[1]?.textContent === "sync");
		const at = new URL(of.querySelector("a[href*=timeline]").href).searchParams; return "/timeline?by=goroutine&lane=" + at.get("lane") + "&selected=" + (Number(at.get("to")) + 1); })()`)
}

// recordServer writes a trace of labs/blocked while a request waits for its answer.
func recordServer(t *testing.T, file string) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "blocked")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", program, "../../labs/blocked").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	url := started(t, exec.CommandContext(t.Context(), program, "-addr", "127.0.0.1:0"))
	traced, err := http.Get(url + "debug/pprof/trace?seconds=10") // answers once the tracer runs
	if err != nil {
		t.Fatal(err)
	}
	defer traced.Body.Close()
	asked, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	asked.Body.Close()
	raw, err := io.ReadAll(traced.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, raw, 0o644); err != nil {
		t.Fatal(err)
	}
}

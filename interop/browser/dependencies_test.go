package browser

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"example.com/tracelab/internal/testbed/stacktest"
)

// TestDependencies: from the graph to the traces of an edge, by keys, and back by a link
// that says all that was chosen.
func TestDependencies(t *testing.T) {
	s := stacktest.Up(t)
	whole(t, s, visit(t, s, ""), 10)
	whole(t, s, visit(t, s, "?url=http://127.0.0.1:"+thirdPartyPort(t, s)+"/status/500"), 10)
	p := browse(t, 1280, 860)
	p.do(allowScripts(), chromedp.Navigate(s.UI+"/zipkin/dependency"), chromedp.WaitVisible(chromedp.CSS(".graph svg")))
	p.axe()
	p.do(chromedp.EmulateViewport(1280, 860))
	if rows := eval[int](p, `document.querySelectorAll(".calls tbody tr").length`); rows != 4 || rows != eval[int](p, `document.querySelectorAll(".graph .edge").length`) {
		t.Errorf("the table has %d rows, and the graph %d edges; want the 4 of a visit", rows, eval[int](p, `document.querySelectorAll(".graph .edge").length`))
	}
	if failed := eval[string](p, `document.querySelector(".graph .bad").textContent`); failed != "1 error" {
		t.Errorf("the edge to the third party says %q", failed)
	}
	// By its keys along the edges, to the writer and to Redis; the columns go by, the page stays.
	p.do(chromedp.Focus(chromedp.CSS(".graph .service")))
	said := func() string {
		return eval[string](p, `document.activeElement.querySelector("title")?.textContent ?? ""`)
	}
	for key, want := range map[string]string{kb.ArrowUp: "gateway and its neighbours", kb.ArrowLeft: "gateway and its neighbours"} {
		if p.do(chromedp.KeyEvent(key)); said() != want {
			t.Errorf("a key leads from the gateway, which is alone in the first column, to %q", said())
		}
	}
	// The gateway's edges stand in the order of their ends.
	if p.do(chromedp.KeyEvent(kb.ArrowRight)); strings.HasPrefix(said(), "gateway calls fetcher") {
		p.do(chromedp.KeyEvent(kb.ArrowDown))
	}
	p.do(chromedp.KeyEvent(kb.ArrowRight))
	if said() != "writer and its neighbours" {
		t.Fatalf("keys lead from the gateway to %q, want the writer", said())
	}
	p.do(chromedp.KeyEvent(kb.ArrowRight))
	if !strings.HasPrefix(said(), "writer calls redis: ") {
		t.Errorf("keys lead from the writer to %q, want its call of Redis", said())
	}
	p.do(chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS(`main a[href^="/traces/"]`)))
	if at := eval[string](p, `location.pathname + location.search`); at != "/?remoteServiceName=redis&serviceName=writer" {
		t.Errorf("the edge leads to %s", at)
	}

	p.do(chromedp.Navigate(s.UI+"/dependencies?lookback=6h&sort=p99"), chromedp.WaitVisible(chromedp.CSS(".graph svg")),
		chromedp.Click(chromedp.CSS(`.calls tbody td.name a[href*="serviceName=redis"]`)), chromedp.WaitVisible(chromedp.CSS(".graph .chosen")))
	chosen := eval[string](p, `location.href`)
	if rows := eval[int](p, `document.querySelectorAll(".calls tbody tr").length`); rows != 1 || !strings.Contains(chosen, "lookback=6h") || !strings.Contains(chosen, "sort=p99") {
		t.Errorf("%s has %d rows, want that of Redis, and the time and order that were chosen", chosen, rows)
	}
	p.axe()
	p.narrow()
	if table, graph := eval[float64](p, `document.querySelector(".calls").getBoundingClientRect().top`), eval[float64](p, `document.querySelector(".graph").getBoundingClientRect().top`); table > graph {
		t.Error("on a phone the graph stands before the table")
	}
	if strangers := p.strangers(); len(strangers) > 0 {
		t.Errorf("the page loads from elsewhere: %v", strangers)
	}
}

// TestDependenciesOfNothing: the page that says why.
func TestDependenciesOfNothing(t *testing.T) {
	s := stacktest.Up(t)
	p := browse(t, 1280, 860)
	p.do(allowScripts(), chromedp.Navigate(s.UI+"/dependencies"), chromedp.WaitVisible(chromedp.CSS(".empty")))
	p.axe()
	p.narrow()
	resp, err := http.Get(s.UI + "/dependencies?lookback=soon")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusBadRequest {
		t.Errorf("a time that cannot be read is answered with %s", resp.Status)
	}
	p.do(chromedp.Navigate(s.UI+"/dependencies?sort=p50&serviceName=nobody"), chromedp.WaitVisible(chromedp.CSS(".empty")))
	p.axe()
}

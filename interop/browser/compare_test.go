package browser

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/testbed/spantext"
	"example.com/tracelab/internal/testbed/stacktest"
	"example.com/tracelab/internal/web"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkin/codec"
	"example.com/tracelab/internal/zipkinapi"
)

// compared has 40 requests of each variant in the store: those of B wait 6 ms longer for the
// writer, and one of them has another span.
func compared(t *testing.T, s *stacktest.Stack) {
	t.Helper()
	end := time.Now().Add(-5 * time.Second)
	a, b := spantext.Visits(1, 40, end, "A", 3*time.Millisecond), spantext.Visits(1001, 40, end.Add(time.Millisecond), "B", 9*time.Millisecond)
	added := b[0][1]
	added.ID, added.ParentID, added.Name, added.Duration = 9, 1, "audit", 400
	b[0] = append(b[0], added)
	var spans []zipkin.Span
	for _, trace := range append(a, b...) {
		spans = append(spans, trace...)
	}
	resp, err := http.Post(s.UI+"/api/v2/spans", "application/json", bytes.NewReader(codec.AppendSpans(nil, spans)))
	if err != nil || resp.StatusCode != http.StatusAccepted {
		t.Fatal(resp, err)
	}
	resp.Body.Close()
	whole(t, s, s.UI+"/zipkin/traces/00000000000003e9", 4)
}

// verdict is the sentence that a comparison begins with.
func (p *page) verdict() string {
	p.t.Helper()
	p.do(chromedp.WaitVisible(chromedp.CSS(".verdict h2")))
	return eval[string](p, `document.querySelector(".verdict h2").textContent`)
}

// TestFromTwoSearchesToTheCulprit, by the keyboard alone: two searches are typed, and what
// is named after one key is explained after another.
func TestFromTwoSearchesToTheCulprit(t *testing.T) {
	s := stacktest.Up(t)
	compared(t, s)
	p := browse(t, 1280, 860)
	p.do(allowScripts(), chromedp.Navigate(s.UI+"/compare"), chromedp.WaitVisible(chromedp.CSS("form.compare")))
	p.axe()
	p.do(chromedp.EmulateViewport(1280, 860), chromedp.Focus(chromedp.CSS("#a-tags")), chromedp.KeyEvent("variant=A"),
		chromedp.Focus(chromedp.CSS("#b-tags")), chromedp.KeyEvent("variant=B"), chromedp.KeyEvent(kb.Enter))
	said := p.verdict()
	if !strings.Contains(said, "writer put /values/{key} got slower") {
		t.Errorf("the page says %q", said)
	}
	address := eval[string](p, `location.href`)
	if at, err := url.Parse(address); err != nil || at.Query().Get("a") != "annotationQuery=variant=A&lookback=900000" || at.Query().Get("b") != "annotationQuery=variant=B&lookback=900000" {
		t.Errorf("the address is %s", address)
	}
	p.axe()
	p.fits()
	if strangers := p.strangers(); len(strangers) > 0 {
		t.Errorf("the page loads from elsewhere: %v", strangers)
	}
	p.do(chromedp.EmulateViewport(1280, 860), chromedp.Navigate("about:blank"), chromedp.Navigate(address))
	if again := p.verdict(); again != said {
		t.Errorf("its address says %q, and the form's answer was %q", again, said)
	}
	p.do(chromedp.Focus(chromedp.CSS(".verdict .primary")), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS("[role=treegrid]")))
	if at := eval[string](p, `location.pathname + location.search`); !strings.HasSuffix(at, "?explain=1") {
		t.Errorf("the explanation is at %s", at)
	}
}

// fits holds the open page to the width of the window, whatever that is.
func (p *page) fits() {
	p.t.Helper()
	for _, width := range []int64{320, 640, 800, 1000, 1200, 3840} {
		p.do(chromedp.EmulateViewport(width, 860))
		if wide := eval[int64](p, `document.documentElement.scrollWidth`); wide > width {
			p.t.Errorf("at %d pixels %s is %d wide", width, eval[string](p, `location.search`), wide)
		}
	}
}

// TestWaysToCompare: slow ones, tags and two traces, each at its address.
func TestWaysToCompare(t *testing.T) {
	s := stacktest.Up(t)
	compared(t, s)
	p := browse(t, 1280, 860)
	p.do(allowScripts())
	const pair = "/compare?a=0000000000000001&b=00000000000003e9"
	for path, want := range map[string]string{
		"/compare?slow=p50":   "most of all writer put /values/{key}",
		"/compare?by=*":       "variant=B",
		pair:                  "writer put /values/{key} got slower",
		pair + "&view=merged": "writer put /values/{key} got slower",
	} {
		p.do(chromedp.EmulateViewport(1280, 860), chromedp.Navigate(s.UI+path))
		if said := p.verdict(); !strings.Contains(said, want) {
			t.Errorf("%s says %q", path, said)
		}
		p.axe()
		p.fits()
	}
	p.do(chromedp.EmulateViewport(1280, 860), chromedp.Navigate(s.UI+pair), chromedp.Focus(chromedp.CSS(".views a")), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS("table.tree")))
	if marks := eval[[]string](p, `[...document.querySelectorAll(".pair .added")].map(row => row.innerText.replace(/\s+/g, " "))`); len(marks) != 1 || !strings.Contains(marks[0], "audit only in B") {
		t.Errorf("only B has %q", marks)
	}
}

// slowComparer holds a comparison until it is told to answer.
type slowComparer struct{ answer chan *labapi.Comparison }

func (c slowComparer) Comparison(ctx context.Context, _ labapi.ComparisonQuery) (*labapi.Comparison, error) {
	select {
	case answer := <-c.answer:
		return answer, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// TestALongComparison is waited for on a page that says so, and the browser comes back for the
// answer, with scripts and without.
func TestALongComparison(t *testing.T) {
	c := slowComparer{make(chan *labapi.Comparison)}
	mux := http.NewServeMux()
	web.New(web.Config{Reader: zipkinapi.Local(store.New(store.Config{})), Comparer: c}).Routes(mux)
	again := make(chan struct{}, 2)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("wait") {
			again <- struct{}{}
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
	p := browse(t, 1280, 860)
	for _, scripts := range []bool{true, false} {
		// Not p.do, which asks the page whether it is complete.
		if err := chromedp.Do(p.ctx, runScripts(scripts), goTo(srv.URL+"/compare?slow=p95")); err != nil {
			t.Fatal(err)
		}
		select {
		case <-again:
		case <-p.ctx.Done():
			t.Fatal("the browser does not come back for the answer")
		}
		select {
		case c.answer <- &labapi.Comparison{Kind: labapi.CompareSlow, Sentences: []string{"It is the mutex."}}:
		case <-p.ctx.Done():
			t.Fatal("nobody waits for the answer")
		}
		if said := p.verdict(); said != "It is the mutex." {
			t.Errorf("scripts: %v, it says %q", scripts, said)
		}
		if at := eval[string](p, `location.search`); scripts && at != "?slow=p95" {
			t.Errorf("the address to keep is %s", at)
		}
	}
}

// goTo begins to load a page that at once loads the next: nobody waits for its end, and the
// browser answers no question meanwhile.
func goTo(url string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, cdpage.Navigate, cdpage.NavigateParams{URL: url})
		return err
	})
}

// runScripts lets pages run scripts, or not.
func runScripts(run bool) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !run})
		return err
	})
}

// Package browser tests the UI as people use it: in a browser, over the running
// stack.
package browser

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
)

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(stacktest.Main(m))
}

// refused is what a browser says of an answer that the page deals with.
var refused = regexp.MustCompile("status of (40[04]|422)")

// page is a browser's tab.
type page struct {
	t        *testing.T
	ctx      context.Context
	patience time.Duration // with a step
}

// browse opens a browser that fails the test for every complaint on its console.
func browse(t *testing.T, width, height int64) *page {
	t.Helper()
	return browseFor(t, width, height, 5*time.Minute)
}

// browseFor is browse for what takes longer than usual.
func browseFor(t *testing.T, width, height int64, within time.Duration) *page {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		testbed.Missing(t, "chromium", "install the package chromium")
	}
	alloc, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))...)
	t.Cleanup(stop)
	browser, end := chromedp.NewContext(alloc)
	t.Cleanup(end)
	if err := chromedp.Do(browser); err != nil { // without a limit: it would end the browser too
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(browser, within)
	t.Cleanup(cancel)
	listening, hush := context.WithCancel(ctx)
	messages, heard := chromedp.Console(listening), make(chan struct{})
	go func() {
		defer close(heard)
		for m, err := range messages {
			if err == nil && (m.Type == chromedp.ConsoleError || m.IsException()) && !refused.MatchString(m.Text) {
				t.Errorf("the console says: %s", m.Text)
			}
		}
	}()
	t.Cleanup(func() { hush(); <-heard })
	p := &page{t, ctx, within / 4}
	p.do(chromedp.EmulateViewport(width, height))
	return p
}

// do takes steps, and lets a page to which they led run its scripts: a key that is
// pressed before reaches none.
func (p *page) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, p.patience)
	defer cancel()
	if err := p.try(ctx, steps...); err != nil {
		where, _ := chromedp.Run(p.ctx, chromedp.Location())
		p.t.Fatalf("at %s: %v", where, err)
	}
}

// try is do of what may fail, by the deadline of ctx.
func (p *page) try(ctx context.Context, steps ...chromedp.Action[chromedp.Void]) error {
	if err := chromedp.Do(ctx, steps...); err != nil {
		return err
	}
	deadline, _ := ctx.Deadline()
	return testbed.Within(time.Until(deadline), func() error {
		state, err := chromedp.Run(ctx, chromedp.Evaluate[string](ready))
		if err == nil && state != "complete" {
			err = errors.New("the page is " + state)
		}
		return err // also while one page gives way to the next
	})
}

// ready is complete once the page's scripts listen. Those of a timeline fetch its rows first,
// and put them in place of the server's.
const ready = `document.querySelector(".waterfall") && !document.querySelector("#rows.virtual") ? "without the rows of its script" : document.readyState`

// eval is the value of a JavaScript expression.
func eval[T any](p *page, expression string) T {
	p.t.Helper()
	v, err := tried[T](p, expression)
	if err != nil {
		p.t.Fatal(err)
	}
	return v
}

// tried is eval of what may have no value yet: one page gives way to the next, and what the
// expression looks for has not come.
func tried[T any](p *page, expression string) (T, error) {
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		err = fmt.Errorf("%s: %w", expression, err)
	}
	return v, err
}

// becomes waits until a JavaScript expression has a value.
func (p *page) becomes(expression, want string) {
	p.t.Helper()
	err := testbed.Eventually(func() error {
		got, err := tried[string](p, expression)
		if err == nil && got != want {
			err = fmt.Errorf("%s is %q, want %q", expression, got, want)
		}
		return err
	})
	if err != nil {
		p.t.Error(err)
	}
}

// fitsWidth makes sure that a page does not scroll sideways, once its scripts have laid it
// out for the width that it was given.
func (p *page) fitsWidth(what string) {
	p.t.Helper()
	err := testbed.Eventually(func() error {
		wide, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool]("document.documentElement.scrollWidth > innerWidth"))
		if err == nil && wide {
			err = errors.New(what + " scrolls sideways")
		}
		return err
	})
	if err != nil {
		p.t.Error(err)
	}
}

// openSpan clicks on the first row whose text holds name, and waits for its details.
func (p *page) openSpan(name string) {
	p.t.Helper()
	eval[bool](p, `[...document.querySelectorAll("[role=row] a")].find(a => a.textContent.includes("`+name+`")).click() === undefined`)
	p.becomes(`String(document.querySelector("#details:not([hidden]) h2")?.textContent.includes("`+name+`"))`, "true")
}

// strangers are what the page loaded from elsewhere.
func (p *page) strangers() []string {
	return eval[[]string](p, `performance.getEntriesByType("resource").map(e => e.name).filter(u => !u.startsWith(location.origin + "/"))`)
}

// visit makes one and returns its trace's address.
func visit(t *testing.T, s *stacktest.Stack, query string) string {
	t.Helper()
	resp, err := http.Get(s.Gateway + "/visit" + query)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct{ TraceID string }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return s.UI + "/zipkin/traces/" + answer.TraceID
}

// whole waits until the server has all spans of a visit.
func whole(t *testing.T, s *stacktest.Stack, traceURL string, n int) {
	t.Helper()
	id := traceURL[strings.LastIndexByte(traceURL, '/')+1:]
	err := testbed.Eventually(func() error {
		resp, err := http.Get(s.UI + "/api/v2/trace/" + id)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		var spans []json.RawMessage
		if err := json.NewDecoder(resp.Body).Decode(&spans); err != nil {
			return err
		}
		if len(spans) < n {
			return errors.New("spans are missing")
		}
		return nil
	})
	if err != nil {
		t.Fatalf("trace %s is not whole: %v", id, err)
	}
}

func TestFromTheListToASpan(t *testing.T) {
	s := stacktest.Up(t)
	whole(t, s, visit(t, s, ""), 10)
	p := browse(t, 1280, 860)
	p.do(
		chromedp.Navigate(s.UI+"/?serviceName=gateway&minDuration=1us"),
		chromedp.Click(chromedp.CSS(`a[href*="/traces/"]`)),
		chromedp.WaitVisible(chromedp.CSS(`[role=treegrid]`)))
	title := eval[string](p, `document.querySelector("h1").textContent`)
	rows := eval[int](p, `document.querySelectorAll("[role=row][id]").length`)
	p.openSpan("httprequest")
	tags := eval[string](p, `document.querySelector("#details").textContent`)
	// The keyboard alone: close, find, collapse.
	p.do(chromedp.KeyEvent(kb.Escape), chromedp.WaitNotVisible(chromedp.CSS(`#details`)), chromedp.KeyEvent("/"))
	focused := eval[string](p, `document.activeElement.id`)
	p.do(chromedp.KeyEvent("rows"), chromedp.KeyEvent(kb.Escape), chromedp.KeyEvent(kb.Escape)) // its text, then the box itself
	p.do(chromedp.KeyEvent("c"))
	shown := eval[int](p, `[...document.querySelectorAll("[role=row][id]")].filter(row => row.checkVisibility()).length`)
	if !strings.Contains(title, "gateway") || !strings.Contains(title, "get /visit") || rows != 10 {
		t.Errorf("title %q, %d rows; want the visit with 10", title, rows)
	}
	for _, want := range []string{"HTTP Response Status Code:200 OK", "URL Response Code", "fetcher"} {
		if !strings.Contains(tags, want) {
			t.Errorf("the details of httpRequest lack %q: %s", want, tags)
		}
	}
	if focused != "find" {
		t.Errorf("/ leads to %q", focused)
	}
	if shown != 1 {
		t.Errorf("collapsed, %d rows are shown; want the root alone", shown)
	}
	if strangers := p.strangers(); len(strangers) > 0 {
		t.Errorf("the page loads from elsewhere: %v", strangers)
	}
}

func TestAnUnknownTraceSaysSo(t *testing.T) {
	s := stacktest.Up(t)
	p := browse(t, 320, 640)
	p.do(chromedp.Navigate(s.UI + "/traces/463ac35c9f6413ad48485a3953bb6124"))
	text := eval[string](p, `document.querySelector("main").textContent`)
	if !strings.Contains(text, "463ac35c9f6413ad48485a3953bb6124") {
		t.Errorf("the page says %q", text)
	}
	p.fitsWidth("the page")
}

func thirdPartyPort(t *testing.T, s *stacktest.Stack) string {
	t.Helper()
	resp, err := http.Get(s.Gateway + "/visit")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct{ Visits []struct{ URL string } }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || len(answer.Visits) != 1 {
		t.Fatalf("%+v: %v", answer, err)
	}
	_, port, _ := strings.Cut(strings.TrimPrefix(answer.Visits[0].URL, "http://"), ":")
	port, _, _ = strings.Cut(port, "/")
	return port
}

// slowVisit makes one that waits for a mutex, has it explained, and returns its
// trace's address.
func slowVisit(t *testing.T, s *stacktest.Stack) string {
	t.Helper()
	req, err := http.NewRequest("GET", s.Gateway+"/visit", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Fault", "writer=lock-contention;ms=80")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	id := strings.Split(resp.Header.Get("traceresponse"), "-")[1]
	if resp, err = http.Get(s.UI + "/tracelab/v1/why/" + id); err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	await(t, s.UI, id, 11)
	return s.UI + "/zipkin/traces/" + id
}

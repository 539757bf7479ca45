package browser

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
)

// eventually waits until an expression is true.
func (p *page) eventually(expression string) {
	p.t.Helper()
	if err := testbed.Eventually(func() error {
		is, err := tried[bool](p, expression)
		if err == nil && !is {
			err = errors.New(expression + " is not true")
		}
		return err
	}); err != nil {
		p.t.Fatalf("%v at %s: %.2000s", err, eval[string](p, `location.href`), eval[string](p, `document.querySelector("main")?.innerText ?? ""`))
	}
}

// comes reloads the page until an expression is true: it is of spans that are still to come.
func (p *page) comes(expression string) {
	p.t.Helper()
	if err := testbed.Eventually(func() error {
		if eval[bool](p, expression) {
			return nil
		}
		p.do(chromedp.Reload())
		return errors.New("it is not true")
	}); err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
}

// noScripts turns JavaScript off for the pages that are opened from now on.
func noScripts() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	})
}

// TestTheFirstPage is what somebody does who has just started a stack: from the empty list
// to a trace, to ten, to the sentence that names the mutex.
func TestTheFirstPage(t *testing.T) {
	s := stacktest.Up(t)
	p := browse(t, 1280, 860)
	p.do(allowScripts(), chromedp.Navigate(s.UI+"/"), chromedp.Click(chromedp.CSS(`main form[action="/start"] button[value=one]`)), chromedp.WaitVisible(chromedp.CSS(".trace h1")))
	// A button waits 3 s for the spans: a busy machine may take longer.
	p.comes(`location.pathname.startsWith("/traces/") && document.querySelectorAll("[role=row]").length >= 10`)

	p.do(chromedp.Navigate(s.UI+"/start"), chromedp.WaitVisible(chromedp.CSS("#attendee")))
	p.eventually(`document.querySelector(".picture").textContent.includes("1 trace")`)
	visit(t, s, "")
	p.eventually(`document.querySelector(".picture").textContent.includes("2 traces")`) // without a reload
	p.axe()
	p.narrow()

	// Without a mouse: a name, and from there back to the button for ten.
	p.do(chromedp.EmulateViewport(1280, 860), chromedp.Navigate(s.UI+"/start"), chromedp.Focus(chromedp.CSS("button[value=ten]")), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS("#made")))
	p.eventually(`document.querySelectorAll("#made tbody tr").length === 10 && document.querySelectorAll("#made .mark").length === 1`)
	p.axe()
	made := eval[string](p, `location.href`)
	p.do(chromedp.Navigate(s.UI+"/stack"), chromedp.Navigate(made), chromedp.WaitVisible(chromedp.CSS("#made")))
	p.eventually(`document.querySelectorAll("#made tbody tr").length === 10`)
	if strangers := p.strangers(); len(strangers) > 0 {
		t.Errorf("the page loads from elsewhere: %v", strangers)
	}
}

// TestASlowVisitIsExplained in two clicks from the first page.
func TestASlowVisitIsExplained(t *testing.T) {
	s := stacktest.Up(t)
	p := browse(t, 1280, 860)
	p.do(chromedp.Navigate(s.UI+"/start"), chromedp.WaitVisible(chromedp.CSS("button[value=slow]")))
	if line := eval[string](p, `document.querySelector("#curl-slow").textContent`); !strings.Contains(line, "Fault: writer=lock-contention") {
		t.Errorf("the line for a shell is %q", line)
	}
	p.do(chromedp.Click(chromedp.CSS("button[value=slow]")), chromedp.WaitVisible(chromedp.CSS("button[name=explain]")))
	p.do(chromedp.Click(chromedp.CSS("button[name=explain]")), chromedp.WaitVisible(chromedp.CSS("#explanation")))
	p.said("explanation", "mutex")

	p.do(chromedp.Navigate(s.UI+"/start"), chromedp.Click(chromedp.CSS("button[value=failing]")), chromedp.WaitVisible(chromedp.CSS(".trace h1")))
	p.comes(`document.querySelector(".trace .err")?.checkVisibility() ?? false`)
}

// TestTheFirstPageWithoutAScript makes ten visits, and lists them.
func TestTheFirstPageWithoutAScript(t *testing.T) {
	s := stacktest.Up(t)
	p := browse(t, 1280, 860)
	p.do(noScripts(), chromedp.Navigate(s.UI+"/start?attendee="+url.QueryEscape("O'Brien & co")), chromedp.Click(chromedp.CSS("button[value=ten]")), chromedp.WaitVisible(chromedp.CSS("#made")))
	if err := testbed.Eventually(func() error { // the page does not wait for all spans
		if _, body := fetch(t, s.UI+"/api/v2/traces?limit=100&annotationQuery="+url.QueryEscape("attendee=O'Brien & co")); strings.Count(body, `"name":"main"`) != 10 {
			return fmt.Errorf("there are %d traces of his", strings.Count(body, `"name":"main"`))
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	p.do(chromedp.Navigate(s.UI+"/stack"), chromedp.SendKeys(chromedp.CSS("#sampler"), "0.5"), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS(".note.good")))
	if _, body := fetch(t, s.UI+"/tracelab/v1/sampling"); strings.Count(body, `"0.5"`) != 3 {
		t.Errorf("the samplers are %s", body)
	}
}

// TestThePageOfTheStack shows what is changed, here and elsewhere, and says what is wrong.
func TestThePageOfTheStack(t *testing.T) {
	s := stacktest.Up(t)
	p := browse(t, 1280, 1100)
	p.do(allowScripts(), chromedp.Navigate(s.UI+"/stack"), chromedp.WaitVisible(chromedp.CSS("#sampler")))
	p.eventually(`[...document.querySelectorAll("#live section:first-child tbody tr")].filter(r => r.innerText.includes("✓") || r.innerText.includes("ready")).length === 4`)
	p.do(chromedp.SendKeys(chromedp.CSS("#sampler"), "often"), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS("#sampling .wrong")))
	p.said("sampling", `sampler="often": want always, never, a fraction`)
	p.choose("sampler", "0.25")
	p.choose("of", "gateway")
	p.do(chromedp.Click(chromedp.CSS("#sampling button")), chromedp.WaitVisible(chromedp.CSS(".note.good")))
	p.said("live", "0.25")

	p.choose("faults", "writer=slow-disk;ms=50")
	p.choose("percent", "30")
	p.do(chromedp.Click(chromedp.CSS("#on button")), chromedp.WaitVisible(chromedp.CSS("#off form")))
	p.said("off", "writer=slow-disk;ms=50;percent=30")
	p.said("off", "everybody")
	p.axe()
	p.narrow()
	p.do(chromedp.EmulateViewport(1280, 1100))
	// In one step: this part of the page is put anew every 2 s, and a button that was found may be gone.
	eval[bool](p, `document.querySelector("#off form button").click() === undefined`)
	p.do(chromedp.WaitNotPresent(chromedp.CSS("#off form")))

	// What is switched on elsewhere shows without a reload, unless it was stopped.
	post(t, s.UI+"/tracelab/v1/faults", "attendee=ann&faults=gateway%3Dquadratic")
	p.said("off", "gateway=quadratic")
	p.do(chromedp.Click(chromedp.CSS("#refresh")))
	p.eventually(`location.search.includes("refresh=off")`)
	p.do(chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS("#refresh")))
	if eval[bool](p, `document.querySelector("#refresh").checked`) {
		t.Error("a page that was stopped goes on when it is loaded again")
	}
}

// TestTheBoardOfARoom is read by all, and gives nothing away.
func TestTheBoardOfARoom(t *testing.T) {
	s := stacktest.Up(t)
	p := browse(t, 1280, 860)
	p.do(allowScripts(), chromedp.Navigate(s.UI+"/mystery?board=1"), chromedp.WaitVisible(chromedp.CSS(".board h1")))
	for i := range 30 {
		post(t, s.UI+"/tracelab/v1/mystery", "attendee="+url.QueryEscape(nameOf(i)))
	}
	p.eventually(`document.querySelectorAll(".board tbody tr").length === 30`) // without a reload
	p.said("live", "30 open")
	service, cause := truth(t, s, nameOf(3))
	if text := eval[string](p, `document.querySelector(".board").innerText`); strings.Contains(text, cause) {
		t.Errorf("it gives %s=%s away", service, cause)
	}
	p.axe()
	p.narrow()
}

// fetch returns an answer of the API as a program gets it.
func fetch(t *testing.T, address string) (int, string) {
	t.Helper()
	return answered(t, http.MethodGet, address, "")
}

// post sends a form to the API.
func post(t *testing.T, address, form string) {
	t.Helper()
	if status, text := answered(t, http.MethodPost, address, form); status != http.StatusOK {
		t.Fatalf("%s %s: %d %s", address, form, status, text)
	}
}

func answered(t *testing.T, method, address, form string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

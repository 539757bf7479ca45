package browser

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
)

// narrow holds the open page to a phone's width.
func (p *page) narrow() {
	p.t.Helper()
	p.do(chromedp.EmulateViewport(320, 640))
	p.fitsWidth("the page")
}

// TestExplainByKeyboard, on the page of a visit that was fast: its execution is there
// for ten seconds.
func TestExplainByKeyboard(t *testing.T) {
	t.Setenv("TRACELAB_SLOW", "never")
	s := stacktest.Up(t)
	p := browse(t, 1280, 860) // before the ten seconds begin
	p.offered(s)
	if left := eval[string](p, `document.querySelector("#offer .left").textContent`); !strings.Contains(left, " s more.") {
		t.Errorf("the page says %q", left)
	}
	text := p.explainedInTime(s)
	for _, want := range []string{"GET /visit of the gateway took", "from 3 execution traces", "100.0 %"} {
		if !strings.Contains(text, want) {
			t.Errorf("the explanation lacks %q: %s", want, text)
		}
	}
	if focused := eval[string](p, `document.activeElement.id`); focused != "explanation" {
		t.Errorf("%q has the focus", focused)
	}
	if eval[bool](p, `document.querySelector("#explanation .stacks li").checkVisibility()`) {
		t.Error("the stacks are open before they are asked for")
	}
	p.do(chromedp.Focus(chromedp.CSS("#explanation summary")), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS("#explanation .stacks li")))
	p.do(chromedp.Click(chromedp.CSS(`#explanation .spent a`)), chromedp.WaitVisible(chromedp.CSS("#details table")))
	if !eval[bool](p, `document.querySelector("#explanation .spent").checkVisibility()`) {
		t.Error("to open a span's details ends the explanation")
	}
	p.accessible()
	if strangers := p.strangers(); len(strangers) > 0 {
		t.Errorf("the page loads from elsewhere: %v", strangers)
	}
	p.narrow()
}

// stillOffered: what has ended stays in the page, hidden.
const stillOffered = `document.querySelector("#offer .seconds")?.checkVisibility() ?? false`

// offered shows the page of a visit while it can still be explained, which is for ten
// seconds: where the page is not there by then, that of another visit.
func (p *page) offered(s *stacktest.Stack) (trace string) {
	p.t.Helper()
	err := testbed.Eventually(func() error {
		trace = visit(p.t, s, "")
		whole(p.t, s, trace, 10)
		p.do(chromedp.Navigate(trace), chromedp.WaitReady(chromedp.CSS("#offer"))) // it is hidden once it has ended
		if !eval[bool](p, stillOffered) {
			return fmt.Errorf("the page came too late: %s", eval[string](p, `document.querySelector("#offer").textContent`))
		}
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return trace
}

// explainedInTime presses the button of the offer, and returns what the page then says of
// all processes: where their recorders have forgotten by then, of another visit.
func (p *page) explainedInTime(s *stacktest.Stack) (text string) {
	p.t.Helper()
	err := testbed.Eventually(func() error {
		if !eval[bool](p, stillOffered) {
			p.offered(s)
		}
		soon, cancel := context.WithTimeout(p.ctx, 20*time.Second) // the button may go before it is pressed
		defer cancel()
		err := p.try(soon, chromedp.Focus(chromedp.CSS("#offer button")), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS("#explanation .spent")))
		if err != nil {
			return err
		}
		if text = eval[string](p, `document.querySelector("#explanation").innerText`); !strings.Contains(text, "from 3 execution traces") {
			return fmt.Errorf("it lacks execution traces: %s", text)
		}
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return text
}

// TestAnOfferEnds when the recorders have forgotten: the page says why.
func TestAnOfferEnds(t *testing.T) {
	t.Setenv("TRACELAB_SLOW", "never")
	s := stacktest.Up(t)
	p := browse(t, 1280, 860) // before the ten seconds begin
	trace := p.offered(s)
	p.accessible()
	p.do(chromedp.WaitVisible(chromedp.CSS("#offer-ended"))) // some ten seconds
	said := eval[string](p, `document.querySelector("#offer-ended").textContent`)
	if !strings.HasPrefix(said, "It can no longer be explained: The recorders keep the last 10.0 s, and it ended") {
		t.Errorf("the page says %q", said)
	}
	if eval[bool](p, `document.querySelector("#offer").checkVisibility() || document.querySelector("#why").checkVisibility()`) {
		t.Error("the page still offers what cannot be had")
	}
	p.do(chromedp.Navigate(trace), chromedp.WaitVisible(chromedp.CSS("#offer")))
	if said := eval[string](p, `document.querySelector("#offer").textContent`); !strings.HasPrefix(said, "It cannot be explained: ") {
		t.Errorf("after that the page says %q", said)
	}
	p.accessible()
}

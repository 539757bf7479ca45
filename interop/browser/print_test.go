package browser

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"example.com/tracelab/internal/testbed/stacktest"
)

// paper is the width of a sheet of A4 between the margins that Chromium prints, in pixels.
const paper = 718

// TestPrint has every page as it is printed: nothing is cut off at the side, and what one
// clicks on to get elsewhere is left out.
func TestPrint(t *testing.T) {
	s := stacktest.Up(t)
	trace := visit(t, s, "")
	whole(t, s, trace, 10)
	p := browse(t, paper, 1000)
	p.do(chromedp.Navigate(s.UI + "/"))
	pages := append(eval[[]string](p, `[...document.querySelectorAll("header nav a")].map(a => a.href)`), trace)
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
		return err
	}))
	for _, page := range pages {
		p.do(chromedp.Navigate(page), chromedp.WaitReady(chromedp.CSS("main")))
		if wide := eval[[]string](p, beyondPaper); len(wide) > 0 {
			t.Errorf("%s: wider than the paper: %q", page, wide)
		}
		if shown := eval[bool](p, `[...document.querySelectorAll("nav, .top form, button")].some(e => e.checkVisibility())`); shown {
			t.Errorf("%s: links to elsewhere, or buttons, are printed", page)
		}
	}
}

// beyondPaper lists what ends right of the page, or is cut off by what is around it.
const beyondPaper = `[...document.querySelectorAll("main *")].filter(e => e.checkVisibility() && !e.closest("[aria-hidden], .visually-hidden") &&
	(e.getBoundingClientRect().right > innerWidth + 1 || ["auto", "scroll"].includes(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth + 1)).map(e => e.outerHTML.slice(0, 120)).slice(0, 5)`

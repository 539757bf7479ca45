package browser

import (
	"errors"
	"strings"
	"testing"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
)

// TestFirefox has every page of the navigation, and a trace, in a Firefox that reaches
// nothing else: they load without a complaint, fit a phone, and answer to keys.
func TestFirefox(t *testing.T) {
	s := stacktest.Up(t)
	trace := visit(t, s, "")
	whole(t, s, trace, 10)
	f := openFirefox(t)
	f.open(s.UI + "/")
	pages := read[[]string](f, `[...document.querySelectorAll("header nav a")].map(a => a.href)`)
	if len(pages) < 3 {
		t.Fatalf("the navigation has %q", pages)
	}
	for _, page := range append(pages, trace) {
		f.resize(1280, 860)
		f.open(page)
		if text := read[string](f, `document.querySelector("main").innerText`); len(text) < 20 {
			t.Errorf("%s: the page says %q", page, text)
		}
		if strangers := read[[]string](f, `performance.getEntriesByType("resource").map(e => e.name).filter(u => !u.startsWith(location.origin + "/"))`); len(strangers) > 0 {
			t.Errorf("%s loads from elsewhere: %q", page, strangers)
		}
		f.resize(320, 640)
		if wide := read[int](f, `document.documentElement.scrollWidth`); wide > 320 {
			t.Errorf("%s is %d pixels wide on a phone", page, wide)
		}
	}
	f.resize(1280, 860)
	f.fromTheListToASpan(s)
	f.alongAnEdge(s)
	f.complains()
}

// complains makes sure that what the pages may not do would be heard.
func (f *firefox) complains() {
	f.t.Helper()
	heard := f.complaints
	f.open(`data:text/html,<meta http-equiv="Content-Security-Policy" content="default-src 'none'"><p style="color: red">a</p>`)
	err := testbed.Eventually(func() error {
		if read[bool](f, "true"); len(f.complaints) == len(heard) {
			return errors.New("nothing is said")
		}
		return nil
	})
	if err != nil {
		f.t.Errorf("an inline style against the policy: %v", err)
	}
	f.complaints = heard
}

// fromTheListToASpan goes by keys alone.
func (f *firefox) fromTheListToASpan(s *stacktest.Stack) {
	f.t.Helper()
	f.open(s.UI + "/?serviceName=gateway")
	f.await(`document.querySelector("main table a[href^='/traces/']") !== null`)
	read[bool](f, beforeFirstTrace)
	for range 6 {
		if f.press(keyTab); read[bool](f, `document.activeElement.matches('main table a[href^="/traces/"]')`) {
			break
		}
	}
	f.follow()
	f.await(`location.pathname.startsWith("/traces/") && document.readyState === "complete"`)
	f.await(`document.querySelector("#rows.virtual .row") !== null`) // those of the script, which listens from then on
	f.press("/")
	if focused := read[string](f, `document.activeElement.id`); focused != "find" {
		f.t.Errorf("/ leads to %q", focused)
	}
}

// beforeFirstTrace moves the focus to what stands a few stops before the first trace of the
// list: a key takes a while on a busy machine, and the search form has many fields.
const beforeFirstTrace = `(() => {
	const stops = [...document.querySelectorAll("main a, main button, main input, main select")].filter(e => e.checkVisibility());
	const first = stops.findIndex(e => e.matches('main table a[href^="/traces/"]'));
	stops[Math.max(0, first - 3)].focus();
	return true;
})()`

// alongAnEdge follows the arrows of the service graph.
func (f *firefox) alongAnEdge(s *stacktest.Stack) {
	f.t.Helper()
	f.open(s.UI + "/dependencies")
	f.await(`document.querySelector(".graph .service") !== null`)
	read[bool](f, `document.querySelector(".graph .service").focus() === undefined`)
	f.press(keyRight)
	if edge := read[string](f, `document.activeElement.querySelector("title").textContent`); !strings.HasPrefix(edge, "gateway calls ") {
		f.t.Errorf("an arrow leads from the gateway to %q", edge)
	}
	f.press(keyRight)
	f.follow()
	f.await(`["?serviceName=fetcher", "?serviceName=writer"].includes(location.search)`)
}

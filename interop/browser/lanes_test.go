package browser

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/testbed/executiontest"
	"example.com/tracelab/internal/testbed/workload"
	"example.com/tracelab/internal/web/execution"
	"example.com/tracelab/internal/web/timeline"
	"example.com/tracelab/internal/web/webtest"
)

// drawnOverTime serves the timeline of a server and its clients, and returns its address.
func drawnOverTime(t *testing.T) (address string, x *executions.Execution) {
	t.Helper()
	return programOverTime(t, "http", 40)
}

// programOverTime does likewise of a program of a kind.
func programOverTime(t *testing.T, kind string, size int) (address string, x *executions.Execution) {
	t.Helper()
	raw, err := workload.Record(kind, size)
	if err != nil {
		t.Fatal(err)
	}
	library := executiontest.Library(map[string][]byte{kind: raw})
	if x, err = library.Open(t.Context(), kind); err != nil {
		t.Fatal(err)
	}
	s := webtest.Shell("")
	server := httptest.NewServer(webtest.Serve(s, timeline.New(execution.New(s, execution.Config{Library: library, Timeline: true}))))
	t.Cleanup(server.Close)
	return server.URL + timeline.Path(kind), x
}

// lanes opens a timeline, and waits until its script has drawn lanes.
func (p *page) lanes(address string) {
	p.t.Helper()
	p.do(chromedp.Navigate(address), chromedp.WaitVisible(chromedp.CSS("#rows [role=option]")))
	p.becomes(drawn, "true")
}

const (
	// drawn reports whether the first lane in view has more than its ground.
	drawn = `String((() => { const c = document.querySelector("#plot canvas"), y = document.querySelector("#rows [role=option]").getBoundingClientRect().top - c.getBoundingClientRect().top + 12;
		return c.getContext("2d").getImageData(0, y * devicePixelRatio, c.width, 1).data.some(v => v > 0) })())`
	period = `["from", "to"].map(n => new URLSearchParams(location.search).get(n)).join()`
	spot   = `document.querySelector("#details").hidden ? "closed" : document.querySelector("#details").ariaBusy === "true" ? "busy" : document.querySelector("#details h2 .quiet")?.textContent ?? ""`
	here   = `document.activeElement.id`
)

// keyStep is what keys are pressed, and what an expression of JavaScript becomes.
type keyStep struct {
	keys       []string
	look, want string
}

// laneSteps go over the timeline of an execution that lasts so many nanoseconds, by keys alone.
func laneSteps(lasts int64) []keyStep {
	quarters := func(from, to int64) string { return fmt.Sprint(from*lasts/4, ",", to*lasts/4) }
	within := func(want string) string { // of the rounding of four steps
		var from, to int64
		fmt.Sscanf(want, "%d,%d", &from, &to)
		return fmt.Sprintf(`String((([a, b]) => Math.abs(a - %d) < 5 && Math.abs(b - %d) < 5)((%s).split(",")))`, from, to, period)
	}
	return []keyStep{
		{[]string{"w"}, within(quarters(1, 3)), "true"},
		{[]string{"a", "a"}, within(quarters(0, 2)), "true"},
		{[]string{"d", "d"}, within(quarters(1, 3)), "true"},
		{[]string{"s"}, period, ","},
		{[]string{"j"}, here, "lane-p1"},
		{[]string{kb.ArrowUp}, here, "lane-p0"},
		{[]string{kb.Enter}, spot, "processor 0"},
		{nil, `document.activeElement.tagName`, "H2"},
		{nil, `String(document.querySelector("#said").textContent.startsWith("processor 0: "))`, "true"},
		{[]string{kb.Escape}, spot, "closed"},
		{nil, here, "lane-p0"},
		{[]string{kb.ArrowRight, kb.ArrowRight, kb.ArrowLeft}, spot, "processor 0"},
		{[]string{"z"}, `String(document.querySelector("#whole").hidden)`, "false"},
		{[]string{"0"}, period, ","},
		{[]string{"m"}, `document.querySelector("#details .sums thead th:nth-child(2)")?.textContent ?? ""`, "processor 0"},
		{[]string{kb.Escape}, spot, "closed"},
		{[]string{"2"}, `document.querySelector("[data-tool=pan]").ariaPressed`, "true"},
		{[]string{"1"}, `document.querySelector("[data-tool=select]").ariaPressed`, "true"},
		{[]string{"?"}, `String(document.querySelector("#help").open)`, "true"},
		{[]string{kb.Escape}, `String(document.querySelector("#help").open)`, "false"},
		{[]string{"/"}, here, "find"},
	}
}

func TestLanesByKeyboard(t *testing.T) {
	address, x := drawnOverTime(t)
	p := browse(t, 1280, 860)
	p.lanes(address)
	for _, step := range laneSteps(int64(x.Lanes.Trace.End - x.Lanes.Trace.Began)) {
		p.keys(step.keys...)
		p.becomes(step.look, step.want)
	}
	eval[bool](p, `(document.querySelector("#find").value = "") === ""`) // the keys of the driver write a letter that was taken
	p.do(chromedp.SendKeys(chromedp.CSS("#find"), "atOnce"), chromedp.KeyEvent(kb.Enter))
	p.becomes(`String(document.querySelector("#found").value.startsWith("1 of "))`, "true")
	p.becomes(`String(document.querySelector("#details dl")?.textContent.includes("atOnce"))`, "true") // where it ran, as each of these did
	p.do(chromedp.KeyEvent(kb.Enter))
	p.becomes(`String(document.querySelector("#found").value.startsWith("2 of "))`, "true")
	if strangers := p.strangers(); len(strangers) > 0 {
		t.Errorf("the page loads from elsewhere: %v", strangers)
	}
}

// TestLanesAreInTheirAddress: a reload, and a link for somebody else, show the same.
func TestLanesAreInTheirAddress(t *testing.T) {
	address, _ := drawnOverTime(t)
	p := browse(t, 1280, 860)
	p.lanes(address + "?by=goroutine")
	p.keys("j", "j", "j", "w", kb.ArrowRight)
	p.becomes(`String(["from=", "to=", "lane=g", "selected="].filter(e => !location.search.includes(e)))`, "")
	const shown = `JSON.stringify([` + period + `, ` + spot + `, document.querySelector("#details").textContent, document.querySelector("#rows [aria-selected=true]").textContent])`
	p.becomes(`String((`+spot+`).startsWith("goroutine "))`, "true")
	before, place := eval[string](p, shown), eval[string](p, `location.href`)
	p.do(chromedp.Navigate("about:blank"))
	p.lanes(place)
	p.becomes(shown, before)
	// The other lanes show the same time.
	p.do(chromedp.Click(chromedp.CSS(`.tabs a:first-child`)), chromedp.WaitVisible(chromedp.CSS("#lane-p0")))
	if now := eval[string](p, period); !strings.HasPrefix(before, `["`+now) {
		t.Errorf("by processor the page shows %s, by goroutine %s", now, before)
	}
}

// TestLanesByPointer: what is clicked is selected, what is dragged is summed up, and the
// wheel zooms.
func TestLanesByPointer(t *testing.T) {
	address, _ := drawnOverTime(t)
	p := browse(t, 1280, 860)
	p.lanes(address)
	place := eval[[]float64](p, `(() => { const c = document.querySelector("#plot canvas").getBoundingClientRect(), r = document.querySelector("#lane-p0").getBoundingClientRect(); return [c.left, r.top + r.height / 2, c.width]; })()`)
	left, y, width := place[0], place[1], place[2]
	p.do(chromedp.MouseClickXY(left+width/2, y))
	p.becomes(spot, "processor 0")
	p.drag(left+width/4, y, left+width/2, y)
	p.becomes(`String(document.querySelectorAll("#details .sums tbody tr").length > 0)`, "true")
	p.becomes(`String(location.search.includes("range="))`, "true")
	p.keys("2")
	p.keys("w")
	before := eval[string](p, `[...document.querySelectorAll("#minimap [role=slider]")].map(e => e.ariaValueNow).join()`)
	p.drag(left+width/2, y, left+width/4, y)
	p.becomes(`String([...document.querySelectorAll("#minimap [role=slider]")].map(e => e.ariaValueNow).join() !== "`+before+`")`, "true")
}

func TestLanesAreAccessible(t *testing.T) {
	address, _ := drawnOverTime(t)
	p := browse(t, 1280, 860)
	p.do(allowScripts())
	p.lanes(address + "?by=goroutine")
	p.axe()
	p.do(chromedp.EmulateViewport(1280, 860))
	p.keys("j", kb.Enter)
	p.becomes(`String(document.querySelector("#details dl") !== null)`, "true")
	p.axe()
	p.narrow()
}

package browser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// keyNames are WebDriver's names of keys that write nothing, by those of the other driver.
var keyNames = strings.NewReplacer(kb.Enter, keyEnter, kb.Escape, "\ue00c", kb.ArrowLeft, "\ue012", kb.ArrowUp, "\ue013", kb.ArrowRight, keyRight, kb.ArrowDown, "\ue015")

// lanes opens a timeline, and waits until its script has drawn lanes.
func (f *firefox) lanes(address string) {
	f.t.Helper()
	f.open(address)
	f.await(`document.querySelector("#rows [role=option]") !== null`)
	f.becomes(drawn, "true")
}

// becomes waits until an expression has a value.
func (f *firefox) becomes(expression, want string) {
	f.t.Helper()
	f.await(fmt.Sprintf("(%s) === %q", expression, want))
}

// act does what sources of input do at the same time, one list of actions each.
func (f *firefox) act(sources ...map[string]any) {
	f.t.Helper()
	f.command("input.performActions", map[string]any{"context": f.tab, "actions": sources}, nil)
	f.command("input.releaseActions", map[string]any{"context": f.tab}, nil)
}

type action = map[string]any

// mouse is a mouse that does something.
func mouse(actions ...action) action {
	return action{"type": "pointer", "id": "mouse", "parameters": action{"pointerType": "mouse"}, "actions": actions}
}

func moveTo(x, y float64) action { return action{"type": "pointerMove", "x": int(x), "y": int(y)} }

var pressed, lifted, waits = action{"type": "pointerDown", "button": 0}, action{"type": "pointerUp", "button": 0}, action{"type": "pause"}

func (f *firefox) click(x, y float64) {
	f.t.Helper()
	f.act(mouse(moveTo(x, y), pressed, lifted))
}

// drag moves the pressed pointer from one place to another.
func (f *firefox) drag(x1, y1, x2, y2 float64) {
	f.t.Helper()
	f.act(mouse(moveTo(x1, y1), pressed, moveTo((x1+x2)/2, (y1+y2)/2), moveTo(x2, y2), lifted))
}

// wheel turns the wheel at a place while a key is held.
func (f *firefox) wheel(key string, x, y float64, by int) {
	f.t.Helper()
	f.act(action{"type": "key", "id": "held", "actions": []action{{"type": "keyDown", "value": key}, waits, {"type": "keyUp", "value": key}}},
		action{"type": "wheel", "id": "wheel", "actions": []action{waits, {"type": "scroll", "x": int(x), "y": int(y), "deltaX": 0, "deltaY": by}, waits}})
}

// TestLanesInFirefox: keys, the pointer's tools and the wheel do there what they do in
// Chromium, lanes and minimap are painted, and its console has no errors.
func TestLanesInFirefox(t *testing.T) {
	address, x := drawnOverTime(t)
	lasts := int64(x.Lanes.Trace.End - x.Lanes.Trace.Began)
	f := openFirefox(t)
	f.resize(1280, 860)
	f.lanes(address)
	for _, step := range laneSteps(lasts) {
		for _, key := range step.keys {
			f.press(keyNames.Replace(key))
		}
		f.becomes(step.look, step.want)
	}
	f.press(strings.Split("atOnce", "")...)
	f.press(keyEnter)
	f.await(`document.querySelector("#found").value.startsWith("1 of ")`)
	f.await(`document.querySelector("#details dl")?.textContent.includes("atOnce") ?? false`)
	f.press(keyEnter)
	f.await(`document.querySelector("#found").value.startsWith("2 of ")`)
	f.becomes(drawn, "true")
	f.byPointer(address, lasts)
	f.becomes(mapDrawn, "true")
	f.resize(320, 640)
	if wide := read[int](f, `document.documentElement.scrollWidth`); wide > 320 {
		t.Errorf("the page is %d pixels wide on a phone", wide)
	}
	if strangers := read[[]string](f, `performance.getEntriesByType("resource").map(e => e.name).filter(u => !u.startsWith(location.origin + "/"))`); len(strangers) > 0 {
		t.Errorf("the page loads from elsewhere: %q", strangers)
	}
}

const (
	// mapDrawn reports whether the minimap has more than its ground.
	mapDrawn = `String((() => { const c = document.querySelector("#minimap canvas"); return c.getContext("2d").getImageData(0, 0, c.width, c.height).data.some(v => v > 0) })())`
	// ends are those of the time that is shown.
	ends = `[...document.querySelectorAll("#minimap [role=slider]")].map(e => e.ariaValueNow)`
)

// byPointer selects, marks, zooms and pans.
func (f *firefox) byPointer(address string, lasts int64) {
	f.t.Helper()
	f.lanes(address)
	place := read[[]float64](f, `(() => { const c = document.querySelector("#plot canvas").getBoundingClientRect(), r = document.querySelector("#lane-p0").getBoundingClientRect(); return [c.left, r.top + r.height / 2, c.width]; })()`)
	left, y, width := place[0], place[1], place[2]
	f.click(left+width/2, y)
	f.becomes(spot, "processor 0")
	f.drag(left+width/4, y, left+width/2, y)
	f.await(`document.querySelectorAll("#details .sums tbody tr").length > 0 && location.search.includes("range=")`)
	for _, c := range []struct {
		name string
		do   func()
		want string // of where the time shown begins and ends, and was before: a, b, c and d
	}{
		{"zooms by the wheel", func() { f.wheel("\ue009", left+width/2, y, -240) }, "a > c && b < d"},
		{"zooms out by the wheel", func() { f.wheel("\ue009", left+width/2, y, 60) }, "a < c && b > d"},
		{"moves by the wheel", func() { f.wheel("\ue008", left+width/2, y, 120) }, "a > c && b > d"},
		{"zooms", func() { f.press("3"); f.drag(left+width/2, y, left+width/2, y-60) }, "a > c && b < d"},
		{"pans", func() { f.press("2"); f.drag(left+width/2, y, left+width/4, y) }, "a > c && b > d"},
		{"pans by a finger", func() { f.act(finger("one", left+width/2, left+width/4, y)) }, "a > c && b > d"},
		{"zooms by two fingers", func() {
			f.act(finger("one", left+width/2-60, left+width/2-120, y), finger("other", left+width/2+60, left+width/2+120, y))
		}, "a > c && b < d"},
	} {
		f.open("about:blank")
		f.lanes(fmt.Sprintf("%s?from=%d&to=%d", address, lasts/4, lasts*3/4))
		before := read[[]string](f, ends)
		c.do()
		f.await(fmt.Sprintf(`/* %s */ (([a, b], c, d) => %s)((%s).map(Number), %s)`, c.name, c.want, ends, strings.Join(before, ", ")))
		f.becomes(drawn, "true")
	}
}

// finger is a finger that moves along a line.
func finger(id string, from, to, y float64) action {
	return action{"type": "pointer", "id": id, "parameters": action{"pointerType": "touch"}, "actions": []action{moveTo(from, y), pressed, moveTo((from+to)/2, y), moveTo(to, y), lifted}}
}

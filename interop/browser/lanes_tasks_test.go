package browser

import (
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestLanesOfTasks: tasks are found by name, walked along by keys and selected, and those within
// another one are indented; the page is accessible, on narrow screens too.
func TestLanesOfTasks(t *testing.T) {
	address, x := programOverTime(t, "tasks", 1)
	children := 0
	for k := range x.Trace.Tasks() {
		if k.Name == "query" {
			children++
		}
	}
	p := browse(t, 1280, 860)
	p.do(allowScripts())
	p.lanes(address + "?by=task")
	p.becomes(`(() => { const left = n => parseFloat(getComputedStyle([...document.querySelectorAll("#rows [role=option]")].find(e => e.title === n)).paddingLeft); return String(left("query") > left("request")); })()`, "true")
	p.axe()
	p.do(chromedp.EmulateViewport(1280, 860))
	p.keys("/")
	p.becomes(here, "find")
	eval[bool](p, `(document.querySelector("#find").value = "") === ""`) // the keys of the driver write a letter that was taken
	p.do(chromedp.SendKeys(chromedp.CSS("#find"), "query"), chromedp.KeyEvent(kb.Enter))
	p.becomes(`document.querySelector("#found").value.replace("1 of ", "")`, strconv.Itoa(children))
	p.becomes(`String((`+spot+`).endsWith(" query"))`, "true")
	p.becomes(`document.querySelector("#details h3")?.textContent.replace(/\d+/, "N") ?? ""`, "Task N query")
	p.axe()
	if place := eval[string](p, `location.search`); !strings.Contains(place, "by=task") || !strings.Contains(place, "lane=k") {
		t.Errorf("the address is %s", place)
	}
	p.do(chromedp.EmulateViewport(360, 800))
	p.narrow()
}

package browser

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
)

// truth is the service and the cause of an attendee's mystery, as the instructor knows it.
func truth(t *testing.T, s *stacktest.Stack, attendee string) (service, cause string) {
	t.Helper()
	resp, err := http.Get(s.UI + "/tracelab/v1/mysteries")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var room struct {
		Mysteries []struct{ Attendee, Asked string }
	}
	if err := json.NewDecoder(resp.Body).Decode(&room); err != nil {
		t.Fatal(err)
	}
	for _, m := range room.Mysteries {
		if m.Attendee == attendee {
			service, cause, _ = strings.Cut(m.Asked, "=")
			cause, _, _ = strings.Cut(cause, ";")
		}
	}
	if cause == "" {
		t.Fatalf("%+v: %s has none", room, attendee)
	}
	return service, cause
}

// choose sets a field of a form.
func (p *page) choose(id, value string) {
	p.t.Helper()
	eval[bool](p, `(document.getElementById("`+id+`").value = "`+value+`") === "`+value+`"`)
}

// said waits until the text of an element has this in it.
func (p *page) said(id, want string) {
	p.t.Helper()
	var text string
	if err := testbed.Eventually(func() (err error) {
		if text, err = tried[string](p, `document.getElementById("`+id+`").innerText`); err == nil && !strings.Contains(text, want) {
			err = errors.New("it is not there")
		}
		return err
	}); err != nil {
		p.t.Fatalf("#%s says %q: want %q: %v", id, text, want, err)
	}
}

// TestAMysteryByPage is one from its start to its proof, without a command, under a name
// that shells and headers find hard.
func TestAMysteryByPage(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		testbed.Missing(t, "curl", "install the package curl")
	}
	s := stacktest.Up(t)
	p := browse(t, 1280, 1100)
	p.do(allowScripts(), chromedp.Navigate(s.UI+"/"), chromedp.Click(chromedp.CSS(`nav a[href="/mystery"]`)), chromedp.WaitVisible(chromedp.CSS("#start")))
	p.axe()
	p.do(chromedp.SendKeys(chromedp.CSS("#attendee"), "O'Brien & co"), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS("#known")))
	p.said("mine-title", "The mystery of O'Brien & co, level 1")
	line := eval[string](p, `document.querySelector("#visit").textContent`)
	for range 5 {
		if out, err := exec.Command("sh", "-c", line).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v, %s", line, err, out)
		}
	}
	p.do(chromedp.Click(chromedp.CSS("#hint button")), chromedp.WaitVisible(chromedp.CSS("#hints li")))
	p.said("state", "Hints: 1, wrong answers: 0.")

	service, cause := truth(t, s, "O'Brien & co")
	p.choose("service", service)
	wrong := eval[string](p, `[...document.querySelector("#cause").options].map(o => o.value).find(cause => cause !== "`+cause+`")`)
	p.choose("cause", wrong)
	p.do(chromedp.Click(chromedp.CSS("#answer button.primary")))
	p.said("verdict", "Not yet: the service is right, the cause is wrong.")
	p.choose("cause", cause)
	p.do(chromedp.Click(chromedp.CSS("#answer button.primary")))
	p.said("verdict", "Right: it was "+service+"="+cause)
	p.said("state", "It is over: solved. Start another. Hints: 1, wrong answers: 1.")
	if proof := eval[[]string](p, `[...document.querySelectorAll('#verdict a[href^="/traces/"]')].map(a => a.href)`); len(proof) == 0 {
		t.Errorf("no trace proves it: %s", eval[string](p, `document.querySelector("#verdict").innerText`))
	}
	p.do(chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS("#known")))
	p.said("state", "It is over: solved")
	p.do(chromedp.Click(chromedp.CSS("#room summary")), chromedp.Click(chromedp.CSS("#everybody button")))
	p.said("overview", "O'Brien & co")
	p.accessible()
	if strangers := p.strangers(); len(strangers) > 0 {
		t.Errorf("the page loads from elsewhere: %v", strangers)
	}
	p.do(chromedp.Click(chromedp.CSS("#traces")))
	p.eventually(`location.pathname === "/" && document.readyState === "complete"`)
	p.comes(`[...document.querySelectorAll(".traces .attendee")].filter(a => a.textContent === "O'Brien & co").length >= 5`)
}

// Thirty at once are TestThirtyAttendees's in e2e.
var attendees = flag.Int("attendees", 8, "how many TestAttendeesByPage has")

// TestAttendeesByPage and curl alone: as many mysteries are under way at once. Each
// refuses a wrong diagnosis, and proves the right one by the attendee's own traces.
func TestAttendeesByPage(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		testbed.Missing(t, "curl", "install the package curl")
	}
	s := stacktest.Up(t)
	p := browseFor(t, 1280, 1100, 10*time.Minute)
	ids, lines := make([]string, *attendees), make([]string, *attendees)
	for i := range *attendees {
		p.openMystery(s, "")
		p.choose("attendee", nameOf(i))
		p.choose("level", strconv.Itoa(i%3+1))
		p.do(chromedp.Click(chromedp.CSS("#start button")), chromedp.WaitVisible(chromedp.CSS("#known")))
		p.said("mine-title", "of "+nameOf(i))
		ids[i] = eval[string](p, `localStorage.getItem("mystery")`)
		lines[i] = eval[string](p, `document.querySelector("#visit").textContent`)
	}
	var visiting sync.WaitGroup
	for _, line := range lines {
		visiting.Go(func() {
			for range 3 {
				if out, err := exec.Command("sh", "-c", line).CombinedOutput(); err != nil {
					t.Errorf("%s: %v, %s", line, err, out)
				}
			}
		})
	}
	visiting.Wait()
	shown := map[string]string{} // by trace, to whom
	for i := range *attendees {
		for _, trace := range p.solve(s, ids[i], nameOf(i)) {
			if other := shown[trace]; other != "" {
				t.Errorf("%s and %s are shown %s", nameOf(i), other, trace)
			}
			shown[trace] = nameOf(i)
			if !strings.Contains(spansOf(t, s, trace), strconv.Quote(nameOf(i))) {
				t.Errorf("%s is shown %s, which is not of a visit of theirs", nameOf(i), trace)
			}
		}
	}
}

func nameOf(i int) string { return fmt.Sprintf("attendee %d's", i+1) }

// openMystery opens the page as one does whose browser has kept the id.
func (p *page) openMystery(s *stacktest.Stack, id string) {
	p.t.Helper()
	p.do(chromedp.Navigate(s.UI + "/static/0/icon.svg")) // of the same origin, without the script
	eval[bool](p, `localStorage.setItem("mystery", "`+id+`") === undefined`)
	p.do(chromedp.Navigate(s.UI+"/mystery"), chromedp.WaitVisible(chromedp.CSS("#start")))
}

// solve answers wrong and then right, and returns the addresses of the proof.
func (p *page) solve(s *stacktest.Stack, id, attendee string) []string {
	p.t.Helper()
	p.openMystery(s, id)
	p.do(chromedp.WaitVisible(chromedp.CSS("#asking")))
	p.said("mine-title", "of "+attendee)
	service, cause := truth(p.t, s, attendee)
	p.choose("service", service)
	p.choose("cause", "slow-queue") // which no mystery is
	p.do(chromedp.Click(chromedp.CSS("#answer button.primary")))
	p.said("verdict", "the cause is wrong")
	p.choose("cause", cause)
	p.do(chromedp.Click(chromedp.CSS("#answer button.primary")))
	p.said("verdict", "Right: it was "+service+"="+cause)
	proof := eval[[]string](p, `[...document.querySelectorAll('#verdict a[href^="/traces/"]')].map(a => a.getAttribute("href"))`)
	if len(proof) == 0 {
		p.t.Errorf("%s, %s: nothing proves it: %s", attendee, cause, eval[string](p, `document.querySelector("#verdict").innerText`))
	}
	return proof
}

// spansOf is the JSON of the trace whose page has that address.
func spansOf(t *testing.T, s *stacktest.Stack, address string) string {
	t.Helper()
	resp, err := http.Get(s.UI + "/api/v2/trace/" + strings.TrimPrefix(address, "/traces/"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestAFaultOfOnesOwnByPage is switched on and off, and what is wrong is said.
func TestAFaultOfOnesOwnByPage(t *testing.T) {
	s := stacktest.Up(t)
	p := browse(t, 1280, 860)
	p.do(chromedp.Navigate(s.UI+"/mystery?attendee=ann"), chromedp.WaitVisible(chromedp.CSS("#fault")))
	p.do(chromedp.SendKeys(chromedp.CSS("#faults"), "writer=gremlins"), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS("#fault .wrong")))
	if said := eval[string](p, `document.querySelector("#fault .wrong").textContent`); !strings.Contains(said, "gremlins") {
		t.Errorf("of a fault that there is not the page says %q", said)
	}
	p.choose("faults", "writer=slow-disk;ms=50")
	p.do(chromedp.Click(chromedp.CSS("#fault button.primary")), chromedp.WaitVisible(chromedp.CSS("#on li")))
	p.said("on", "writer=slow-disk;ms=50 until")
	p.said("fault-line", "attendee=ann")
	p.accessible()
	p.do(chromedp.Click(chromedp.CSS("#on button")), chromedp.WaitNotPresent(chromedp.CSS("#on li")))
	p.narrow()
}

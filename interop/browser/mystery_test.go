package browser

import (
	"encoding/json"
	"errors"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
)

// truth is the service and the cause of the only mystery, as the instructor knows it.
func truth(t *testing.T, s *stacktest.Stack) (service, cause string) {
	t.Helper()
	resp, err := http.Get(s.UI + "/tracelab/v1/mysteries")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var room struct{ Mysteries []struct{ Asked string } }
	if err := json.NewDecoder(resp.Body).Decode(&room); err != nil || len(room.Mysteries) != 1 {
		t.Fatalf("%+v, %v: want one mystery", room, err)
	}
	service, cause, _ = strings.Cut(room.Mysteries[0].Asked, "=")
	cause, _, _ = strings.Cut(cause, ";")
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
	if err := testbed.Eventually(func() error {
		if text = eval[string](p, `document.getElementById("`+id+`").innerText`); !strings.Contains(text, want) {
			return errors.New("it is not there")
		}
		return nil
	}); err != nil {
		p.t.Fatalf("#%s says %q: want %q", id, text, want)
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
	p.do(chromedp.Navigate(s.UI+"/"), chromedp.Click(chromedp.CSS(`nav a[href="/mystery"]`)), chromedp.WaitVisible(chromedp.CSS("#start")))
	p.accessible()
	p.do(chromedp.SendKeys(chromedp.CSS("#attendee"), "O'Brien & co"), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS("#known")))
	p.said("mine-title", "The mystery of O'Brien & co, level 1")
	line := eval[string](p, `document.querySelector("#visit").textContent`)
	for range 5 {
		if out, err := exec.Command("sh", "-c", line).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v, %s", line, err, out)
		}
	}
	p.do(chromedp.Click(chromedp.CSS("#hint button")), chromedp.WaitVisible(chromedp.CSS("#hints li")))
	p.said("state", "1 hint, 0 wrong answers")

	service, cause := truth(t, s)
	p.choose("service", service)
	wrong := eval[string](p, `[...document.querySelector("#cause").options].map(o => o.value).find(cause => cause !== "`+cause+`")`)
	p.choose("cause", wrong)
	p.do(chromedp.Click(chromedp.CSS("#answer button.primary")))
	p.said("verdict", "Not yet: the service is right, the cause is wrong.")
	p.choose("cause", cause)
	p.do(chromedp.Click(chromedp.CSS("#answer button.primary")))
	p.said("verdict", "Right: it was "+service+"="+cause)
	p.said("state", "It is over: solved, with 1 hint, 1 wrong answer.")
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
	p.do(chromedp.Click(chromedp.CSS("#traces")), chromedp.WaitVisible(chromedp.CSS(".traces .attendee a")))
	if made := eval[int](p, `[...document.querySelectorAll(".traces .attendee")].filter(a => a.textContent === "O'Brien & co").length`); made < 5 {
		t.Errorf("the list has %d of his traces", made)
	}
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

package workshop

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/webtest"
)

func TestTheStack(t *testing.T) {
	a := running()
	a.faults.On = []labapi.SwitchedOn{
		{Switch: labapi.Switch{Faults: "writer=slow-disk;ms=50;percent=30", Attendee: "ann", Until: webtest.Noon.Add(5 * time.Minute)}, Since: webtest.Noon.Add(-time.Minute), By: "192.0.2.1"},
		{Switch: labapi.Switch{Faults: "gateway=quadratic"}, Since: webtest.Noon, By: labapi.ByTrusted},
	}
	h := serve(a, nil)
	for _, path := range []string{"/stack", "/stack/live"} {
		holds(t, webtest.Get(t, h, path), "not ready; redis: <no> answer", "No writer is connected to this server", "1 m 30 s", "20.0 MiB", "5 (2 invalid, 3 queue_full)", "8 of 100 at most",
			"9.80 s in 2.0 KiB, 90 s ago", "10.0 s, at most 16.0 MiB", "It does not record its execution.", "7 spans of 2 traces", "1 traces made room, and spans: 2 (2 bytes)",
			"192.0.2.1", "until it is switched off", "5 m", `value="writer=slow-disk"`, `<span class="mark">full</span>`, "1.0 MiB", "<v1>")
	}
	if body := webtest.Get(t, h, "/stack").Body.String(); strings.Contains(body, `type="password"`) {
		t.Error("who needs no token is asked for it")
	}
	a.trusted = false
	if body := webtest.Get(t, h, "/stack").Body.String(); strings.Count(body, `type="password"`) != 3 {
		t.Error("who needs a token can show none: to change the sampler, to switch on, and off what is for everybody")
	}
	a.stack.Status.Store = nil
	holds(t, webtest.Get(t, h, "/stack"), "are read from the embedded store")
}

// TestFormsOfTheStack are requests to the API; what it refuses is said where it was asked.
func TestFormsOfTheStack(t *testing.T) {
	for name, c := range map[string]struct {
		form  url.Values
		asked string
		then  string
	}{
		"sampling": {url.Values{"do": {"sampling"}, "sampler": {"0.1"}, "service": {""}}, "POST /tracelab/v1/sampling sampler=0.1", "sampling"},
		"on":       {url.Values{"do": {"on"}, "faults": {"writer=slow-disk;ms=5"}, "percent": {"30"}, "for": {"10m"}, "attendee": {"ann"}}, "POST /tracelab/v1/faults attendee=ann&faults=writer%3Dslow-disk%3Bms%3D5%3Bpercent%3D30&for=10m", "on"},
		"off":      {url.Values{"do": {"off"}, "fault": {"writer=slow-disk"}, "attendee": {"ann"}}, "DELETE /tracelab/v1/faults attendee=ann&fault=writer%3Dslow-disk", "off"},
	} {
		a := running()
		h := serve(a, nil)
		w := post(h, "/stack", c.form, "http://localhost")
		if to := "/stack?done=" + c.then + "#" + c.then; w.Code != http.StatusSeeOther || w.Header().Get("Location") != to || strings.Join(a.asked, ", ") != c.asked {
			t.Errorf("%s: %d to %s, asked %q", name, w.Code, w.Header().Get("Location"), a.asked)
		}
		holds(t, webtest.Get(t, h, "/stack?done="+c.then), ` role="status">The `)
		a.refuse = "that is <not> possible"
		c.form.Set("token", token)
		w = post(h, "/stack", c.form, "http://localhost")
		holds(t, w, `role="alert">that is <not> possible</p>`)
		if body := w.Body.String(); w.Code != http.StatusConflict || strings.Contains(body, token) || name == "on" && !strings.Contains(body, `value="writer=slow-disk;ms=5"`) {
			t.Errorf("%s, refused: %d, or what was typed is lost, or the token shown", name, w.Code)
		}
	}
	a := running()
	if w := post(serve(a, nil), "/stack", url.Values{"do": {"explode"}}, ""); w.Code != http.StatusBadRequest || len(a.asked) > 0 {
		t.Errorf("what no form does: %d, asked %q", w.Code, a.asked)
	}
}

// TestATokenIsAskedForAgain: the page that says why nothing was changed does not keep it.
func TestATokenIsAskedForAgain(t *testing.T) {
	a := running()
	a.trusted, a.refuse = false, "often: want a fraction"
	w := post(serve(a, nil), "/stack", url.Values{"do": {"sampling"}, "sampler": {"often"}, "token": {token}}, "http://localhost")
	if n := strings.Count(w.Body.String(), `type="password"`); n != 2 {
		t.Errorf("%d fields for a token, want those of the sampler and of faults", n)
	}
}

// unread is a body that must not be read.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body of a GET is read")
	return 0, io.EOF
}

func TestNoBodyOfAGetIsRead(t *testing.T) {
	for _, path := range []string{"/stack", "/stack/live", "/start", "/start/live", "/mystery?board=1", "/mystery/board"} {
		r := httptest.NewRequest("GET", "http://localhost"+path, unread{t})
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		if w := webtest.Ask(serve(running(), nil), r); w.Code != http.StatusOK {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// TestTheBoard does not say what a mystery is before it is over.
func TestTheBoard(t *testing.T) {
	a := running()
	a.room.Mysteries = []labapi.RoomMystery{
		{Mystery: labapi.Mystery{Attendee: "<ann>", Level: 2, Since: webtest.Noon}, Asked: "writer=slow-disk;ms=5", Taken: true},
		{Mystery: labapi.Mystery{Attendee: "bob", Level: 1, MysteryProgress: labapi.MysteryProgress{Ended: webtest.Noon, Solved: true, Wrong: 3}}, Asked: "gateway=quadratic;n=4000", Taken: true},
		{Mystery: labapi.Mystery{Attendee: "cai", Level: 1}, Asked: "fetcher=gc-pressure"},
	}
	h := serve(a, nil)
	for _, path := range []string{"/mystery?board=1", "/mystery/board"} {
		w := webtest.Get(t, h, path)
		holds(t, w, "1 waiting · 1 open · 1 solved", "<ann>", "✓ solved", "<code>gateway=quadratic</code>", `data-label="Wrong answers">3`)
		if body := w.Body.String(); strings.Contains(body, "slow-disk") || strings.Contains(body, "gc-pressure") || strings.Contains(body, "<ann>") {
			t.Errorf("%s gives a mystery away, or text became markup", path)
		}
	}
	a.trusted = false
	holds(t, webtest.Get(t, h, "/mystery?board=1"), "show the server's token", `name="token"`)
	if w := post(h, "/mystery?board=1", url.Values{"token": {"wrong"}}, "http://localhost"); w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "bob") {
		t.Errorf("a wrong token: %d", w.Code)
	}
	w := post(h, "/mystery?board=1", url.Values{"token": {token}}, "http://localhost")
	holds(t, w, "1 waiting · 1 open · 1 solved")
	if w.Code != http.StatusOK || strings.Contains(w.Body.String(), token) {
		t.Errorf("the token: %d, or it is shown", w.Code)
	}
}

package faultctl_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"example.com/tracelab/internal/labapi"
)

// people are callers from another machine, of a server whose services are connected.
type people struct {
	*board
	t *testing.T
}

func meet(t *testing.T) people { return people{newBoard(t), t} }

// ask sends what curl would: "POST /path?query a=1&b=2", and headers. It returns the status
// and the body. No connection is in between: a clock of the test's own may run.
func (p people) ask(request string, headers ...string) (int, string) {
	p.t.Helper()
	method, rest, _ := strings.Cut(request, " ")
	path, form, _ := strings.Cut(rest, " ")
	r := httptest.NewRequest(method, path, strings.NewReader(form))
	if form != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	p.router.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// want asks, and fails if the answer has another status, or lacks some text.
func (p people) want(status int, text, request string, headers ...string) string {
	p.t.Helper()
	got, body := p.ask(request, headers...)
	if got != status || !strings.Contains(body, text) {
		p.t.Errorf("%s: %d %s; want %d and %q", request, got, body, status, text)
	}
	return body
}

// into asks with the token, and reads the answer.
func (p people) into(answer any, request string) {
	p.t.Helper()
	if err := json.Unmarshal([]byte(p.want(200, "", request, token...)), answer); err != nil {
		p.t.Fatalf("%s: %v", request, err)
	}
}

// begin starts a mystery, and returns its id.
func (p people) begin(request string, headers ...string) string {
	p.t.Helper()
	var m labapi.Mystery
	if err := json.Unmarshal([]byte(p.want(200, "", request, headers...)), &m); err != nil || len(m.ID) != 12 {
		p.t.Fatalf("%s: %+v, %v", request, m, err)
	}
	return m.ID
}

// The paths are written out: people paste them.
const (
	mystery, hint, answer = "/tracelab/v1/mystery", "/tracelab/v1/mystery/hint", "/tracelab/v1/mystery/answer"
	faultsPath, room      = "/tracelab/v1/faults", "/tracelab/v1/mysteries"
)

var token = []string{"Authorization", "Bearer " + secret}

// TestWhatIsOnesOwnTakesNoToken, and what is another's cannot be seen or changed.
func TestWhatIsOnesOwnTakesNoToken(t *testing.T) {
	p := meet(t)
	id := p.begin("POST " + mystery + " attendee=ann&level=2")
	for _, refused := range []struct {
		status        int
		text, request string
	}{
		{403, "show the id", "POST " + hint + " attendee=ann"},
		{403, "show the id", "POST " + answer + " attendee=ann&give_up=1"},
		{403, "show the id", "POST " + answer + " attendee=ann&service=writer&cause=slow-disk"},
		{403, "show the id", "POST " + mystery + " attendee=ann"},
		{403, "show the id", "GET " + mystery + "?attendee=ann"},
		{404, "no mystery has the id", "POST " + hint + " id=AAAAAAAAAAAA"},
		{404, "no mystery has the id", "POST " + hint + " attendee=ann&id=AAAAAAAAAAAA"},
		{404, "no mystery has the id", "POST " + hint + " attendee=bob&id=" + id},
		{404, "for bob", "POST " + hint + " attendee=bob"},
		{404, "for everybody", "POST " + answer + " give_up=1"},
		{403, "show the id", "POST " + faultsPath + " attendee=ann&faults=writer=slow-disk"},
		{403, "show the id", "DELETE " + faultsPath + "?attendee=ann"},
		{403, "token", "POST " + mystery + " level=2"},
		{403, "token", "POST " + faultsPath + " faults=writer=slow-disk"},
		{403, "token", "DELETE " + faultsPath},
		{403, "token", "GET " + room},
		{403, "token", "POST " + room + ` {"attendees":["ann"]}`},
		{403, "token", "DELETE " + room},
		{403, "token", "DELETE " + room + "?attendee=ann"},
	} {
		p.want(refused.status, refused.text, refused.request)
	}
	p.want(200, `"step": 1`, "POST "+hint+" id="+id)
	p.want(200, `"over": false`, "POST "+answer+" service=gateway&cause=slow-queue&id="+id)
	p.want(200, `"wrong_answers": 1`, "GET "+mystery+"?id="+id)
	next := p.begin("POST " + mystery + " id=" + id)
	p.want(404, "no mystery has the id", "POST "+hint+" id="+id)
	p.want(200, `"over": true`, "POST "+answer+" give_up=true&id="+next)
	p.want(404, "over", "POST "+answer+" give_up=true&id="+next)
	p.want(403, "show the id", "POST "+mystery+" attendee=ann")
	p.begin("POST " + mystery + " attendee=ann&id=" + next)
}

// TestTheSeedIsForTheTrusted: whoever starts it again under another name can give up there,
// and knows what the first one is.
func TestTheSeedIsForTheTrusted(t *testing.T) {
	p := meet(t)
	start := p.want(200, "", "POST "+mystery+" attendee=ann&level=2&seed=7")
	var m labapi.Mystery
	if err := json.Unmarshal([]byte(start), &m); err != nil {
		t.Fatal(err)
	}
	for _, answer := range []string{start, p.want(200, m.ID, "GET "+mystery+"?id="+m.ID), p.want(200, m.ID, "GET "+mystery+"?id="+m.ID, "Accept", "text/plain")} {
		if strings.Contains(answer, "seed") {
			t.Errorf("the attendee is told: %s", answer)
		}
	}
	p.want(200, `"seed": 7`, "GET "+mystery+"?id="+m.ID, token...)
	p.want(200, `"seed": 7`, "GET "+room, token...)
}

// TestOnesOwnFaults are switched on, listed and switched off by name.
func TestOnesOwnFaults(t *testing.T) {
	p := meet(t)
	p.want(200, `"faults": "gateway=quadratic"`, "POST "+faultsPath+" faults=gateway=quadratic", token...)
	p.want(200, "baggage: attendee=ann", "POST "+faultsPath+" attendee=ann&faults=writer=slow-disk;ms=50&for=10m")
	p.want(200, `"until"`, "GET "+faultsPath+"?attendee=ann")
	p.want(200, "writer=slow-disk;ms=70", "POST "+faultsPath+` {"attendee":"bob","faults":"writer=slow-disk;ms=70"}`)
	if body := p.want(200, "quadratic", "GET "+faultsPath+"?attendee=bob"); strings.Contains(body, "ms=50") {
		t.Errorf("bob's have ann's: %s", body)
	}
	p.want(200, `"off": 0`, "DELETE "+faultsPath+"?attendee=bob&fault=lock-contention")
	p.want(200, `"off": 1`, "DELETE "+faultsPath+"?attendee=bob")
	p.want(200, "ms=50", "GET "+faultsPath+"?attendee=ann")
	for _, f := range []string{"gateway=serial-fanout", "gateway=retry-storm", "writer=n-plus-one"} {
		p.want(200, f, "POST "+faultsPath+" attendee=ann&faults="+f)
	}
	p.want(503, "4 switches are on for ann", "POST "+faultsPath+" attendee=ann&faults=writer=dropped-spans")
	p.want(200, `"off": 4`, "DELETE "+faultsPath+"?attendee=ann")
	p.want(400, "for=-1m", "POST "+faultsPath+" attendee=ann&faults=writer=slow-disk&for=-1m")
	p.want(400, "there is no fault", "POST "+faultsPath+" attendee=ann&faults=writer=gremlins")
	p.want(400, "did you mean fault", "DELETE "+faultsPath+"?attendee=ann&faults=x")
}

// TestARoom is started, seen and reset by whoever has the token; attendees ask for theirs.
func TestARoom(t *testing.T) {
	p := meet(t)
	names := "# the first row\nann\n\nO'Brien & co\r\n"
	body := p.want(200, "", "POST "+room+"?level=2 "+names, append(token, "Content-Type", "text/plain")...)
	var all labapi.Room
	if err := json.Unmarshal([]byte(body), &all); err != nil || len(all.Mysteries) != 2 || all.Mysteries[0].Attendee != "O'Brien & co" || all.Mysteries[1].Level != 2 || all.Mysteries[1].Asked == "" {
		t.Fatalf("%+v, %v", all, err)
	}
	p.want(403, "start one for that name", "POST "+hint+" attendee=ann")
	joined := p.want(200, `"joined": true`, "POST "+mystery+" attendee=ann")
	p.want(403, "show the id", "POST "+mystery+" attendee=ann")
	if !strings.Contains(joined, all.Mysteries[1].ID) || strings.Contains(joined, "asked") {
		t.Errorf("it is another, or told: %s", joined)
	}
	p.want(200, `"step": 1`, "POST "+hint+" id="+all.Mysteries[1].ID)
	p.want(200, "", "POST "+answer+" give_up=1&id="+all.Mysteries[1].ID)
	p.want(200, `"hints": 1`, "GET "+room, token...)
	p.want(200, "gave up", "GET "+room, append(token, "Accept", "*/*")...)
	p.want(200, `"mysteries": 1`, "DELETE "+room+"?attendee=ann", token...)
	p.want(200, "", "POST "+faultsPath+" attendee=bob&faults=writer=slow-disk")
	p.want(200, `"switches": 1`, "DELETE "+room, token...)
	p.want(200, `"mysteries": []`, "GET "+room, token...)
	p.begin("POST " + mystery + " attendee=ann")
	for _, wrong := range []struct{ text, request, kind string }{
		{"line 3: \\\"ann\\\" is the name of line 1 too", "POST " + room + " ann\n#\nann", "text/plain"},
		{"no attendee is named", "POST " + room + " #\n", "text/plain"},
		{"name 2", "POST " + room + ` {"attendees":["ann","bob\u0007"]}`, "application/json"},
		{"101 attendees", "POST " + room + " " + many(101), "text/plain"},
		{"level 9", "POST " + room + "?level=9 ann", "text/plain"},
		{"level 0", "POST " + room + "?level=0 ann", "text/plain"},
		{"has more than", "POST " + room + " " + strings.Repeat("# a comment\n", 10_000), "text/plain"},
	} {
		p.want(400, wrong.text, wrong.request, append(token, "Content-Type", wrong.kind)...)
	}
}

func many(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "attendee %d\n", i)
	}
	return b.String()
}

// TestARoomIsDealt so that each fault of the level comes before one comes again; a seed
// gives all the same.
func TestARoomIsDealt(t *testing.T) {
	p := meet(t)
	for query, kinds := range map[string]int{"level=1": 5, "level=2": 6, "level=1&seed=7": 1} {
		var all labapi.Room
		body := p.want(200, "", "POST "+room+"?"+query+" "+many(12), append(token, "Content-Type", "text/plain")...)
		if err := json.Unmarshal([]byte(body), &all); err != nil {
			t.Fatal(err)
		}
		count := map[string]int{}
		for _, m := range all.Mysteries {
			what, _, _ := strings.Cut(m.Asked, ";")
			count[what]++
		}
		for what, n := range count {
			if least := 12 / kinds; len(count) != kinds || n < least || n > least+1 {
				t.Errorf("%s: %d of %s among %v", query, n, what, count)
			}
		}
	}
}

// TestAFullRoom has no place for one more, until a reset.
func TestAFullRoom(t *testing.T) {
	p := meet(t)
	p.want(200, "", "POST "+room+" "+many(100), append(token, "Content-Type", "text/plain")...)
	p.want(503, "mystery reset", "POST "+mystery+" attendee=zoe")
	p.want(200, `"joined"`, "POST "+mystery+" attendee=attendee%2099")
	p.want(200, `"mysteries": 100`, "DELETE "+room, token...)
	p.begin("POST " + mystery + " attendee=zoe")
}

// TestOneAddressLeavesRoom for others: without the token it starts no more than half.
func TestOneAddressLeavesRoom(t *testing.T) {
	p := meet(t)
	id := ""
	for i := range 50 {
		id = p.begin(fmt.Sprintf("POST %s attendee=a%d", mystery, i))
	}
	p.want(503, "the address 192.0.2.1", "POST "+mystery+" attendee=zoe")
	p.begin("POST " + mystery + " id=" + id)
	p.begin("POST "+mystery+" attendee=zoe", token...)
	p.want(200, `"mysteries": 1`, "DELETE "+room+"?attendee=a7", token...)
	p.begin("POST " + mystery + " attendee=yan")

	on := func(i int) string { return fmt.Sprintf("POST %s attendee=b%d&faults=writer=slow-disk", faultsPath, i) }
	for i := range 32 {
		p.want(200, "slow-disk", on(i))
	}
	p.want(503, "32 switches are on from the address 192.0.2.1", on(32))
	p.want(200, "slow-disk", on(0))
	p.want(200, "slow-disk", on(32), token...)
}

// TestBadNames are a 400 that says why.
func TestBadNames(t *testing.T) {
	p := meet(t)
	for name, reason := range map[string]string{
		"a\x07": "cannot be printed", "a\nb": "cannot be printed", " ann": "space", "ann ": "space", "a\u202eb": "cannot be printed",
		strings.Repeat("x", 65): "at most 64", "\xff": "UTF-8",
	} {
		p.want(400, reason, "POST "+mystery+" attendee="+url.QueryEscape(name))
		p.want(400, reason, "POST "+faultsPath+" faults=writer=slow-disk&attendee="+url.QueryEscape(name))
		p.want(400, reason, "GET "+faultsPath+"?attendee="+url.QueryEscape(name))
	}
}

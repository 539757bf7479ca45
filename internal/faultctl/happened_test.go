package faultctl_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/faultctl"
	"example.com/tracelab/internal/labapi"
)

// TestReportsThatNobodyWaitsFor are refused, and so are those that are none.
func TestReportsThatNobodyWaitsFor(t *testing.T) {
	p := meet(t)
	for _, test := range []struct {
		status     int
		text, body string
	}{
		{404, "nobody waits for the answer", `{"number":"AAAA","costs":[]}`},
		{404, "nobody waits for the answer", `{}`},
		{400, "body", ``},
		{400, "body", `[`},
	} {
		p.want(test.status, test.text, "POST "+labapi.HappenedPath+" "+test.body, "Content-Type", "application/json")
	}
}

// TestReportsShowTheToken where the server has one.
func TestReportsShowTheToken(t *testing.T) {
	h, err := faultctl.New(faultctl.Config{Publish: func(string, any) error { return nil }, Token: secret})
	if err != nil {
		t.Fatal(err)
	}
	for header, want := range map[string]string{"": "TRACELAB_TOKEN", "Bearer s3cre": "TRACELAB_TOKEN", "Bearer " + secret: "nobody waits"} {
		r := httptest.NewRequest("POST", labapi.HappenedPath, strings.NewReader(`{"number":"AAAA"}`))
		r.Header.Set("Authorization", header)
		if err := h.Receive(httptest.NewRecorder(), r); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want %q", header, err, want)
		}
	}
}

// TestAProofIsOfFewTraces, however many there are, each told once by however many processes;
// one that answers too often does no harm.
func TestAProofIsOfFewTraces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := meet(t)
		p.processes = append(p.processes, takesFaults("writer", "writer")...)
		p.want(200, "", "POST "+mystery+" attendee=ann&level=2&seed=7", token...)
		for n := range uint64(40) {
			p.happens(n+1, "ann", time.Now(), 250)
		}
		p.again = 100
		var v labapi.MysteryVerdict
		p.into(&v, "POST "+answer+" attendee=ann&service=writer&cause=slow-disk&ms=250")
		seen := map[string]bool{}
		for _, e := range v.Evidence {
			seen[e.TraceID] = true
		}
		if len(v.Evidence) != 3 || len(seen) != 3 {
			t.Errorf("it is proved by %+v; want three traces", v.Evidence)
		}
	})
}

// TestWhatTheProcessesAreNotTold has not happened: all is as it was before.
func TestWhatTheProcessesAreNotTold(t *testing.T) {
	p := meet(t)
	p.want(200, "", "POST "+mystery+" attendee=ann&seed=7&level=2", token...)
	p.want(200, "", "POST "+faultsPath+" attendee=bob&faults=gateway=quadratic")
	before, on := p.want(200, "", "GET "+room, token...), p.published()
	p.full = true
	for _, request := range []string{
		"POST " + mystery + " attendee=ann", "POST " + mystery + " attendee=zoe", "POST " + mystery + " level=1",
		"POST " + room + ` {"attendees":["ann","zoe"]}`, "DELETE " + room, "DELETE " + room + "?attendee=ann",
		"POST " + answer + " attendee=ann&give_up=1", "POST " + answer + " attendee=ann&service=writer&cause=slow-disk",
		"POST " + faultsPath + " attendee=bob&faults=writer=slow-disk", "DELETE " + faultsPath + "?attendee=bob",
	} {
		p.want(503, "so much cannot be on at once: it is full", request, token...)
		if after := p.want(200, "", "GET "+room, token...); after != before || p.published() != on {
			t.Errorf("after %s there is %s, and %q is on; want %s and %q", request, after, p.published(), before, on)
		}
	}
	p.full = false
	p.want(200, `"over": true`, "POST "+answer+" attendee=ann&give_up=1", token...)
	p.want(200, `"off": 1`, "DELETE "+faultsPath+"?attendee=bob")
}

// TestEverybodysMystery is for the trusted alone, or whoever they gave its id.
func TestEverybodysMystery(t *testing.T) {
	p := meet(t)
	id := p.begin("POST "+mystery+" level=2", token...)
	for _, request := range []string{"GET " + mystery, "POST " + hint + " {}", "POST " + answer + " give_up=1"} {
		p.want(403, "to take part in everybody's mystery", request)
	}
	p.want(200, `"step": 1`, "POST "+hint+" id="+id)
	p.want(200, `"over": true`, "POST "+answer+" give_up=1&id="+id)
	p.want(404, "no mystery is under way for everybody, the last one is over", "POST "+hint+" {}", token...)
}

// TestWrongParameters are refused by the name of the one that is wrong.
func TestWrongParameters(t *testing.T) {
	p := meet(t)
	later := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	for _, test := range []struct{ text, request string }{
		{"for and until are given", "POST " + faultsPath + " faults=writer=slow-disk&for=1m&until=" + later},
		{"for=soon", "POST " + faultsPath + " faults=writer=slow-disk&for=soon"},
		{"for=0s", "POST " + faultsPath + " faults=writer=slow-disk&for=0s"},
		{"ms=-7", "POST " + answer + " service=writer&cause=slow-disk&ms=-7"},
		{"the parameter level", "POST " + mystery + " attendee=ann&level=none"},
		{"attende", "GET " + mystery + "?attende=ann"},
		{"attende", "DELETE " + room + "?attende=ann"},
		{"level", "POST " + room + "?level=none ann"},
		{"no mystery has the id", "POST " + mystery + " id=AAAAAAAAAAAA"},
	} {
		status, body := p.ask(test.request, append(token, "Content-Type", contentType(test.request))...)
		if status/100 != 4 || !strings.Contains(body, test.text) {
			t.Errorf("%s: %d %s; want %q", test.request, status, body, test.text)
		}
	}
	if p.published() != "" {
		t.Errorf("%s is on", p.published())
	}
}

// contentType is that of what a room's attendees are named in, or of a form.
func contentType(request string) string {
	if strings.HasPrefix(request, "POST "+room) {
		return "text/plain"
	}
	return "application/x-www-form-urlencoded"
}

// TestAVisitThatCanBeMade is of the third party of the gateway that connected last, and
// names no URL where the gateway tells none.
func TestAVisitThatCanBeMade(t *testing.T) {
	at := time.Now()
	gateway := func(visits string, after time.Duration) control.Process {
		return control.Process{Registration: control.Registration{Service: "gateway", Faults: true, Visits: visits}, ConnectedAt: at.Add(after)}
	}
	for name, test := range map[string]struct {
		gateways []control.Process
		urls     []string
	}{
		"ours":              {[]control.Process{gateway("http://third:80/get", 0)}, []string{"http://third:80/delay/0.3", "http://third:80/get"}},
		"the latest":        {[]control.Process{gateway("http://new:80/get", 1), gateway("http://old:80/get", 0)}, []string{"http://new:80/delay/0.3", "http://new:80/get"}},
		"another":           {[]control.Process{gateway("https://go.dev/", 0)}, []string{"https://go.dev/", "https://go.dev/"}},
		"none":              {[]control.Process{gateway("", 0)}, nil},
		"one that is wrong": {[]control.Process{gateway("http://[", 0)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := meet(t)
			p.processes = append(test.gateways, takesFaults("fetcher", "writer")...)
			var m labapi.Mystery
			p.into(&m, "POST "+mystery+" attendee=ann")
			want := ""
			for _, url := range test.urls {
				want += fmt.Sprintf(" -d 'url=%s'", url)
			}
			if got := strings.Count(m.Visit, "url="); got != len(test.urls) || !strings.Contains(strings.ReplaceAll(m.Visit, "'", ""), strings.ReplaceAll(want, "'", "")) {
				t.Errorf("the visit is %s; want %s in it", m.Visit, want)
			}
		})
	}
}

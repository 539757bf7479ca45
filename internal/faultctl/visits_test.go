package faultctl_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// gateway notes what it is asked, and answers with a trace, whose spans come, or do not.
type gateway struct {
	b      *board
	answer func(w http.ResponseWriter, id string) // nil: the answer of a visit

	mu    sync.Mutex
	asked []string
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked = append(g.asked, fmt.Sprint(r.Method, " ", r.URL, " ", r.Header.Get("Fault"), " ", r.Header.Get("Baggage")))
	id := zipkin.TraceID{Low: uint64(len(g.asked))}
	if g.answer != nil {
		g.answer(w, id.String())
		return
	}
	g.b.store.Add([]zipkin.Span{{TraceID: id, ID: 1, Kind: zipkin.Server, Name: "get /visit", Timestamp: time.Now().UnixMicro(), Duration: 900, Local: zipkin.Endpoint{ServiceName: "gateway"}}})
	fmt.Fprintf(w, `{"traceId":%q,"traceUrl":"http://ui/zipkin/traces/x","sampled":true}`, id)
}

// visiting is a board beside a gateway.
func visiting(t *testing.T, answer func(http.ResponseWriter, string)) (*board, *gateway) {
	t.Helper()
	b := newBoard(t)
	g := &gateway{b: b, answer: answer}
	srv := httptest.NewServer(g)
	t.Cleanup(srv.Close)
	for i := range b.processes {
		b.processes[i].URL = srv.URL
	}
	return b, g
}

func (b *board) ask(method, form string) (int, labapi.Visits, string) {
	r := httptest.NewRequest(method, labapi.VisitsPath, strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if method == http.MethodGet {
		r = httptest.NewRequest(method, labapi.VisitsPath+"?"+form, nil)
	}
	w := httptest.NewRecorder()
	b.router.ServeHTTP(w, r)
	var v labapi.Visits
	_ = json.Unmarshal(w.Body.Bytes(), &v) // of an error it stays empty
	return w.Code, v, w.Body.String()
}

func TestVisitsAreMade(t *testing.T) {
	for form, want := range map[string][]string{
		"":                     {"GET /visit  "},
		"times=2&attendee=ann": {"GET /visit  attendee=ann", "GET /visit  attendee=ann"},
		"fault=" + url.QueryEscape("writer=slow-disk;ms=5") + "&attendee=O%27Brien+%26+co": {"GET /visit writer=slow-disk;ms=5 attendee=O%27Brien%20&%20co"},
		"fault=writer%3Dslow-queue":                              {"POST /visits writer=slow-queue "},
		"fault=gateway%3Dserial-fanout":                          {"GET /visit?url=http%3A%2F%2Fthird%3A80%2Fdelay%2F0.3&url=http%3A%2F%2Fthird%3A80%2Fget gateway=serial-fanout "},
		"fault=" + url.QueryEscape("writer=slow-disk;percent=1"): slices.Repeat([]string{"GET /visit writer=slow-disk;percent=1 "}, labapi.MaxVisits),
	} {
		b, g := visiting(t, nil)
		_, line, text := b.ask(http.MethodGet, form)
		if len(g.asked) > 0 || !strings.Contains(line.Visit, "curl -s") {
			t.Errorf("%s: to tell the line %q was asked, and it is %s", form, g.asked, text)
		}
		status, v, text := b.ask(http.MethodPost, form)
		if status != 200 || !slices.Equal(g.asked, want) || len(v.Visits) != len(want) || v.Visit != line.Visit {
			t.Errorf("%s: asked %q, want %q; answered %d %s", form, g.asked, want, status, text)
		}
		for _, made := range v.Visits {
			if !made.Sampled || !made.Arrived || made.Spans != 1 || made.Status != 200 {
				t.Errorf("%s: %+v", form, made)
			}
		}
	}
}

func TestVisitsThatAreNotMade(t *testing.T) {
	for form, says := range map[string]string{
		"times=11":             "times=11: want 1 to 10 visits",
		"times=-1":             "want 1 to 10",
		"fault=writer%3Dghost": `there is no fault`,
		"attendee=+ann":        "begins or ends with a space",
		"url=http://evil":      `"url" is no parameter of /tracelab/v1/visits`,
		"fault=writer%3Dslow-disk%0D%0AX-Evil%3A+1": "slow-disk",
	} {
		b, g := visiting(t, nil)
		if status, _, text := b.ask(http.MethodPost, form); status != 400 || !strings.Contains(text, strings.ReplaceAll(says, `"`, `\"`)) || len(g.asked) > 0 {
			t.Errorf("%s: %d %s; asked %q", form, status, text, g.asked)
		}
	}
	for name, c := range map[string]struct {
		answer func(http.ResponseWriter, string)
		says   string
	}{
		"another program": {func(w http.ResponseWriter, _ string) { io.WriteString(w, "hello") }, "the gateway answered 200 with something else than a visit"},
		"a redirect": {func(w http.ResponseWriter, _ string) {
			http.Redirect(w, httptest.NewRequest("GET", "/", nil), "http://127.0.0.1:1/", 302)
		}, "the gateway answered 302"},
		"an odd id": {func(w http.ResponseWriter, _ string) { io.WriteString(w, `{"traceId":"../x"}`) }, "something else than a visit"},
	} {
		b, _ := visiting(t, c.answer)
		if status, _, text := b.ask(http.MethodPost, ""); status != 502 || !strings.Contains(text, c.says) {
			t.Errorf("%s: %d %s", name, status, text)
		}
	}
	b := newBoard(t)
	b.processes = nil
	if status, _, text := b.ask(http.MethodPost, "fault=writer%3Dslow-disk"); status != 503 || !strings.Contains(text, "no service is connected") {
		t.Errorf("%d %s", status, text)
	}
}

// TestVisitsBeforeAnError are told with it: they have traces.
func TestVisitsBeforeAnError(t *testing.T) {
	first := zipkin.TraceID{Low: 1}.String()
	b, _ := visiting(t, func(w http.ResponseWriter, id string) {
		if id == first {
			fmt.Fprintf(w, `{"traceId":%q}`, id)
			return
		}
		io.WriteString(w, "hello")
	})
	status, v, text := b.ask(http.MethodPost, "times=3")
	if status != 502 || !strings.Contains(text, "1 of 3 visits were made; then the gateway answered 200") || len(v.Visits) != 1 || v.Visits[0].TraceID != first {
		t.Errorf("%d %s", status, text)
	}
}

// TestAVisitThatFails and one that is not recorded are told as they are, and not waited for.
func TestAVisitThatFails(t *testing.T) {
	b, _ := visiting(t, func(w http.ResponseWriter, id string) {
		w.WriteHeader(http.StatusBadGateway)
		fmt.Fprintf(w, `{"traceId":%q,"detail":"redis refuses"}`, id)
	})
	status, v, text := b.ask(http.MethodPost, "")
	if want := (labapi.Visit{TraceID: zipkin.TraceID{Low: 1}.String(), Status: 502, Detail: "redis refuses"}); status != 200 || len(v.Visits) != 1 || v.Visits[0] != want {
		t.Errorf("%d %s", status, text)
	}
}

// TestFourAtOnce are enough: a fifth is told so at once.
func TestFourAtOnce(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	b := newBoard(t)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		entered <- struct{}{}
		<-leave
		io.WriteString(w, `{"traceId":"1234567890123456"}`)
	}))
	t.Cleanup(srv.Close)
	b.processes[0].URL = srv.URL
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if status, _, text := b.ask(http.MethodPost, ""); status != 200 {
				t.Errorf("%d %s", status, text)
			}
		})
		<-entered
	}
	if status, _, text := b.ask(http.MethodPost, ""); status != 503 || !strings.Contains(text, "the visits of 4 people are under way") {
		t.Errorf("%d %s", status, text)
	}
	close(leave)
	all.Wait()
}

// TestWhoSwitchedOn is told to the trusted with the address, and to others without.
func TestWhoSwitchedOn(t *testing.T) {
	b := start(t)
	b.Token = ""
	if _, err := b.SwitchOn(t.Context(), labapi.SwitchOn{Switch: labapi.Switch{Faults: "writer=slow-disk", Attendee: "ann"}}); err != nil {
		t.Fatal(err)
	}
	for token, want := range map[string]string{"": labapi.ByOthers, secret: "127.0.0.1"} {
		b.Token = token
		if f, err := b.Faults(t.Context()); err != nil || len(f.On) != 1 || f.On[0].By != want || time.Since(f.On[0].Since) > time.Minute {
			t.Errorf("with the token %q: %+v, %v; want %q", token, f.On, err, want)
		}
	}
	b.Token = secret
	if _, err := b.SwitchOn(t.Context(), labapi.SwitchOn{Switch: labapi.Switch{Faults: "gateway=quadratic"}}); err != nil {
		t.Fatal(err)
	}
	if f, err := b.Faults(t.Context()); err != nil || f.On[1].By != labapi.ByTrusted {
		t.Errorf("%+v, %v", f.On, err)
	}
}

package workshop

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/webtest"
)

// serveUI returns the routes of the pages.
func serveUI(cfg Config) http.Handler {
	s := webtest.Shell("the embedded store")
	return webtest.Serve(s, New(s, cfg))
}

// api is one that answers as it is told, and notes what changes something.
type api struct {
	stack   labapi.Stack
	faults  labapi.Faults
	room    labapi.Room
	visits  labapi.Visits
	trusted bool
	refuse  string // why nothing is changed

	asked []string
}

const token = "s3cret"

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	trusted := a.trusted || r.Header.Get("Authorization") == "Bearer "+token
	if r.Method != http.MethodGet {
		a.asked = append(a.asked, r.Method+" "+r.URL.Path+" "+r.URL.Query().Encode())
		if a.refuse != "" {
			refuse(w, http.StatusConflict, a.refuse)
			return
		}
	}
	answers := map[string]any{labapi.StackPath: a.stack, labapi.FaultsPath: a.faults, labapi.VisitsPath: a.visits, labapi.RoomPath: a.room, labapi.SamplingPath: labapi.Sampling{}}
	switch v, known := answers[r.URL.Path]; {
	case !known:
		http.NotFound(w, r)
	case r.URL.Path == labapi.RoomPath && !trusted:
		refuse(w, http.StatusForbidden, "show the server's token")
	default:
		if r.URL.Path == labapi.VisitsPath && r.Method == http.MethodGet {
			v = labapi.Visits{Visit: "curl <" + r.URL.Query().Encode() + ">"}
		}
		json.NewEncoder(w).Encode(v)
	}
}

func refuse(w http.ResponseWriter, status int, why string) {
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"status":%d,"detail":%q}`, status, why)
}

var catalogue = []labapi.Fault{
	{Name: "gc-pressure", Service: "fetcher", Summary: "a storm", Truth: labapi.Truth{State: "gc-assist"}},
	{Name: "lock-contention", Service: "writer", Summary: "a mutex <held>", Params: []labapi.Param{{Name: "ms", Default: 100}}, Truth: labapi.Truth{State: "sync"}},
	{Name: "failing-dependency", Service: "writer", Summary: "Redis refuses"},
	{Name: "n-plus-one", Service: "writer", Summary: "a command for each row"},
}

// running is the API of a stack of which the fetcher is not ready, and no writer runs.
func running() *api {
	began := webtest.Noon.Add(-90 * time.Second)
	is := func(service string) control.Process {
		return control.Process{Registration: control.Registration{Service: service, Instance: service[:1], Sampler: "always", Version: "<v1>", Go: "go1.26", StartedAt: began}, URL: "http://127.0.0.1:1"}
	}
	return &api{trusted: true, stack: labapi.Stack{Source: "the embedded store", Gateway: "http://localhost:8080", Processes: []control.Process{is("fetcher"), is("gateway")},
		Server: control.Registration{Instance: "S", Addr: "127.0.0.1:9411", StartedAt: began},
		Status: &labapi.Status{At: webtest.Noon, Store: &labapi.StoreStatus{Spans: 7, Traces: 2, Accepted: 9, EvictedTraces: 1, Evicted: map[string]int64{"bytes": 2}},
			Processes: []labapi.ProcessStatus{
				{Instance: "f", Problem: "not ready; redis: <no> answer", Spans: labapi.SpanStatus{Delivered: 123_456, Dropped: map[string]uint64{"queue_full": 3, "invalid": 2}}},
				{Instance: "g", GOMAXPROCS: 4, ResidentBytes: 20 << 20, Queue: &labapi.QueueStatus{Waiting: 8, Most: 100},
					Recorder: &labapi.RecorderStatus{WindowSeconds: 10, MaxBytes: 16 << 20, Delivered: 6, Last: &labapi.LastSnapshot{TakenAt: began, HeldUS: 9_800_000, Bytes: 2048}}},
			},
			Limits: []labapi.Limit{{Name: "snapshots stored", Used: 256, Most: 256}, {Name: "memory of the spans", Used: 1 << 20, Most: 4 << 20, Bytes: true}}}}}
}

func serve(a *api, reader *webtest.Reader) http.Handler {
	if reader == nil {
		reader = &webtest.Reader{}
	}
	return serveUI(Config{API: a, Reader: reader, Faults: catalogue})
}

// post sends a form as a browser does, from a page of an origin; empty: from no page.
func post(h http.Handler, path string, form url.Values, origin string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "http://localhost"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if origin != "" {
		r.Header.Set("Origin", origin)
	}
	return webtest.Ask(h, r)
}

// holds says which of the texts a page lacks, or has as markup.
func holds(t *testing.T, w *httptest.ResponseRecorder, want ...string) {
	t.Helper()
	if strings.Contains(w.Body.String(), "<no>") || strings.Contains(w.Body.String(), "<held>") || strings.Contains(w.Body.String(), "<v1>") {
		t.Error("text became markup")
	}
	body := html.UnescapeString(w.Body.String())
	for _, text := range want {
		if !strings.Contains(body, text) {
			t.Errorf("the page lacks %s", text)
		}
	}
}

// TestOnlyPagesOfThisServerChangeAnything and no name that is not the server's.
func TestOnlyPagesOfThisServerChangeAnything(t *testing.T) {
	for path, form := range map[string]url.Values{"/start": {"make": {"one"}}, "/stack": {"do": {"sampling"}, "sampler": {"never"}}, "/mystery": {"token": {token}}} {
		a := running()
		h := serve(a, nil)
		for _, origin := range []string{"http://evil.example", "null"} {
			if w := post(h, path, form, origin); w.Code != http.StatusForbidden || len(a.asked) > 0 {
				t.Errorf("%s from %s: %d, asked %q", path, origin, w.Code, a.asked)
			}
		}
		r := httptest.NewRequest("POST", "http://evil.example"+path, strings.NewReader(form.Encode()))
		if w := webtest.Ask(h, r); w.Code != http.StatusForbidden || len(a.asked) > 0 {
			t.Errorf("%s by another name: %d, asked %q", path, w.Code, a.asked)
		}
		if w := post(h, path, form, "http://localhost"); w.Code >= 400 {
			t.Errorf("%s from its own page: %d", path, w.Code)
		}
		huge := url.Values{"make": {strings.Repeat("x", maxForm)}}
		if w := post(h, path, huge, ""); w.Code != http.StatusBadRequest {
			t.Errorf("%s with a form of 64 kB: %d", path, w.Code)
		}
	}
}

func TestWithoutAnAPIThereAreNoPagesOfIt(t *testing.T) {
	h := serveUI(Config{Faults: catalogue})
	for _, path := range []string{"/start", "/stack", "/stack/live"} {
		if w := webtest.Get(t, h, path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if body, _ := io.ReadAll(webtest.Get(t, h, "/mystery").Body); strings.Contains(string(body), `href="/stack"`) {
		t.Error("a page leads to one that there is not")
	}
}

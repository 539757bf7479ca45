package recordings_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/executions/files"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/recordings"
	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/workload"
)

var recordOnce = sync.OnceValues(func() ([]byte, error) { return workload.Generations() })

func trace(t *testing.T) []byte {
	t.Helper()
	b, err := recordOnce()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// world is a Recorder, and processes that were asked.
type world struct {
	*recordings.Recorder
	t     *testing.T
	url   string
	files *files.Files
	asked chan labapi.RecordingRequest
}

const secret = "s3cret"

// begin has processes of services, whose instances are their places in the list.
func begin(t *testing.T, silent time.Duration, most int64, services ...string) *world {
	t.Helper()
	w := &world{t: t, files: files.New(files.Bounds{File: 1 << 30, Bytes: 1 << 30, Files: 100}), asked: make(chan labapi.RecordingRequest, 100)}
	w.Recorder = recordings.New(recordings.Config{Token: secret, Keeper: w.files, Most: most, Silent: silent,
		Processes: func() (list []control.Process) {
			for i, name := range services {
				list = append(list, control.Process{Registration: control.Registration{Service: name, Instance: string(rune('1' + i))}})
			}
			return list
		},
		Send: func(instance, kind string, body any) error {
			if kind != labapi.RecordingRequested {
				t.Errorf("it was sent a %s", kind)
			}
			if services[instance[0]-'1'] == "gone" {
				return errors.New("no process has a control stream")
			}
			w.asked <- body.(labapi.RecordingRequest)
			return nil
		}})
	srv := httptest.NewServer(httpapi.NewRouter([]httpapi.Route{{Pattern: "POST " + labapi.RecordingsPath + "/{id}", Handler: w.Receive}}, httpapi.Options{}))
	t.Cleanup(srv.Close)
	t.Cleanup(w.files.Close)
	t.Cleanup(w.Close)
	w.url = srv.URL + labapi.RecordingsPath + "/"
	return w
}

// post sends what a process does, and returns the status; 0: the connection broke.
func (w *world) post(id, token, refused string, body io.Reader) int {
	req, err := http.NewRequest(http.MethodPost, w.url+id, body)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if refused != "" {
		req.Header.Set(labapi.RefusedHeader, refused)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

func (w *world) record(process string) string {
	w.t.Helper()
	id, err := w.Record(process, 3)
	if err != nil {
		w.t.Fatal(err)
	}
	if ask := <-w.asked; ask.ID != id || ask.Seconds != 3 {
		w.t.Fatalf("it was asked for %+v", ask)
	}
	return id
}

// await waits until a recording is in a state.
func (w *world) await(id string, state executions.RecordingState, note string) executions.Recording {
	w.t.Helper()
	var of executions.Recording
	err := testbed.Eventually(func() error {
		var ok bool
		if of, ok = w.Recording(id); !ok || of.State != state {
			return errors.New("not yet")
		}
		return nil
	})
	if err != nil || !strings.Contains(of.Note, note) || (note == "") != (of.Note == "") {
		w.t.Errorf("%+v, want the state %d and %q: %v", of, state, note, err)
	}
	return of
}

func TestARecording(t *testing.T) {
	w, b := begin(t, time.Hour, 1<<30, "gateway"), trace(t)
	id := w.record("gateway")
	w.await(id, executions.Asked, "")
	r, body := io.Pipe()
	status := make(chan int)
	go func() { status <- w.post(id, secret, "", r) }()
	body.Write(b[:1000])
	w.await(id, executions.InProgress, "")
	body.Write(b[1000:])
	body.Close()
	if got := <-status; got != http.StatusOK {
		t.Errorf("status %d", got)
	}
	of := w.await(id, executions.Recorded, "")
	sources := w.files.Sources()
	if of.Bytes != int64(len(b)) || len(sources) != 1 || sources[0].ID != of.Execution || !strings.HasPrefix(sources[0].Name, "gateway, ") {
		t.Errorf("%+v, %+v", of, sources)
	}
	if w.Cancel(id) || w.Cancel("other") {
		t.Error("what has ended can be cancelled")
	}
	if got := w.post(id, secret, "", bytes.NewReader(b)); got != http.StatusNotFound {
		t.Errorf("once more: %d", got)
	}
}

func TestWhoCannotBeAsked(t *testing.T) {
	w := begin(t, time.Hour, 1<<30, "gateway", "writer", "writer", "gone", "a", "b", "c")
	for _, c := range []struct {
		process string
		seconds int
		want    string
	}{
		{"gateway", 0, "0 seconds"}, {"gateway", 31, "1 to 30"}, {"", 1, "no process"}, {"none", 1, "no process"}, {"writer", 1, "2 processes"}, {"gone", 1, "control stream"}, {"gone", 1, "control stream"},
		{"3", 1, ""}, {"3", 1, "one execution trace at a time"}, {"gateway", 1, ""}, {"1", 1, "one execution trace at a time"}, {"a", 1, ""}, {"b", 1, ""}, {"c", 1, "4 processes"},
	} {
		if _, err := w.Record(c.process, c.seconds); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.process, err, c.want)
		}
	}
	if p := w.Processes(); len(p) != 7 || p[2] != (executions.Process{Service: "writer", Instance: "3"}) {
		t.Errorf("%+v", p)
	}
}

// TestWhatGoesWrong is said, and what has come is kept where it can be read.
func TestWhatGoesWrong(t *testing.T) {
	b := trace(t)
	broken := func(n int) io.Reader {
		r, body := io.Pipe()
		go func() {
			body.Write(b[:n])
			body.CloseWithError(errors.New("killed"))
		}()
		return r
	}
	for name, c := range map[string]struct {
		most    int64
		refused string
		body    io.Reader
		status  int
		state   executions.RecordingState
		note    string
	}{
		"refused":            {1 << 30, "execution tracer already enabled", nil, 200, executions.Failed, "already enabled"},
		"foreign":            {1 << 30, "", strings.NewReader("a log-in page"), 503, executions.Failed, "no Go execution trace"},
		"nothing":            {1 << 30, "", strings.NewReader(""), 503, executions.Failed, "is empty"},
		"too much":           {int64(len(b)) / 2, "", bytes.NewReader(b), 200, executions.Recorded, "first"},
		"broken":             {1 << 30, "", broken(len(b) - 100), 0, executions.Recorded, "stopped sending"},
		"broken at once":     {1 << 30, "", broken(0), 0, executions.Failed, "did not arrive"},
		"broken in its head": {1 << 30, "", broken(9), 0, executions.Failed, "within its header"},
	} {
		t.Run(name, func(t *testing.T) {
			w := begin(t, time.Hour, c.most, "gateway")
			id := w.record("gateway")
			if got := w.post(id, secret, c.refused, c.body); got != c.status && c.status != 0 {
				t.Errorf("status %d, want %d", got, c.status)
			}
			of := w.await(id, c.state, c.note)
			if (of.Execution != "") != (c.state == executions.Recorded) || len(w.files.Sources()) > 0 != (c.state == executions.Recorded) {
				t.Errorf("%+v, %d kept", of, len(w.files.Sources()))
			}
			w.record("gateway") // which can be asked again
		})
	}
}

func TestStrangersAreRejected(t *testing.T) {
	w := begin(t, time.Hour, 1<<30, "gateway")
	id := w.record("gateway")
	for what, got := range map[string]int{"wrong token": w.post(id, "s3cre", "", strings.NewReader("x")), "wrong id": w.post("x", secret, "", strings.NewReader("x"))} {
		if got != http.StatusUnauthorized && got != http.StatusNotFound {
			t.Errorf("%s: %d", what, got)
		}
	}
	w.await(id, executions.Asked, "")
}

func TestAProcessThatSaysNothing(t *testing.T) {
	w := begin(t, time.Millisecond, 1<<30, "gateway")
	id := w.record("gateway")
	w.await(id, executions.Failed, "nothing within 1ms")
	if got := w.post(id, secret, "", bytes.NewReader(trace(t))); got != http.StatusNotFound || len(w.files.Sources()) > 0 {
		t.Errorf("too late: %d", got)
	}
}

// TestCancel before anything has come, and after: nothing is kept.
func TestCancel(t *testing.T) {
	for _, close := range []bool{false, true} {
		w, b := begin(t, time.Hour, 1<<30, "gateway", "writer"), trace(t)
		early, late := w.record("gateway"), w.record("writer")
		r, body := io.Pipe()
		status := make(chan int)
		go func() { status <- w.post(late, secret, "", r) }()
		body.Write(b[:1000])
		w.await(late, executions.InProgress, "")
		if close {
			w.Close()
		} else if !w.Cancel(late) || !w.Cancel(early) {
			t.Error("they are not under way")
		}
		w.await(early, executions.Cancelled, "")
		w.await(late, executions.Cancelled, "")
		if got := <-status; got == http.StatusOK {
			t.Errorf("status %d", got)
		}
		body.Close()
		if got := w.post(early, secret, "", bytes.NewReader(b)); got != http.StatusNotFound {
			t.Errorf("status %d", got)
		}
		if n := len(w.files.Sources()); n > 0 {
			t.Errorf("%d are kept", n)
		}
	}
}

// TestOnlyTheLastAreRemembered, and all that are under way.
func TestOnlyTheLastAreRemembered(t *testing.T) {
	w := begin(t, time.Hour, 1<<30, "gateway", "writer")
	first := w.record("writer")
	var last string
	for range 30 {
		last = w.record("gateway")
		w.Cancel(last)
	}
	all := w.Recordings()
	if len(all) != 9 && len(all) != 10 || all[0].ID != last || all[len(all)-1].ID != first {
		t.Errorf("%d: %+v", len(all), all)
	}
	if _, ok := w.Recording("other"); ok {
		t.Error("one that is not there")
	}
}

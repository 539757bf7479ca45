package execution_test

import (
	"bytes"
	"errors"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/executions/files"
	"example.com/tracelab/internal/web/execution"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/web/webtest"
)

// recorder has recordings, and records of one process.
type recorder struct {
	all      []executions.Recording
	asked    int
	canceled string
}

func (r *recorder) Processes() []executions.Process {
	return []executions.Process{{Service: "gateway", Instance: "G1"}, {Service: script, Instance: "H1"}}
}

func (r *recorder) Record(process string, seconds int) (string, error) {
	if process != "G1" {
		return "", errors.New("no process " + process + " is connected")
	}
	r.asked = seconds
	return "r1", nil
}

func (r *recorder) Cancel(id string) bool {
	r.canceled = id
	of, ok := r.Recording(id)
	return ok && !of.State.Ended()
}

func (r *recorder) Recording(id string) (executions.Recording, bool) {
	for _, of := range r.all {
		if of.ID == id {
			return of, true
		}
	}
	return executions.Recording{}, false
}

func (r *recorder) Recordings() []executions.Recording { return r.all }

const script = `<script>alert("1")</script>`

// send posts a body to pages, and returns the answer with its text as people see it.
func send(t *testing.T, h http.Handler, path, kind string, body io.Reader, header ...string) (*httptest.ResponseRecorder, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, body)
	r.Host = "localhost"
	r.Header.Set("Content-Type", kind)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if strings.Contains(w.Body.String(), script) {
		t.Errorf("%s has a script of others", path)
	}
	return w, html.UnescapeString(w.Body.String())
}

func form(values ...string) io.Reader {
	v := url.Values{}
	for i := 0; i+1 < len(values); i += 2 {
		v.Set(values[i], values[i+1])
	}
	return strings.NewReader(v.Encode())
}

const isForm = "application/x-www-form-urlencoded"

func TestAProcessIsAskedByAForm(t *testing.T) {
	r := &recorder{}
	s := serve(t, record(t, "tasks"), execution.Config{Recorder: r})
	if list := webtest.Get(t, s, "/exec").Body.String(); !strings.Contains(list, `<option value="G1">gateway G1</option>`) || strings.Contains(list, script) || strings.Contains(list, "/exec/file") {
		t.Errorf("the list is %s", list)
	}
	for name, c := range map[string]struct {
		process, seconds string
		header           []string
		status           int
		want             string
	}{
		"right":          {"G1", " 7 ", nil, 303, ""},
		"no number":      {"G1", script, nil, 400, "cannot be recorded"},
		"none":           {"G1", "", nil, 400, "from 1 to 30"},
		"too long":       {"G1", "31", nil, 400, `"31" seconds cannot`},
		"no process":     {script, "1", nil, 409, "is connected"},
		"another origin": {"G1", "1", []string{"Origin", "http://evil.example"}, 403, "cross-origin"},
	} {
		r.asked = 0
		w, text := send(t, s, "/exec/record", isForm, form("process", c.process, "seconds", c.seconds), c.header...)
		if c.status == 400 && !strings.Contains(text, `href="/exec?lang=zh"`) {
			t.Errorf("%s has another language elsewhere: %s", name, text)
		}
		if w.Code != c.status || !strings.Contains(text, c.want) || (r.asked == 7) != (c.status == 303) {
			t.Errorf("%s: %d, asked for %d s: %s", name, w.Code, r.asked, text)
		}
		if to := w.Header().Get("Location"); c.status == 303 && to != "/exec/recording?id=r1" {
			t.Errorf("it leads to %s", to)
		}
	}
}

func TestHowFarARecordingIs(t *testing.T) {
	of := func(id string, state executions.RecordingState, execution, note string) executions.Recording {
		return executions.Recording{ID: id, Process: executions.Process{Service: script, Instance: "H1"}, Seconds: 5, State: state, Began: time.Now().Add(-3100 * time.Millisecond), Bytes: 1000, Execution: execution, Note: note}
	}
	late := of("late", executions.InProgress, "", "")
	late.Began = time.Now().Add(-time.Minute)
	r := &recorder{all: []executions.Recording{of("asked", executions.Asked, "", ""), of("going", executions.InProgress, "", ""), late, of("done", executions.Recorded, "t", ""),
		of("cut", executions.Recorded, "t", "cut "+script), of("failed", executions.Failed, "", script), of("cancelled", executions.Cancelled, "", "")}}
	s := serve(t, record(t, "tasks"), execution.Config{Recorder: r})
	list := webtest.Get(t, s, "/exec").Body.String()
	for id, c := range map[string]struct {
		status   int
		want, to string
		again    bool
	}{
		"asked": {200, "the process is asked", "", true}, "going": {200, "of 5 s, 1 kB", "", true}, "late": {200, "the last of it is sent: 1 kB", "", true},
		"done": {303, "", "/exec/t", false}, "cut": {200, `href="/exec/t"`, "", false}, "failed": {200, "not recorded", "", false}, "cancelled": {200, "cancelled", "", false},
		"other": {404, "no such recording", "", false},
	} {
		w := webtest.Get(t, s, "/exec/recording?id="+id)
		if body := w.Body.String(); w.Code != c.status || !strings.Contains(body, c.want) || w.Header().Get("Location") != c.to || (w.Header().Get("Refresh") != "") != c.again ||
			strings.Contains(body, script) || c.again != strings.Contains(body, `action="/exec/cancel"`) {
			t.Errorf("%s: %d, %v: %s", id, w.Code, w.Header(), body)
		}
		if c.status != 404 && !strings.Contains(list, `href="/exec/recording?id=`+id+`"`) || strings.Contains(list, script) {
			t.Errorf("%s is not in the list: %s", id, list)
		}
		w, _ = send(t, s, "/exec/cancel", isForm, form("id", id))
		if want := map[bool]string{true: "/exec", false: "/exec/recording?id=" + id}[c.again]; w.Header().Get("Location") != want || r.canceled != id {
			t.Errorf("cancelling %s leads to %s, want %s", id, w.Header().Get("Location"), want)
		}
	}
}

// upload is a form with a file.
func upload(field, name string, b []byte) (kind string, body *bytes.Buffer) {
	body = new(bytes.Buffer)
	w := multipart.NewWriter(body)
	w.WriteField("other", "x")
	part, _ := w.CreateFormFile(field, name)
	part.Write(b)
	w.Close()
	return w.FormDataContentType(), body
}

func TestFilesAreOpened(t *testing.T) {
	b := record(t, "tasks")
	given := files.New(files.Bounds{File: int64(len(b)), Bytes: int64(2 * len(b)), Files: 2})
	t.Cleanup(given.Close)
	s := serveFrom(t, executions.New(1<<30, given.Sources), execution.Config{Keeper: given})
	for name, c := range map[string]struct {
		field, file string
		body        []byte
		header      []string
		status      int
		want        string
	}{
		"right":          {"file", "a.trace", b, nil, 303, ""},
		"cut":            {"file", "cut.trace", b[:len(b)/2], nil, 303, ""},
		"damaged":        {"file", "damaged.trace", append(bytes.Clone(b[:len(b)/2]), bytes.Repeat([]byte{0xff}, 50)...), nil, 303, ""},
		"hostile name":   {"file", script, b, nil, 303, ""},
		"empty":          {"file", "a.trace", nil, nil, 422, "it is empty"},
		"foreign":        {"file", script, []byte("MZ\x90 is a program"), nil, 422, "begins with"},
		"too large":      {"file", "a.trace", append(bytes.Clone(b), make([]byte, 100_000)...), nil, 413, "tracelab exec view"},
		"a byte more":    {"file", "a.trace", append(bytes.Clone(b), 0), nil, 413, "tracelab exec view"},
		"no file":        {"file", "", b, nil, 400, "no file was chosen"},
		"another field":  {"fil", "a.trace", b, nil, 400, `no field "file"`},
		"another origin": {"file", "a.trace", b, []string{"Origin", "http://evil.example"}, 403, "cross-origin"},
	} {
		kind, body := upload(c.field, c.file, c.body)
		w, text := send(t, s, "/exec/file", kind, body, c.header...)
		if w.Code != c.status || !strings.Contains(text, c.want) {
			t.Errorf("%s: %d, want %d with %q: %s", name, w.Code, c.status, c.want, text)
		}
		if to := w.Header().Get("Location"); c.status == 303 && (!strings.HasPrefix(to, "/exec/") || webtest.Get(t, s, to).Code >= 400) {
			t.Errorf("%s leads to %q", name, to)
		}
	}
	if w, text := send(t, s, "/exec/file", "text/plain", bytes.NewReader(b)); w.Code != 400 || !strings.Contains(text, "curl -F file=@") {
		t.Errorf("no form: %d: %s", w.Code, text)
	}
	kind, body := upload("file", "a.trace", b)
	if w, _ := send(t, s, "/exec/file", kind, bytes.NewReader(body.Bytes()[:body.Len()/2])); w.Code < 400 {
		t.Errorf("half a form is %d", w.Code)
	}
	list := webtest.Get(t, s, "/exec").Body.String()
	if strings.Contains(list, script) || !strings.Contains(list, "2 of at most 2") || !strings.Contains(list, "were let go of") || strings.Contains(list, "/exec/record") {
		t.Errorf("the list is %s", list)
	}
}

// TestFormsAreForTheTrusted: who may not see the list changes nothing.
func TestFormsAreForTheTrusted(t *testing.T) {
	r, given := &recorder{}, files.New(files.Bounds{File: 1 << 30, Bytes: 1 << 30, Files: 2})
	t.Cleanup(given.Close)
	sh := shell.New(shell.Config{})
	trust := sh.NewTrust(func(r *http.Request) bool { return r.Header.Get("Authorization") == "Bearer secret" }, execution.Path)
	pages := webtest.Serve(sh, execution.New(sh, execution.Config{Library: executions.New(1<<30, given.Sources), Recorder: r, Keeper: given, Trust: trust}))
	kind, body := upload("file", "a.trace", record(t, "tasks"))
	for path, c := range map[string]struct {
		kind string
		body string
	}{"/exec/record": {isForm, "process=G1&seconds=7"}, "/exec/cancel": {isForm, "id=r1"}, "/exec/file": {kind, body.String()}} {
		r.asked, r.canceled = 0, ""
		before := given.Kept()
		w, text := send(t, pages, path, c.kind, strings.NewReader(c.body))
		if w.Code != http.StatusForbidden || !strings.Contains(text, `name="back" value="/exec"`) || r.asked != 0 || r.canceled != "" || given.Kept() != before {
			t.Errorf("%s: %d: %s", path, w.Code, text)
		}
		if w, text := send(t, pages, path, c.kind, strings.NewReader(c.body), "Authorization", "Bearer secret"); w.Code != http.StatusSeeOther {
			t.Errorf("%s with the token: %d: %s", path, w.Code, text)
		}
	}
	if w := webtest.Get(t, pages, "/exec/recording?id=r1"); w.Code != http.StatusForbidden {
		t.Errorf("the page of a recording: %d", w.Code)
	}
}

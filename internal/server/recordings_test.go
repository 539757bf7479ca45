package server_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/server"
)

var once = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// give posts what a form of the list of execution traces does, for a host, and returns the
// status and where it leads.
func (w *world) give(path, kind, host string, body io.Reader) (status int, to string) {
	w.t.Helper()
	req, err := http.NewRequest(http.MethodPost, w.url+path, body)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	if host != "" {
		req.Host = host
	}
	resp, err := once.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode, resp.Header.Get("Location")
}

// TestExecutionTracesThatPeopleGive are opened beside those of processes, by the same people.
func TestExecutionTracesThatPeopleGive(t *testing.T) {
	w := begin(t, server.Config{Token: secret, AllowHosts: hosts.Names{"a1.ngrok-free.app"}})
	file := func() (string, io.Reader) {
		var b bytes.Buffer
		form := multipart.NewWriter(&b)
		part, _ := form.CreateFormFile("file", "trace.out")
		part.Write(recorded(t))
		form.Close()
		return form.FormDataContentType(), &b
	}
	kind, body := file()
	status, page := w.give("/exec/file", kind, "", body)
	if status != http.StatusSeeOther {
		t.Fatalf("%d to %q", status, page)
	}
	eventually(t, page, func() bool { // it is read meanwhile
		status, body := call(t, "GET", w.url+page, "", "")
		return status == http.StatusOK && strings.Contains(body, "goroutines")
	})
	kind, body = file()
	if status, _ := w.give("/exec/file", kind, "a1.ngrok-free.app", body); status != http.StatusForbidden {
		t.Errorf("from elsewhere: %d", status)
	}
	if status, _ := w.give("/exec/file", kind, "evil.example", strings.NewReader("")); status != http.StatusForbidden {
		t.Errorf("by another name: %d", status)
	}
}

// TestAProcessSendsWhatItRecords where it was asked for it, with the token.
func TestAProcessSendsWhatItRecords(t *testing.T) {
	w := begin(t, server.Config{Token: secret})
	w.join("writer", false, nil)
	status, page := w.give("/exec/record", "application/x-www-form-urlencoded", "", strings.NewReader(url.Values{"process": {"writer"}, "seconds": {"1"}}.Encode()))
	if status != http.StatusSeeOther {
		t.Fatalf("%d to %q", status, page)
	}
	_, id, _ := strings.Cut(page, "id=")
	post := func(url, token string) int {
		req, err := http.NewRequest(http.MethodPost, url+labapi.RecordingsPath+"/"+id, bytes.NewReader(recorded(t)))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		resp, err := once.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	if got := post(w.url, "other"); got != http.StatusUnauthorized {
		t.Errorf("without the token: %d", got)
	}
	if got := post(w.processes, secret); got != http.StatusOK {
		t.Errorf("on the listener of processes: %d", got)
	}
	if _, list := call(t, "GET", w.url+"/exec", "", ""); !strings.Contains(list, "1 s recorded") {
		t.Errorf("the list is %s", list)
	}
}

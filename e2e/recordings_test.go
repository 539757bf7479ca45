package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"example.com/tracelab/internal/testbed/workload"
)

// noRedirect answers with what leads elsewhere.
var noRedirect = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// TestAServiceIsRecordedByItsName while its flight recorder runs: the page of the recording
// leads to the execution trace, which has the visits of that time.
func TestAServiceIsRecordedByItsName(t *testing.T) {
	t.Parallel()
	s := up(t)
	page := s.beginRecording("gateway", "2")
	var path string
	s.eventually("the execution trace", func() error {
		s.ask("GET", "/visit")
		resp, err := noRedirect.Get(s.ui + page)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		text, _ := io.ReadAll(resp.Body)
		if path = resp.Header.Get("Location"); path == "" {
			return fmt.Errorf("%s: %s", resp.Status, text)
		}
		return nil
	})
	s.eventually("its tasks", func() error {
		_, _, body := do(t, "GET", s.ui+path+"/tasks")
		if !strings.Contains(string(body), "/visit") {
			return fmt.Errorf("no visit in %s", body)
		}
		return nil
	})
	if _, _, list := do(t, "GET", s.ui+"/exec"); !regexp.MustCompile(`>gateway, \d\d:\d\d:\d\d, 2 s recorded<`).Match(list) {
		t.Errorf("it is not in the list: %s", list)
	}
}

// beginRecording has a service recorded, as soon as it has a control stream, and returns the
// path of the recording's page.
func (s *stack) beginRecording(service, seconds string) (page string) {
	s.t.Helper()
	s.eventually(service+" can be recorded", func() error {
		resp, err := noRedirect.PostForm(s.ui+"/exec/record", url.Values{"process": {service}, "seconds": {seconds}})
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if page = resp.Header.Get("Location"); resp.StatusCode != http.StatusSeeOther || !strings.HasPrefix(page, "/exec/recording?id=") {
			text, _ := io.ReadAll(resp.Body)
			return fmt.Errorf("%s to %q: %s", resp.Status, page, text)
		}
		return nil
	})
	return page
}

// TestARecordingEnds when it is cancelled, and when its process does: what had come of that
// can be opened.
func TestARecordingEnds(t *testing.T) {
	t.Parallel()
	s := up(t)
	begin := func(service string) (page string) {
		page = s.beginRecording(service, "30")
		s.says(page, "recording: ")
		return page
	}
	canceled, killed := begin("writer"), begin("fetcher")
	if resp, err := noRedirect.PostForm(s.ui+"/exec/record", url.Values{"process": {"writer"}, "seconds": {"1"}}); err != nil || resp.StatusCode != http.StatusConflict {
		t.Errorf("a second one of the writer: %v, %v", resp, err)
	}
	resp, err := noRedirect.PostForm(s.ui+"/exec/cancel", url.Values{"id": {strings.TrimPrefix(canceled, "/exec/recording?id=")}})
	if err != nil || resp.StatusCode != http.StatusSeeOther {
		t.Errorf("%v, %v", resp, err)
	}
	s.says(canceled, "cancelled")
	s.eventually("the writer can be recorded again", func() error {
		resp, err := noRedirect.PostForm(s.ui+"/exec/record", url.Values{"process": {"writer"}, "seconds": {"1"}})
		if err != nil || resp.StatusCode != http.StatusSeeOther {
			return fmt.Errorf("%v, %w", resp, err)
		}
		return nil
	})
	if err := syscall.Kill(s.process("fetcher", 0).PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	s.says(killed, "recorded: ", "not recorded")
}

// TestAFileIsOpenedInTheStack as curl sends it.
func TestAFileIsOpenedInTheStack(t *testing.T) {
	t.Parallel()
	s := up(t)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "../<b>.trace")
	if err != nil {
		t.Fatal(err)
	}
	b, err := workload.Record("tasks", 1)
	if err != nil {
		t.Fatal(err)
	}
	part.Write(b)
	form.Close()
	resp, err := noRedirect.Post(s.ui+"/exec/file", form.FormDataContentType(), &body)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if status, _, page := do(t, "GET", s.ui+resp.Header.Get("Location")); status >= 400 || strings.Contains(string(page), "<b>.trace") {
		t.Errorf("%s leads to %d: %s", resp.Status, status, page)
	}
}

// says waits until a page says one of some texts.
func (s *stack) says(page string, want ...string) {
	s.t.Helper()
	s.eventually(page+" says "+want[0], func() error {
		_, _, body := do(s.t, "GET", s.ui+page)
		for _, text := range want {
			if strings.Contains(string(body), text) {
				return nil
			}
		}
		return errors.New(string(body))
	})
}

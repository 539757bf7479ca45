package server_test

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/server"
	"example.com/tracelab/internal/zipkin"
)

// curl asks as curl does, or with another Accept.
func (w *world) curl(path, accept string) (status int, kind, body string) {
	w.t.Helper()
	r, err := http.NewRequest(http.MethodGet, w.url+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Accept", accept)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	if vary := resp.Header.Get("Vary"); vary != "Accept" {
		w.t.Errorf("%s: it varies by %q", path, vary)
	}
	return resp.StatusCode, resp.Header.Get("Content-Type"), string(text)
}

// answersTwice checks an answer as text that fits a terminal, and begins so, and as JSON,
// with the same status.
func (w *world) answersTwice(path string, wantStatus int, begins string) {
	w.t.Helper()
	status, kind, text := w.curl(path, "*/*")
	if status != wantStatus || kind != "text/plain; charset=utf-8" || !strings.HasPrefix(text, begins) {
		w.t.Errorf("%s: %d, %s: %s\nwant %d, %s", path, status, kind, text, wantStatus, begins)
	}
	for line := range strings.Lines(text) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > display.Columns {
			w.t.Errorf("%s: %d columns: %s", path, n, line)
		}
	}
	status, kind, text = w.curl(path, "application/json")
	if status != wantStatus || !strings.HasSuffix(kind, "json") || !json.Valid([]byte(text)) {
		w.t.Errorf("%s: %d, %s: %s", path, status, kind, text)
	}
}

// TestWhyByCurl answers in text that fits a terminal, and for programs in JSON, with
// the same status.
func TestWhyByCurl(t *testing.T) {
	t.Parallel()
	w := begin(t, server.Config{Token: secret})
	w.join("gateway", true, func(p *process, trace string) {
		if trace == padded(7) {
			knowsNot(p, trace)
		} else {
			knows(p, trace)
		}
	})
	w.report(visit(9, 200*time.Millisecond)...)
	w.report(ago(visit(7, 200*time.Millisecond), time.Hour)...)
	for path, want := range map[string]struct {
		status int
		begins string // the text
	}{
		"/" + padded(9):                            {200, "get /visit of the gateway took 200 ms"},
		"/" + strings.ToUpper(padded(9)):           {200, "get /visit of the gateway took 200 ms"},
		"/" + padded(9) + "?span=0000000000000003": {200, "put /values/{key} of the writer took"},
		"/" + padded(9) + "?wait=0s":               {200, "get /visit of the gateway took 200 ms"},
		"/" + padded(7):                            {410, "get /visit of the gateway took 200 ms"},
		"/" + padded(8):                            {404, "404 Not Found: "},
		"/xyz":                                     {400, "400 Bad Request: the trace id \"xyz\""},
		"/" + padded(9) + "?start_us=7":            {400, "400 Bad Request: start_us=7: want span=ID, too"},
		"/" + padded(9) + "?span=0000000000000003&start_us=soon": {400, "400 Bad Request: \"soon\" is no time: want µs since 1970"},
		"/" + padded(9) + "?span=0000000000000003&start_us=7":    {404, "404 Not Found: span 0000000000000003 of trace"},
		"/" + padded(9) + "?wait=1h":                             {400, "400 Bad Request: wait=1h: want"},
		"/" + padded(9) + "?spam=1":                              {400, "400 Bad Request: \"spam\" is no parameter of /tracelab/v1/why/{trace}: did you\n  mean span?"},
		"?slowest=1&live=1":                                      {400, "400 Bad Request: live and slowest: want one of them"},
		"?fastest=1":                                             {400, "400 Bad Request: \"fastest\" is no parameter"},
	} {
		w.answersTwice(labapi.WhyPath+path, want.status, want.begins)
	}
	_, _, text := w.curl(labapi.WhyPath+"/"+padded(9), "*/*")
	if !strings.Contains(text, "\nservice  operation") || !strings.HasSuffix(text, w.url+"/zipkin/traces/"+padded(9)[16:]+"\n") {
		t.Errorf("it lacks the table, or the link: %s", text)
	}
	_, _, text = w.curl(labapi.WhyPath+"/"+padded(7), "application/json")
	var a labapi.Explanation
	if err := json.Unmarshal([]byte(text), &a); err != nil || !a.Execution.Gone() || a.Execution.Reason == "" || a.Cause != nil {
		t.Errorf("too late it is %+v, %v", a.Execution, err)
	}
}

// TestLongNamesFit: names are cut where they are printed, and whole in JSON.
func TestLongNamesFit(t *testing.T) {
	t.Parallel()
	w := begin(t, server.Config{Token: secret})
	w.join("gateway", true, knows)
	long := func(of string) string { return of + strings.Repeat("x", 298-len(of)) + " " + of }
	word := strings.Repeat("w", 300)
	spans := visit(9, 200*time.Millisecond)
	for i := range spans {
		spans[i].Name, spans[i].Local.ServiceName, spans[i].Remote.ServiceName = word, word, word
		spans[i].Tags = []zipkin.Tag{{Key: word, Value: word}, {Key: "error", Value: word}}
	}
	spans[2].Name, spans[2].Local.ServiceName = long("put"), long("writer")
	again := spans[0]
	again.ID, again.Timestamp, again.Duration = 7, again.Timestamp+1_000_000, 50_000
	slow := visit(10, 300*time.Millisecond)
	for i := range slow {
		slow[i].Name += " " + word
	}
	w.report(append(append(spans, again), slow...)...)
	for path, whole := range map[string]string{
		labapi.WhyPath + "/" + padded(9): word, labapi.WhyPath + "/" + padded(9) + "?span=0000000000000003": long("put"), labapi.WhyPath + "/" + padded(10): word,
		labapi.WhyPath + "/" + word: "", labapi.WhyPath + "/" + padded(9) + "?span=" + word: "", labapi.WhyPath + "/" + padded(9) + "?start_us=" + word: "",
		labapi.WhyPath + "/" + padded(9) + "?" + word + "=1": "", labapi.WhyPath + "?live=" + word: "", labapi.FaultsPath + "?attendee=" + word: "", labapi.MysteryPath + "?id=" + word: "",
	} {
		_, _, text := w.curl(path, "*/*")
		for line := range strings.Lines(text) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > display.Columns {
				t.Errorf("%s: %d columns: %s", path, n, line)
			}
		}
		if _, _, answer := w.curl(path, "application/json"); whole != "" && (!strings.Contains(answer, whole) || strings.Contains(text, whole)) {
			t.Errorf("%s: it is not whole in JSON alone: %s\n%s", path, answer, text)
		}
	}
}

// page is what a browser gets.
func (w *world) page(path string) string {
	w.t.Helper()
	resp, err := http.Get(w.url + path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		w.t.Fatal(resp.Status, err)
	}
	return string(text)
}

// TestEachRequestIsReached as the text, the page and JSON say: the requests of a trace may
// share an id.
func TestEachRequestIsReached(t *testing.T) {
	t.Parallel()
	w := begin(t, server.Config{Token: secret})
	w.join("gateway", true, knows)
	longest := visit(9, 200*time.Millisecond)[0]
	half, other := longest, longest
	half.Local.IPv4, half.Timestamp, half.Duration = "127.0.0.2", longest.Timestamp+300_000, 50_000
	other.ID, other.Timestamp, other.Duration = 5, longest.Timestamp+400_000, 60_000
	w.report(longest, half, other)
	want := []int64{60_000, 50_000}
	_, _, text := w.curl(labapi.WhyPath+"/"+padded(9), "*/*")
	page := w.page("/traces/" + padded(9) + "?explain=1")
	_, _, answer := w.curl(labapi.WhyPath+"/"+padded(9), "application/json")
	var a labapi.Explanation
	if err := json.Unmarshal([]byte(answer), &a); err != nil || a.TotalUS != 200_000 || a.Requests != 3 || len(a.Others) != 2 {
		t.Fatalf("%s: %+v, %v", answer, a, err)
	}
	commands := regexp.MustCompile(`curl -G \S+(/tracelab/\S+) \\?\s+-d (\S+)(?: -d (\S+))?`).FindAllStringSubmatch(text, -1)
	links := regexp.MustCompile(`href="(\?explain=[^"]*)#explanation">get /visit of the gateway</a>, (\S+ ms)`).FindAllStringSubmatch(page, -1)
	if len(commands) != 2 || len(links) != 2 {
		t.Fatalf("the commands are %q, the links %q, in\n%s\n%s", commands, links, text, page)
	}
	for i, us := range want {
		for _, path := range []string{
			commands[i][1] + "?" + commands[i][2] + "&" + commands[i][3],
			fmt.Sprintf("%s/%s?span=%s&start_us=%d", labapi.WhyPath, padded(9), a.Others[i].SpanID, a.Others[i].StartUS),
		} {
			_, _, answer := w.curl(path, "application/json")
			var a labapi.Explanation
			if err := json.Unmarshal([]byte(answer), &a); err != nil || a.TotalUS != us || a.Requests != 3 {
				t.Errorf("%s: it takes %d µs, one of %d, want %d µs: %s", path, a.TotalUS, a.Requests, us, answer)
			}
		}
		of := w.page("/traces/" + padded(9) + html.UnescapeString(links[i][1]))
		if says := "one of 3 requests of this trace, took " + links[i][2]; !strings.Contains(of, says) {
			t.Errorf("%s: the page does not say %q", links[i][1], says)
		}
	}
}

// TestWhyTooEarly says so by its status, and when to ask again.
func TestWhyTooEarly(t *testing.T) {
	t.Parallel()
	w := begin(t, server.Config{Token: secret})
	w.join("gateway", true, knows)
	w.join("writer", true, nil) // is at work yet
	w.report(visit(9, 200*time.Millisecond)...)
	resp, err := http.Get(w.url + labapi.WhyPath + "/" + padded(9))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var a labapi.Explanation
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil || resp.StatusCode != http.StatusAccepted || resp.Header.Get("Retry-After") != "1" || a.Cause != nil {
		t.Errorf("%s, again after %q: %+v, %v; want 202 after 1", resp.Status, resp.Header.Get("Retry-After"), a.Execution, err)
	}
	if status, _, text := w.curl(labapi.WhyPath+"/"+padded(9), "*/*"); status != http.StatusAccepted || !strings.Contains(text, "Ask again in a second.") {
		t.Errorf("%d: %s", status, text)
	}
}

// TestTheServersParameters are checked everywhere.
func TestTheServersParameters(t *testing.T) {
	t.Parallel()
	w := begin(t, server.Config{Token: secret})
	for _, path := range []string{labapi.StackPath, labapi.SpansPath, labapi.SnapshotsPath, labapi.SnapshotsPath + "/7", labapi.FaultsPath, labapi.MysteryPath} {
		resp, err := http.Get(w.url + path + "?trase=1")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if text, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusBadRequest || !strings.Contains(string(text), "trase") {
			t.Errorf("%s: %s, %s", path, resp.Status, text)
		}
	}
}

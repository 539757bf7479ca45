package faultctl_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/tracing/propagation"
)

// curl sends a form as curl does, whose answers are for a terminal, and checks that these
// fit one.
func (b *board) curl(t *testing.T, method, path, form string) string {
	t.Helper()
	req, err := http.NewRequest(method, b.URL()+path, strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "*/*")
	req.Header.Set("Authorization", "Bearer "+secret)
	if form != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.Header.Get("Content-Type") != "text/plain; charset=utf-8" || resp.Header.Get("Vary") != "Accept" {
		t.Errorf("%s %s: %v, %v", method, path, resp.Header, err)
	}
	for line := range strings.Lines(string(text)) {
		oneWord := strings.HasPrefix(strings.TrimSpace(line), "-H '") // which cannot be broken
		if width := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); width > display.Columns && !oneWord {
			t.Errorf("%s %s: a line of %d columns: %s", method, path, width, line)
		}
	}
	return string(text)
}

// names are such as people have, and such as somebody tries.
var names = []string{"ann", "O'Brien", `a "nick" b`, "Zoë 李", "a & b; c, d=e", "$(touch x) `touch x` $HOME", `back\slash\`, "100% #1?", "-n", "''", "*", "a+b", strings.Repeat("W", 64)}

// TestAnswersForATerminal fit it, of every address, and say what to do next.
func TestAnswersForATerminal(t *testing.T) {
	b := start(t)
	for _, name := range names {
		who := "attendee=" + url.QueryEscape(name)
		started := b.curl(t, "POST", labapi.MysteryPath, who+"&level=3")
		_, id, _ := strings.Cut(started, "-d id=")
		id, _, _ = strings.Cut(id, " ")
		for label, want := range map[string]string{"visit": "for n in $(seq 20); do", "hint": labapi.MysteryHintPath, "answer": labapi.MysteryAnswerPath, "again": "level=3"} {
			if !strings.Contains(started, "\n  "+label) || !strings.Contains(started, want) {
				t.Errorf("%s: nothing of %s: %s", name, label, started)
			}
		}
		for _, ask := range []struct{ method, path, form, want string }{
			{"GET", labapi.MysteryPath + "?id=" + id, "", "Something is wrong for"},
			{"POST", labapi.MysteryHintPath, "id=" + id, "1 of 4: It does not happen to every request."},
			{"POST", labapi.MysteryAnswerPath, "id=" + id + "&service=writer&cause=slow-queue&ms=7", "Not yet"},
			{"POST", labapi.MysteryAnswerPath, "id=" + id + "&service=writer&cause=gremlins", "400 Bad Request: \"gremlins\" is no cause"},
			{"GET", labapi.RoomPath, "", "open"},
			{"POST", labapi.FaultsPath, who + "&faults=gateway=lost-deadline;ms=3000&for=10m", "url=http://third:80/delay/3.2"},
			{"GET", labapi.FaultsPath + "?" + who, "", "gateway=lost-deadline;ms=3000"},
			{"DELETE", labapi.FaultsPath + "?" + who, "", "1 switched off"},
			{"POST", labapi.MysteryAnswerPath, "id=" + id + "&give_up=1", "This shows it:"},
			{"GET", labapi.MysteryPath + "?id=" + id, "", "gave up"},
			{"DELETE", labapi.RoomPath + "?" + who, "", "1 mysteries ended, 0 switches off"},
		} {
			if got := b.curl(t, ask.method, ask.path, ask.form); !strings.Contains(strings.Join(strings.Fields(got), " "), ask.want) {
				t.Errorf("%s: %s %s %s: %s\nwant %s", name, ask.method, ask.path, ask.form, got, ask.want)
			}
		}
	}
}

// TestLinesCanBePasted into a POSIX shell, whoever they are for, and the gateway learns
// who it is: as they are in JSON, and as they are broken for a terminal.
func TestLinesCanBePasted(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		testbed.Missing(t, "curl", "apt-get install curl")
	}
	b := start(t)
	heard := make(chan string, 100)
	gateway := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		ctx, _ := propagation.ExtractBaggage(r.Context(), r.Header)
		name, _ := propagation.Baggage(ctx, labapi.AttendeeTag)
		heard <- name + " " + r.URL.RequestURI() + " " + r.Header.Get("Fault")
	}))
	defer gateway.Close()
	paste := func(command, want string) {
		cmd := exec.Command("sh", "-c", strings.ReplaceAll(command, "http://gateway", gateway.URL))
		cmd.Dir = t.TempDir()
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", command, err, out)
		}
		if got := <-heard; got != want {
			t.Errorf("%s\nis heard as %s, want %s", command, got, want)
		}
	}
	for _, name := range names {
		m, err := b.StartMystery(t.Context(), labapi.MysteryStart{Attendee: name})
		if err != nil {
			t.Fatal(err)
		}
		want := name + " /visit?url=http://third:80/delay/0.3&url=http://third:80/get "
		paste(m.Visit, want)
		_, line, _ := strings.Cut(b.curl(t, "GET", labapi.MysteryPath+"?id="+m.ID, ""), "  visit ")
		line, _, _ = strings.Cut(line, "  look")
		paste(line, want)
	}
	f, err := b.SwitchOn(t.Context(), labapi.SwitchOn{Switch: labapi.Switch{Faults: "writer=slow-queue", Attendee: "O'Brien"}})
	if err != nil {
		t.Fatal(err)
	}
	paste(f.Visit, "O'Brien /visits ")
}

// TestRefusalsFit a terminal, however long what is refused is.
func TestRefusalsFit(t *testing.T) {
	b := start(t)
	long := strings.Repeat("w", 300)
	for _, form := range []string{
		"POST " + labapi.MysteryPath + " attendee=" + long, "POST " + labapi.MysteryPath + " attendee=ann&level=" + long, "POST " + labapi.MysteryPath + " attendee=ann&seed=" + long, "POST " + labapi.MysteryPath + " " + long + "=1",
		"POST " + labapi.MysteryHintPath + " id=" + long, "POST " + labapi.MysteryAnswerPath + " id=" + long + "&service=writer&cause=slow-disk", "POST " + labapi.MysteryAnswerPath + " attendee=ann&service=" + long + "&cause=" + long,
		"POST " + labapi.MysteryAnswerPath + " attendee=ann&service=writer&cause=" + long, "POST " + labapi.MysteryAnswerPath + " attendee=ann&service=writer&cause=slow-disk&ms=" + long,
		"POST " + labapi.FaultsPath + " attendee=ann&faults=" + long, "POST " + labapi.FaultsPath + " attendee=ann&faults=writer%3D" + long, "POST " + labapi.FaultsPath + " attendee=ann&faults=" + long + "%3Dslow-disk",
		"POST " + labapi.FaultsPath + " attendee=ann&faults=writer%3Dslow-disk%3B" + long, "POST " + labapi.FaultsPath + " attendee=ann&faults=writer%3Dslow-disk%3Bms%3D" + long,
		"POST " + labapi.FaultsPath + " attendee=ann&faults=writer%3Dslow-disk&for=" + long, "POST " + labapi.FaultsPath + " attendee=ann&faults=writer%3Dslow-disk&until=" + long,
		"DELETE " + labapi.FaultsPath + "?fault=" + long, "GET " + labapi.MysteryPath + "?id=" + long, "GET " + labapi.FaultsPath + "?attendee=" + long,
		"DELETE " + labapi.FaultsPath + "?fault=reader%3Dslow-disk", "POST " + labapi.RoomPath + " attendees=" + long, "POST " + labapi.RoomPath + " attendees=ann&level=" + long,
	} {
		method, rest, _ := strings.Cut(form, " ")
		path, body, _ := strings.Cut(rest, " ")
		if text := b.curl(t, method, path, body); !strings.HasPrefix(text, "4") {
			t.Errorf("%.80s: %s", form, text)
		}
	}
}

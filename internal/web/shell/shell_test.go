package shell_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"example.com/tracelab/internal/web/shell"
)

// greeting is a part with one page.
func greeting(text string) shell.Part {
	return shell.Part{
		Files: fstest.MapFS{
			"templates/greeting.html":  {Data: []byte(`{{define "main"}}<p>{{t "%d traces of %s" 7 .Who}} {{template "more" .}}</p>{{end}}`)},
			"templates/more_part.html": {Data: []byte(`{{define "more"}}<i>{{.Long}}</i>{{end}}`)},
			"static/greeting.js":       {Data: []byte("export {};")},
		},
		Chinese: map[string]string{"%d traces of %s": text},
	}
}

type greetingPage struct {
	shell.Page
	Who, Long string
}

// serve shows greetings at /greeting, and a part of them at /more.
func serve(long string) http.Handler {
	s := shell.New(shell.Config{Source: "the embedded store"})
	s.Add(greeting("%[2]s 的 %[1]d 条链路"))
	mux := http.NewServeMux()
	s.Routes(mux)
	s.Handle(mux, "GET /greeting", func(w http.ResponseWriter, r *http.Request) {
		s.Show(w, r, http.StatusOK, "greeting", greetingPage{s.Page(r, "Hello", ""), "<ann>", long})
	})
	s.Handle(mux, "GET /{other}", func(w http.ResponseWriter, r *http.Request) {
		s.Show(w, r, http.StatusOK, "greeting", greetingPage{s.Page(r, "Hello", ""), "<ann>", long})
	})
	s.Handle(mux, "GET /more", func(w http.ResponseWriter, r *http.Request) {
		s.Fragment(w, r, http.StatusTeapot, "greeting", "more", greetingPage{Long: long})
	})
	return mux
}

func ask(h http.Handler, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "http://localhost"+path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestTheLanguageIsWhatTheReaderChose(t *testing.T) {
	h := serve("")
	const english, chinese = `<p>7 traces of &lt;ann&gt; `, `<p>&lt;ann&gt; 的 7 条链路 `
	for _, c := range []struct{ accept, cookie, want string }{
		{"", "", english}, {"zh-CN,zh;q=0.9,en;q=0.8", "", chinese}, {"fr, en-GB;q=0.7, zh;q=0.5", "", english}, {"fr", "", english},
		{"en", "lang=zh", chinese}, {"zh", "lang=en", english}, {"zh", "lang=klingon", chinese},
	} {
		w := ask(h, "/greeting?a=b", "Accept-Language", c.accept, "Cookie", c.cookie)
		if body := w.Body.String(); !strings.Contains(body, c.want) {
			t.Errorf("%+v: the page is %s", c, body)
		}
		if vary := strings.Join(w.Header().Values("Vary"), ", "); !strings.Contains(vary, "Accept-Language") || !strings.Contains(vary, "Cookie") {
			t.Errorf("Vary is %q", vary)
		}
	}
	body := ask(h, "/greeting?a=b").Body.String()
	if !strings.Contains(body, `href="/greeting?a=b&amp;lang=zh"`) {
		t.Errorf("no link to the other language: %s", body)
	}
	if body := ask(h, "/greet%3Fing").Body.String(); !strings.Contains(body, `href="/greet%3Fing?lang=zh"`) {
		t.Errorf("the link to the other language is of another path: %s", body)
	}
	w := ask(h, "/greeting?a=b&lang=zh")
	if w.Code != http.StatusFound || w.Header().Get("Location") != "/greeting?a=b" || !strings.HasPrefix(w.Header().Get("Set-Cookie"), "lang=zh; Path=/;") {
		t.Errorf("a choice: status %d, headers %v", w.Code, w.Header())
	}
}

func TestAnswersAreCompressed(t *testing.T) {
	long := strings.Repeat("a row of a table ", 1000)
	h := serve(long)
	w := ask(h, "/greeting", "Accept-Encoding", "gzip, deflate, br")
	if w.Header().Get("Content-Encoding") != "gzip" || w.Body.Len() > len(long)/10 {
		t.Fatalf("%d bytes, headers %v", w.Body.Len(), w.Header())
	}
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(z); err != nil || !strings.Contains(string(body), long) {
		t.Errorf("%d bytes, %v", len(body), err)
	}
	for _, accepted := range []string{"", "br", "gzip;q=0"} {
		if w := ask(h, "/greeting", "Accept-Encoding", accepted); w.Header().Get("Content-Encoding") != "" || !strings.Contains(w.Body.String(), long) {
			t.Errorf("accepted %q: headers %v", accepted, w.Header())
		}
	}
}

func TestAFragmentIsOneBlock(t *testing.T) {
	w := ask(serve("<b>"), "/more")
	if w.Code != http.StatusTeapot || w.Body.String() != "<i>&lt;b&gt;</i>" {
		t.Errorf("status %d, %q", w.Code, w.Body)
	}
}

func TestNamesOfPartsAreUnique(t *testing.T) {
	for name, part := range map[string]shell.Part{
		"a page": greeting("%[2]s 的 %[1]d 条链路"), "a translation": {Files: fstest.MapFS{}, Chinese: map[string]string{"%d traces of %s": "other"}},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s twice is no fault", name)
				}
			}()
			s := shell.New(shell.Config{})
			s.Add(greeting("%[2]s 的 %[1]d 条链路"))
			s.Add(part)
		}()
	}
}

// TestAPageThatPanics is a 500 that says so, or no answer where a part was sent.
func TestAPageThatPanics(t *testing.T) {
	var log bytes.Buffer
	s := shell.New(shell.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	mux := http.NewServeMux()
	s.Handle(mux, "GET /at-once", func(http.ResponseWriter, *http.Request) { panic("an index too far") })
	s.Handle(mux, "GET /in-part", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, strings.Repeat("a row of a table ", 1000))
		panic("an index too far")
	})
	server := httptest.NewUnstartedServer(mux)
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	server.Start()
	defer server.Close()
	resp, err := http.Get(server.URL + "/at-once")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if resp.StatusCode != http.StatusInternalServerError || err != nil || !strings.Contains(string(body), "This page has a fault") {
		t.Errorf("status %d, %v: %s", resp.StatusCode, err, body)
	}
	if !strings.Contains(log.String(), "level=ERROR") || !strings.Contains(log.String(), "an index too far") || !strings.Contains(log.String(), "path=/at-once") {
		t.Errorf("the log has %s", &log)
	}
	if resp, err = http.Get(server.URL + "/in-part"); err == nil {
		_, err = io.ReadAll(resp.Body)
		resp.Body.Close()
	}
	if err == nil {
		t.Error("a part of a page looks whole")
	}
}

// TestSharedTemplates are for the part that has them and for those that are added later.
func TestSharedTemplates(t *testing.T) {
	s := shell.New(shell.Config{Logger: slog.New(slog.DiscardHandler)})
	page := func(main string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(`{{define "main"}}` + main + `{{end}}`)}
	}
	s.Add(shell.Part{Files: fstest.MapFS{"templates/one_shared.html": {Data: []byte(`{{define "said"}}said by {{.Title}}{{end}}`)}, "templates/own.html": page(`{{template "said" .}}`)}})
	s.Add(shell.Part{Files: fstest.MapFS{"templates/later.html": page(`{{template "said" .}}`)}})
	for _, name := range []string{"own", "later"} {
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
		if s.Show(w, r, 200, name, s.Page(r, name, "")); !strings.Contains(w.Body.String(), "said by "+name) {
			t.Errorf("%s does not say it: %s", name, w.Body)
		}
	}
}

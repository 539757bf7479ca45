package e2e

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
)

// planted is the secret that stands in every URL that a program of ours is given.
const planted = "PLANTEDSECRET"

// withSecret puts it in each part of a URL that may hold one.
func withSecret(base string) string {
	return strings.Replace(base, "//", "//ann:"+planted+"@", 1) + "?key=" + planted + "#" + planted
}

// evidence looks for the secret in all that it is shown.
type evidence struct {
	t    *testing.T
	seen int
}

func (e *evidence) look(where, text string) {
	e.t.Helper()
	e.seen++
	if at := strings.Index(text, planted); at >= 0 {
		e.t.Errorf("%s tells the secret: …%s…", where, text[max(0, at-200):min(len(text), at+60)])
	}
}

// get looks at an answer, whatever it is.
func (e *evidence) get(method, url string) string {
	e.t.Helper()
	_, header, body := do(e.t, method, url)
	e.look(method+" "+url, fmt.Sprint(header, string(body)))
	return string(body)
}

// run looks at what a command says until it ends, or for a moment.
func (e *evidence) run(env []string, args ...string) error {
	e.t.Helper()
	ctx, cancel := context.WithTimeout(e.t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, stacktest.Program, args...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		e.t.Errorf("%q does not end: %s", args, out)
	}
	e.look(fmt.Sprintf("%q (%v)", args, err), string(out))
	if err != nil {
		err = fmt.Errorf("%q: %w: %s", args, err, out)
	}
	return err
}

// locked is a Zipkin that wants the user and the password.
func locked(t *testing.T, zipkin string) (base string) {
	target, err := url.Parse(zipkin)
	if err != nil {
		t.Fatal(err)
	}
	forward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, password, _ := r.BasicAuth(); password != planted {
			http.Error(w, "no "+r.URL.String()+" for you", http.StatusUnauthorized)
			return
		}
		r.Header.Del("Authorization")
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

// TestNobodyTellsASecret has the stack and its commands work with URLs that hold one, and
// fail on such, and looks at all that they show. That the spans come at all says that the
// password is sent.
func TestNobodyTellsASecret(t *testing.T) {
	t.Parallel()
	e := &evidence{t: t}
	store := stacktest.StartStore(t, nil)
	zipkin := withSecret(locked(t, store.UI))
	s := up(t, "--zipkin", zipkin, "--log-level", "debug")
	_, a := s.visit("GET", "/visit?url="+url.QueryEscape(s.thirdParty()+"/get?key="+planted))
	s.eventually("stored", func() error {
		if got := e.get("GET", store.UI+"/api/v2/trace/"+a.TraceID); strings.Count(got, `"id"`) < 8 {
			return fmt.Errorf("%s", got)
		}
		return nil
	})
	for _, wrong := range []string{"http://ann:" + planted + "@127.0.0.1:1/", "http://127.0.0.1:" + planted + "/", "http://h/%zz?key=" + planted, "?key=" + planted, "http://127.0.0.1:1/?key=" + planted} {
		e.get("GET", s.gateway+"/visit?url="+url.QueryEscape(wrong))
	}
	for _, page := range []string{"/", "/traces/" + a.TraceID, "/dependencies", "/metrics", "/readyz", labapi.StackPath, labapi.FaultsPath, labapi.WhyPath + "/" + a.TraceID, labapi.SpansPath, labapi.SnapshotsPath} {
		e.get("GET", s.ui+page)
	}
	e.get("POST", s.ui+labapi.DoctorPath)
	for _, p := range s.processes() {
		for _, page := range []string{"/metrics", "/readyz", "/healthz"} {
			e.get("GET", p.URL+page)
		}
		for _, page := range []string{"sampling", "faults", "pprof/cmdline", "pprof/"} {
			e.get("GET", "http://"+p.DebugAddr+"/debug/"+page)
		}
	}
	server, file := "--server="+withSecret(s.ui), filepath.Join(t.TempDir(), "spans.json")
	for _, command := range [][]string{{"doctor", server}, {"why", a.TraceID, server}, {"fault", "list"}, {"mystery", "start", server}, {"save", file, server},
		{"restore", file, server}, {"restore", file, "--server=" + zipkin}, {"load", withSecret(s.gateway + "/healthz"), "--count=3", "--json"}, {"load", withSecret(s.gateway + "/healthz"), "--count=3"}} {
		if err := e.run(nil, command...); err != nil && command[0] != "why" {
			t.Error(err)
		}
	}
	s.Stop()
	e.look("the output of up", s.Output())
	for _, trace := range []string{"/api/v2/traces?limit=100", "/"} {
		e.get("GET", store.UI+trace)
	}
	if e.seen < 50 {
		t.Errorf("%d texts were looked at", e.seen)
	}
}

// TestNoFailureTellsASecret has each program fail on a URL: because it is none, and because
// nobody is there.
func TestNoFailureTellsASecret(t *testing.T) {
	t.Parallel()
	e := &evidence{t: t}
	file := filepath.Join(t.TempDir(), "spans.json")
	if err := os.WriteFile(file, []byte("[]"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{withSecret("http://127.0.0.1:1"), "http://ann:" + planted + "@127.0.0.1:port", "http://127.0.0.1:" + planted, "ann:" + planted + "@127.0.0.1:1", "ftp://ann:" + planted + "@127.0.0.1"} {
		server := "--server=" + url
		for _, args := range [][]string{{"doctor", server}, {"why", "1", server}, {"save", file + "2", server}, {"restore", file, server}, {"load", url, "--count=1"},
			{"load", "http://127.0.0.1:1", "--ab", url, url, "--count=1"}, {"fault", "show", server}, {"exec", "summary", url}, {"mystery", "start", server}, {"web", "extra " + url}} {
			e.run(nil, args...)
		}
		if strings.HasPrefix(url, "http://ann:"+planted+"@127.0.0.1:1?") {
			continue // with which a service starts
		}
		for _, args := range [][]string{{"up", "--zipkin=" + url}, {"web", "--addr=127.0.0.1:0", "--zipkin-url=" + url}} {
			e.run(nil, args...)
		}
		e.run([]string{"TRACELAB_REDIS=redis://ann:" + planted + "@127.0.0.1:1", "TRACELAB_ADDR=127.0.0.1:0", "TRACELAB_DEBUG_ADDR="}, "service", "writer")
		for _, variable := range []string{"ZIPKIN_URL", "SERVER_URL", "FETCHER_URL", "WRITER_URL", "UI_URL"} {
			e.run([]string{"TRACELAB_ADDR=127.0.0.1:0", "TRACELAB_DEBUG_ADDR=", "TRACELAB_" + variable + "=" + url}, "service", "gateway", "--allow-targets=http://ann:"+planted+"@h")
		}
	}
}

// TestAServiceWithoutItsServerTellsNoSecret runs one whose URLs lead nowhere.
func TestAServiceWithoutItsServerTellsNoSecret(t *testing.T) {
	t.Parallel()
	e := &evidence{t: t}
	nowhere := withSecret("http://127.0.0.1:1")
	cmd := exec.Command(stacktest.Program, "service", "gateway", "--addr=127.0.0.1:0", "--debug-addr=127.0.0.1:0", "--log-level=debug", "--zipkin-url="+nowhere)
	cmd.Env = append(os.Environ(), "TRACELAB_SERVER_URL="+nowhere, "TRACELAB_FETCHER_URL="+nowhere, "TRACELAB_WRITER_URL="+nowhere, "TRACELAB_UI_URL="+nowhere)
	s := stacktest.Start(t, cmd)
	var addr string
	err := testbed.Eventually(func() error {
		if m := regexp.MustCompile(`msg=serving .*\baddr=(\S+)`).FindStringSubmatch(s.Output()); m != nil {
			addr = m[1]
		}
		if addr == "" || !strings.Contains(s.Output(), "no control stream") {
			return fmt.Errorf("it says %s", s.Output())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{"/visit", "/readyz", "/metrics", "/visits?url=" + url.QueryEscape("http://go.dev/?key="+planted)} {
		resp, err := client.Get("http://" + addr + page)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		e.look(page, fmt.Sprint(resp.Header, string(body)))
	}
	if err := testbed.Eventually(func() error {
		if !strings.Contains(s.Output(), "spans wait") {
			return fmt.Errorf("it says %s", s.Output())
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	s.Stop()
	e.look("what a service says", s.Output())
}

package browser

import (
	"bufio"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
)

var update = flag.Bool("update", false, "write docs/pictures anew")

// TestPictures makes the documents' pictures from the running program.
func TestPictures(t *testing.T) {
	if !*update {
		t.Skip("makes pictures: go test ./interop/browser -run TestPictures -update")
	}
	s := stacktest.Up(t)
	third := "http://127.0.0.1:" + thirdPartyPort(t, s)
	for range 12 {
		for _, query := range []string{"", "", "", "?rounds=3", "?url=" + third + "/delay/0.01", "?url=" + third + "/status/404"} {
			visit(t, s, query)
		}
		slowVisit(t, s)
	}
	visit(t, s, "?url="+third+"/relative-redirect/9")
	trace := visit(t, s, "?url="+third+"/delay/0.02&url="+third+"/status/404")
	whole(t, s, trace, 18)
	slow := slowVisit(t, s)
	p := browse(t, 1280, 800)
	for _, picture := range []struct {
		name, url, shows string
		height           int64
	}{
		{"start", s.UI + "/start", "svg.picture", 800},
		{"list", s.UI + "/?limit=100", "svg.plot", 800},
		{"trace", trace, "#rows", 800},
		{"why", slow, "#rows", 800},
		{"compare", s.UI + "/compare?slow=p80&q=serviceName%3Dgateway", "#verdict", 800},
		{"dependencies", s.UI + "/dependencies", "main svg", 370},
	} {
		p.open(picture.url, picture.shows, picture.height)
		if picture.name == "trace" {
			p.openSpan("httprequest")
		}
		p.picture(picture.name)
	}
}

// TestPicturesOfLabs makes those of labs/crowd.
func TestPicturesOfLabs(t *testing.T) {
	if !*update {
		t.Skip("makes pictures: go test ./interop/browser -run TestPictures -update")
	}
	url := crowd(t)
	p := browse(t, 1280, 800)
	p.do(chromedp.EmulateViewport(1280, 520))
	p.lanes(url + "/timeline")
	p.picture("crowd")
	p.do(chromedp.EmulateViewport(1280, 800))
	p.lanes(url + "/timeline?by=goroutine&lane=g60")
	p.picture("crowd-goroutines")
	p.open(url+"/profile/sched/flamegraph", "#stack-holder", 420)
	p.picture("crowd-sched")
}

// open shows a page, and waits until it shows what it has.
func (p *page) open(url, shows string, height int64) {
	p.t.Helper()
	p.do(chromedp.EmulateViewport(1280, height), chromedp.Navigate(url), chromedp.WaitVisible(chromedp.CSS(shows)))
	p.eventually(`document.readyState == "complete"`)
}

// picture writes what is shown.
func (p *page) picture(name string) {
	p.t.Helper()
	png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile("../../docs/pictures/"+name+".png", png, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// crowd runs the program of labs/crowd and shows its trace, at the URL that it returns, until
// the test ends.
func crowd(t *testing.T) (url string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "trace.out")
	recordLab(t, "crowd", file)
	return viewed(t, file)
}

// recordLab runs the program of a lab, which writes its trace to a file.
func recordLab(t *testing.T, lab, file string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "go", "run", "-trimpath", "../../labs/"+lab, "-o", file).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// viewed shows a trace, at the URL that it returns, until the test ends.
func viewed(t *testing.T, file string) (url string) {
	t.Helper()
	return started(t, exec.CommandContext(t.Context(), stacktest.Program, "exec", "view", file))
}

// started runs a server until the test ends, and returns the first line that it prints.
func started(t *testing.T, server *exec.Cmd) (line string) {
	t.Helper()
	testbed.EndWithTest(server)
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Wait() })
	line, err = bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

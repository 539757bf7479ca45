package browser

import (
	"flag"
	"os"
	"testing"

	"github.com/chromedp/chromedp"

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
		p.do(chromedp.EmulateViewport(1280, picture.height), chromedp.Navigate(picture.url), chromedp.WaitVisible(chromedp.CSS(picture.shows)))
		p.eventually(`document.readyState == "complete"`)
		if picture.name == "trace" {
			p.openSpan("httprequest")
		}
		png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("../../docs/pictures/"+picture.name+".png", png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

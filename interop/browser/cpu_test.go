package browser

import (
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/systeminfo"
	"github.com/chromedp/chromedp"
)

// cpu is the processor time that the browser's renderers have used.
func (p *page) cpu() (sum time.Duration) {
	p.t.Helper()
	info, err := chromedp.CallBrowser(p.ctx, systeminfo.GetProcessInfo, cdp.Empty{})
	if err != nil {
		p.t.Fatal(err)
	}
	for _, process := range info.ProcessInfo {
		if process.Type == "renderer" {
			sum += time.Duration(process.CPUTime * float64(time.Second))
		}
	}
	return sum
}

package browser

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"example.com/tracelab/internal/testbed/stacktest"
)

// TestLongNamesStayOnThePage of the list, of a trace and of its explanation, at the widths
// of a desk and of a phone.
func TestLongNamesStayOnThePage(t *testing.T) {
	s := stacktest.Up(t)
	word, at := strings.Repeat("w", 300), time.Now().Add(-time.Second).UnixMicro()
	spans := fmt.Sprintf(`[{"traceId":"463ac35c9f6413ad","id":"a2fb4a1d1a96d312","kind":"SERVER","name":%[1]q,"timestamp":%[2]d,"duration":90000,"localEndpoint":{"serviceName":%[1]q},"tags":{%[1]q:%[1]q,"error":%[1]q}},
		{"traceId":"463ac35c9f6413ad","id":"b7ad6b7169203331","parentId":"a2fb4a1d1a96d312","kind":"CLIENT","name":%[1]q,"timestamp":%[2]d,"duration":80000,"localEndpoint":{"serviceName":%[1]q},"remoteEndpoint":{"serviceName":"b%[3]s"}}]`, word, at, word)
	resp, err := http.Post(s.UI+"/api/v2/spans", "application/json", strings.NewReader(spans))
	if err != nil || resp.StatusCode != http.StatusAccepted {
		t.Fatal(resp, err)
	}
	resp.Body.Close()
	whole(t, s, s.UI+"/zipkin/traces/463ac35c9f6413ad", 2)
	p := browse(t, 1280, 860)
	for path, shows := range map[string]string{"/": ".traces tbody", "/traces/463ac35c9f6413ad?span=a2fb4a1d1a96d312": "#details table", "/traces/463ac35c9f6413ad?explain=1": "#explanation .spent"} {
		p.do(chromedp.EmulateViewport(1280, 860), chromedp.Navigate(s.UI+path), chromedp.WaitVisible(chromedp.CSS(shows)))
		if wide := eval[int](p, `document.documentElement.scrollWidth`); wide > 1280 {
			t.Errorf("%s is %d pixels wide", path, wide)
		}
		p.narrow()
	}
}

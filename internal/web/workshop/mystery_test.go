package workshop

import (
	"html"
	"net/http"
	"strings"
	"testing"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/web/webtest"
)

// TestThePageOfMysteries has forms that are requests to the API, without a script too.
func TestThePageOfMysteries(t *testing.T) {
	faults := []labapi.Fault{
		{Name: "slow-disk", Service: "writer", Summary: "A <slow> write", Needs: "Linux", Params: []labapi.Param{{Name: "ms", Default: 100}, {Name: "percent", Default: 100}}},
		{Name: "quadratic", Service: "gateway", Summary: "Much work"},
	}
	h := serveUI(Config{Faults: faults})
	w := webtest.Get(t, h, "/mystery?attendee=O%27Brien+%26+%3Cco%3E")
	body := w.Body.String()
	if w.Code != http.StatusOK || strings.Contains(body, "<slow>") || strings.Contains(body, "<co>") {
		t.Errorf("status %d, or text became markup", w.Code)
	}
	body = html.UnescapeString(body)
	for _, want := range []string{
		`method="post" action="/tracelab/v1/mystery"`, `method="post" action="/tracelab/v1/mystery/hint"`, `method="post" action="/tracelab/v1/mystery/answer"`,
		`method="post" action="/tracelab/v1/faults"`, "<option>1</option><option>2</option><option>3</option>", `value="O'Brien & <co>"`,
		"<option>gateway</option><option>fetcher</option><option>writer</option>", "<option>quadratic</option><option>slow-disk</option>",
		"<option>writer=slow-disk;ms=100</option><option>gateway=quadratic</option>", "<td>A <slow> write. Needs Linux.</td>", `<a href="/mystery" aria-current="page">Mystery</a>`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if policy := w.Header().Get("Content-Security-Policy"); policy != shell.ContentPolicy {
		t.Errorf("the policy is %q", policy)
	}
	none := serveUI(Config{})
	if w := webtest.Get(t, none, "/mystery"); w.Code != http.StatusNotFound {
		t.Errorf("where no faults can be switched on: status %d", w.Code)
	}
}

package browser

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
	"example.com/tracelab/internal/testbed/zipkintest"
)

const why = "22.9 ms of 40.2 ms it waited for a mutex, which served other requests."

// explained are the tags of an explanation, the longest state neither first nor last.
var explained = map[string]string{
	"go.network": "10.300 ms", "go.running": "1.100 ms", "go.runnable": "0.309 ms", "go.sync": "22.900 ms", "go.syscall": "5.591 ms", "go.why": why,
}

type span struct {
	TraceID   string            `json:"traceId"`
	ParentID  string            `json:"parentId,omitempty"`
	ID        string            `json:"id"`
	Kind      string            `json:"kind,omitempty"`
	Name      string            `json:"name,omitempty"`
	Timestamp int64             `json:"timestamp"`
	Duration  int64             `json:"duration,omitempty"`
	Local     json.RawMessage   `json:"localEndpoint"`
	Tags      map[string]string `json:"tags,omitempty"`
}

// explain reports what a partial span says of another: nothing but tags.
func explain(t *testing.T, zipkin string, s span) {
	t.Helper()
	s.Kind, s.Name, s.Duration, s.Tags = "", "", 0, explained
	report(t, zipkin, s)
}

func report(t *testing.T, zipkin string, spans ...span) {
	t.Helper()
	body, err := json.Marshal(spans)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(zipkin+"/api/v2/spans", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if answer, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusAccepted {
		t.Fatalf("%s: %s", resp.Status, answer)
	}
}

// await reads the pieces of a trace's spans once there are so many.
func await(t *testing.T, zipkin, id string, pieces int) (spans []span) {
	t.Helper()
	err := testbed.Eventually(func() error {
		resp, err := http.Get(zipkin + "/api/v2/trace/" + id)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		spans = nil
		if err := json.NewDecoder(resp.Body).Decode(&spans); err != nil {
			return err
		}
		if len(spans) < pieces {
			return errors.New("some are missing")
		}
		return nil
	})
	if err != nil {
		t.Fatalf("%d pieces of trace %s: %v", len(spans), id, err)
	}
	return spans
}

func TestAnExplainedSpan(t *testing.T) {
	t.Setenv("TRACELAB_SLOW", "never") // or the server would explain the visit too, if it is slow
	s := stacktest.Up(t)
	p := browse(t, 1280, 860) // before the visit: its page offers the command for ten seconds
	page := p.offered(s)
	id := page[strings.LastIndexByte(page, '/')+1:]
	spans := await(t, s.UI, id, 10)
	if command := eval[string](p, `document.querySelector("#why").textContent`); command != "curl "+strings.TrimPrefix(s.UI, "http://")+"/tracelab/v1/why/"+id {
		t.Errorf("the page offers %q", command)
	}
	put := spans[slices.IndexFunc(spans, func(s span) bool { return s.Name == "put /values/{key}" && s.Kind == "SERVER" })]
	explain(t, s.UI, put)
	await(t, s.UI, id, 11)

	// A page that is open hears of it.
	p.do(chromedp.WaitVisible(chromedp.CSS("#late")))
	if said := eval[string](p, `document.querySelector("#late span").textContent`); said != "1 span was explained." {
		t.Errorf("the page says %q", said)
	}
	p.do(chromedp.Navigate(s.UI+"/"), chromedp.WaitVisible(chromedp.CSS(`a[href$="`+id+`"]`)))
	if counted := eval[string](p, `document.querySelector('tr a[href$="`+id+`"]').closest("tr").querySelector("[data-label=spans]").textContent`); counted != "10" {
		t.Errorf("the list counts %s spans, want 10", counted)
	}
	p.do(chromedp.Navigate(page), chromedp.WaitVisible(chromedp.CSS(".why a")))
	if rows := eval[int](p, `document.querySelectorAll("[role=row][id]").length`); rows != 10 {
		t.Errorf("%d rows, want 10", rows)
	}
	p.do(chromedp.Click(chromedp.CSS(".why a")), chromedp.WaitVisible(chromedp.CSS(".states")))
	text := eval[string](p, `document.querySelector("#details section").innerText`)
	if !strings.Contains(text, why) {
		t.Errorf("the part on goroutines lacks the sentence: %s", text)
	}
	states := eval[[]string](p, `[...document.querySelectorAll(".states tbody tr")].map(row => row.querySelector("a").textContent + " " + row.cells[1].textContent)`)
	if want := []string{"sync 22.9 ms", "network 10.3 ms", "syscall 5.59 ms", "running 1.10 ms", "runnable 309 µs"}; !slices.Equal(states, want) {
		t.Errorf("%q, want %q", states, want)
	}
	bars := eval[[]float64](p, `[...document.querySelectorAll(".states rect")].map(bar => bar.getBoundingClientRect().width)`)
	if len(bars) != 5 || !slices.IsSortedFunc(bars, func(a, b float64) int { return int(b - a) }) || bars[4] <= 0 || bars[0] < 1.5*bars[1] {
		t.Errorf("the bars are %v pixels long", bars)
	}
	p.do(chromedp.SendKeys(chromedp.CSS("#find"), "go.sync"))
	p.becomes(`document.querySelector("#found").value`, "1 found")
	p.accessible()
	p.do(chromedp.EmulateViewport(320, 640))
	p.fitsWidth("the page")
}

// accessible holds the open page to what can be measured: every control has a
// name, every id is there once, and all text stands out from what is behind it,
// in light and in dark.
func (p *page) accessible() {
	p.t.Helper()
	if nameless := eval[[]string](p, `[...document.querySelectorAll("a, button, input, select")]
		.filter(e => e.checkVisibility() && !(e.textContent.trim() || e.ariaLabel || e.labels?.length || e.title)).map(e => e.outerHTML)`); len(nameless) > 0 {
		p.t.Errorf("controls without a name: %q", nameless)
	}
	if twice := eval[[]string](p, `[...document.querySelectorAll("[id]")].map(e => e.id).filter((id, i, all) => all.indexOf(id) < i)`); len(twice) > 0 {
		p.t.Errorf("ids that are there twice: %q", twice)
	}
	for _, scheme := range []string{"light", "dark"} {
		p.do(prefer(scheme))
		if faint := eval[[]string](p, faintText); len(faint) > 0 {
			p.t.Errorf("%s: text that does not stand out: %q", scheme, faint)
		}
	}
}

// prefer has the page in light or dark.
func prefer(scheme string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		return err
	})
}

// faintText lists the texts whose contrast is below WCAG's 4.5:1.
const faintText = `(() => {
	const rgb = (colour) => colour.match(/[\d.]+/g).map(Number);
	const luminance = ([r, g, b]) => [r, g, b].map(c => c / 255).map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
		.reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
	const ground = (e) => {
		for (; e; e = e.parentElement) {
			const colour = rgb(getComputedStyle(e).backgroundColor);
			if (colour.length < 4 || colour[3] === 1) return colour;
		}
		return [255, 255, 255];
	};
	const faint = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let text; text = walker.nextNode();) {
		const e = text.parentElement;
		if (!text.data.trim() || !e.checkVisibility() || e.closest("script, svg, .visually-hidden, .skip")) continue;
		const [a, b] = [luminance(rgb(getComputedStyle(e).color)), luminance(ground(e))];
		if ((Math.max(a, b) + .05) / (Math.min(a, b) + .05) < 4.5) faint.push(text.data.trim());
	}
	return faint;
})()`

// TestZipkinShowsAnExplanation: any Zipkin does, since its UI merges what the
// storage keeps apart.
func TestZipkinShowsAnExplanation(t *testing.T) {
	zipkin := zipkintest.Start(t)
	now := time.Now().Add(-time.Minute).UnixMicro()
	endpoint := func(service string) json.RawMessage {
		return json.RawMessage(fmt.Sprintf(`{"serviceName":%q}`, service))
	}
	const id = "463ac35c9f6413ad48485a3953bb6124"
	spans := []span{
		{TraceID: id, ID: "0000000000000001", Kind: "SERVER", Name: "get /visit", Timestamp: now, Duration: 50_000, Local: endpoint("gateway")},
		{TraceID: id, ParentID: "0000000000000001", ID: "0000000000000002", Kind: "CLIENT", Name: "put", Timestamp: now + 2000, Duration: 45_000, Local: endpoint("gateway")},
		{TraceID: id, ParentID: "0000000000000002", ID: "0000000000000003", Kind: "SERVER", Name: "put /values/{key}", Timestamp: now + 4000, Duration: 40_200, Local: endpoint("writer"), Tags: map[string]string{"http.method": "PUT"}},
	}
	report(t, zipkin.URL, spans...)
	for _, s := range spans {
		explain(t, zipkin.URL, s)
	}
	await(t, zipkin.URL, id, 6)
	p := browse(t, 1280, 860)
	p.do(chromedp.Navigate(zipkin.URL + "/zipkin/traces/" + id))
	// Its first span is chosen from the start.
	wanted := []string{"Total Spans\n3\n", "gateway: get /visit\n50ms\n", "gateway: put\n45ms\n", "writer: put /values/{key}\n40.200ms\n", "go.sync\t22.900 ms\n", "go.why\t" + why}
	var text string
	err := testbed.Eventually(func() error {
		said, err := tried[string](p, `document.body.innerText`)
		if err != nil {
			return err
		}
		text = blank.ReplaceAllString(said, "\n")
		for _, want := range wanted {
			if !strings.Contains(text, want) {
				return fmt.Errorf("Zipkin's page lacks %q", want)
			}
		}
		return nil
	})
	if err != nil {
		t.Errorf("%v: %s", err, text)
	}
}

var blank = regexp.MustCompile(`\n\s+`)

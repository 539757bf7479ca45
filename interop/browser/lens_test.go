package browser

import (
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"example.com/tracelab/internal/testbed/stacktest"
	"example.com/tracelab/internal/testbed/zipkintest"
)

var lens = flag.Int("lens", 0, "rounds in which traces of 1,000, 10,000 and 50,000 spans are opened here and in Zipkin Lens; 0: none")

// TestBesideLens prints what it costs a browser to open a trace, in ours and in the
// pages of the released Zipkin: the processor time of its renderers and the time that
// passes, from the address to the first rows.
func TestBesideLens(t *testing.T) {
	if *lens == 0 {
		t.Skip("a measurement: go test ./interop/browser -run TestBesideLens -lens 3 -v")
	}
	s, zipkin := stacktest.Up(t), zipkintest.Start(t)
	viewers := []struct{ name, at, rows string }{
		{"ours", s.UI, `document.querySelectorAll("#rows.virtual .row").length > 10`},
		{"Lens", zipkin.URL + "/zipkin", `/step 1/i.test(document.body.innerText)`},
	}
	tree(t, s.UI, "463ac35c9f6413c0", 10)
	tree(t, zipkin.URL, "463ac35c9f6413c0", 10)
	for _, n := range []int{1000, 10_000, 50_000} {
		id := fmt.Sprintf("463ac35c9f64%04x", n%65536)
		paths := [2]string{tree(t, s.UI, id, n), tree(t, zipkin.URL, id, n)}
		var costs, waits [2][]time.Duration
		for round := range *lens {
			for k := range viewers {
				v := (round + k) % 2 // which goes first alternates
				if n > 10_000 && v == 1 {
					continue // Lens was not seen to end
				}
				cost, wait := opens(t, viewers[v].at+paths[v], viewers[v].rows)
				costs[v], waits[v] = append(costs[v], cost), append(waits[v], wait)
			}
		}
		for v, name := range []string{"ours", "Lens"} {
			if len(costs[v]) > 0 {
				t.Logf("%6d spans, %s: processor time %v, first rows after %v (medians of %d)", n, name, median(costs[v]), median(waits[v]), len(costs[v]))
			}
		}
		if len(costs[1]) > 0 {
			t.Logf("%6d spans: Lens takes %.1f times as much processor time, and %.1f times as long", n,
				float64(median(costs[1]))/float64(median(costs[0])), float64(median(waits[1]))/float64(median(waits[0])))
		}
	}
}

// opens opens an address in a browser of its own that has seen the program's scripts,
// but not the trace.
func opens(t *testing.T, address, rows string) (cost, wait time.Duration) {
	t.Helper()
	p := browseFor(t, 1280, 860, 5*time.Minute)
	small := address[:len(address)-16] + "463ac35c9f6413c0"
	p.do(chromedp.Navigate(small), chromedp.WaitVisible(chromedp.CSS("body")))
	p.settled()
	before, began := p.cpu(), time.Now()
	p.do(chromedp.Navigate(address))
	for !eval[bool](p, rows) {
		if time.Since(began) > 4*time.Minute {
			t.Fatalf("%s shows no rows", address)
		}
	}
	return p.cpu() - before, time.Since(began)
}

func median(of []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2].Round(time.Millisecond)
}

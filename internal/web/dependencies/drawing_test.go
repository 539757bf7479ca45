package dependencies_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
)

// frame is where a service is drawn.
type frame struct{ x, y float64 }

var (
	frames = regexp.MustCompile(`<rect class="frame" x="([^"]*)" y="([^"]*)" width="112" height="48"`)
	boxes  = regexp.MustCompile(`<svg width="([^"]*)" height="([^"]*)" viewBox="0 ([^ ]*) `)
	lines  = regexp.MustCompile(`<path class="line`)
)

func float(t *testing.T, text string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// drawn gets the page of some links and checks what holds of every drawing: no service
// stands on another, and all are inside.
func drawn(t *testing.T, links []zipkin.Link) (services []frame, edges int) {
	t.Helper()
	body := page(t, &remote{webtest.Reader{}, links}, "/dependencies", http.StatusOK)
	box := boxes.FindStringSubmatch(body)
	if box == nil {
		t.Fatalf("no graph is drawn: %s", body)
	}
	width, height, top := float(t, box[1]), float(t, box[2]), float(t, box[3])
	for _, m := range frames.FindAllStringSubmatch(body, -1) {
		f := frame{float(t, m[1]), float(t, m[2])}
		if f.x < 0 || f.y < top || f.x+112 > width || f.y+48 > top+height {
			t.Errorf("a service at %v is not inside %v", f, box)
		}
		for _, other := range services {
			if f.x == other.x && f.y < other.y+48 && other.y < f.y+48 {
				t.Errorf("services at %v and %v overlap", f, other)
			}
		}
		services = append(services, f)
	}
	return services, len(lines.FindAllString(body, -1))
}

func links(text string) (all []zipkin.Link) {
	for _, edge := range strings.Fields(text) {
		from, to, _ := strings.Cut(edge, ">")
		all = append(all, zipkin.Link{Parent: from, Child: to, CallCount: 1})
	}
	return all
}

// TestRanks: each service is to the right of all that call it, but in a cycle.
func TestRanks(t *testing.T) {
	for _, c := range []struct {
		links string
		ranks int
	}{
		{"a>b", 2}, {"a>a", 1}, {"a>b b>c a>c", 3}, {"a>b b>a", 2}, {"a>b b>c c>a", 3}, {"a>b c>d", 2},
		{"a>b b>c c>d x>d", 4}, {"a>b b>b b>c", 3}, {"a>b b>c c>d d>e e>b a>e", 5},
	} {
		services, edges := drawn(t, links(c.links))
		columns := map[float64]bool{}
		for _, s := range services {
			columns[s.x] = true
		}
		if len(columns) != c.ranks || edges != len(strings.Fields(c.links)) {
			t.Errorf("%s: %d columns and %d edges, want %d columns", c.links, len(columns), edges, c.ranks)
		}
	}
	// Who is called by nobody stands next to whom it calls.
	if services, _ := drawn(t, links("a>b b>c c>d x>d")); services[2].x != services[3].x {
		t.Errorf("x is not in the column of c: %v", services)
	}
}

// TestFewLinesCross where none needs to.
func TestFewLinesCross(t *testing.T) {
	body := page(t, &remote{webtest.Reader{}, links("a>b1 a>b2 a>b3 b1>c3 b2>c1 b3>c2")}, "/dependencies", http.StatusOK)
	at := map[string]float64{}
	for _, m := range regexp.MustCompile(`y="([^"]*)" width="112" height="48" rx="4"/>.*\n.*<title>(\w+) and its`).FindAllStringSubmatch(body, -1) {
		at[m[2]] = float(t, m[1])
	}
	for _, pair := range [][2]string{{"b1", "c3"}, {"b2", "c1"}, {"b3", "c2"}} {
		if at[pair[0]] != at[pair[1]] {
			t.Errorf("%v are at %v and %v: the line between them is not straight", pair, at[pair[0]], at[pair[1]])
		}
	}
}

// TestDrawingsOfAllSizes, with cycles and loops.
func TestDrawingsOfAllSizes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for n := 2; n <= 100; n += 7 {
		var all []zipkin.Link
		for i := range n {
			all = append(all, zipkin.Link{Parent: fmt.Sprint("s", r.IntN(i+1)), Child: fmt.Sprint("s", i), CallCount: r.Int64N(1e6)})
		}
		for range n {
			all = append(all, zipkin.Link{Parent: fmt.Sprint("s", r.IntN(n)), Child: fmt.Sprint("s", r.IntN(n)), CallCount: 1})
		}
		if services, edges := drawn(t, all); len(services) != n || edges != len(all) {
			t.Errorf("%d services and %d edges are drawn, want %d and %d", len(services), edges, n, len(all))
		}
	}
}

// TestTheBusiest are drawn where there are too many, and the page says so.
func TestTheBusiest(t *testing.T) {
	var all []zipkin.Link
	for i := range 150 {
		all = append(all, zipkin.Link{Parent: "hub", Child: fmt.Sprintf("s%03d", i), CallCount: int64(i + 1)})
	}
	services, edges := drawn(t, all)
	if len(services) != 100 || edges != 99 {
		t.Errorf("%d services and %d edges are drawn, want 100 and 99", len(services), edges)
	}
	body := page(t, &remote{webtest.Reader{}, all}, "/dependencies", http.StatusOK)
	if !strings.Contains(body, "Drawn are the 100 busiest of 151 services, and 99 of 150 edges.") || strings.Contains(body, "<title>s050 and its") || !strings.Contains(body, "<title>s149 and its") {
		t.Error("the page does not say that the busiest are drawn, or draws others")
	}
	all = nil
	for i := range 100 {
		for k := range 100 {
			all = append(all, zipkin.Link{Parent: fmt.Sprint("s", i), Child: fmt.Sprint("s", k), CallCount: 1})
		}
	}
	if services, edges := drawn(t, all); len(services) > 100 || edges != 400 {
		t.Errorf("%d services and %d edges are drawn, want 400 edges", len(services), edges)
	}
	body = page(t, &remote{webtest.Reader{}, all}, "/dependencies", http.StatusOK)
	if rows := rowsOf(body); len(rows) != 1000 || !strings.Contains(body, "The table has the first 1000 of 10000 edges.") {
		t.Errorf("the table has %d rows, or does not say that there are more", len(rows))
	}
}

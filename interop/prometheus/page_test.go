// Package prometheus has the /metrics of every process of a stack judged by
// Prometheus's own libraries: its parser, and the linter behind
// `promtool check metrics`.
package prometheus

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"google.golang.org/protobuf/proto"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
)

func TestMain(m *testing.M) { os.Exit(stacktest.Main(m)) }

// accept is what a Prometheus server sends.
const accept = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1"

// get returns the status, the header and the body of an answer. The header of the request
// is given in pairs.
func get(t *testing.T, url string, header ...string) (int, http.Header, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", accept)
	for pair := range slices.Chunk(header, 2) {
		req.Header.Set(pair[0], pair[1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, body
}

// families are what a page has, by name.
type families = map[string]*dto.MetricFamily

func parse(t *testing.T, text []byte) families {
	t.Helper()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	all, err := parser.TextToMetricFamilies(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("Prometheus cannot read it: %v\n%s", err, text)
	}
	return all
}

// busy starts a stack beside a store that keeps its traces, and sends them requests of every
// kind. It returns the URL of each process's metrics.
func busy(t *testing.T) map[string]string {
	t.Helper()
	kept := stacktest.StartStore(t, nil).UI
	shown := stacktest.Up(t, "--zipkin", kept)
	alone := stacktest.Up(t)
	for _, s := range []*stacktest.Stack{shown, alone} {
		for range 3 {
			get(t, s.Gateway+"/visit")
		}
		failing(t, s)
		get(t, s.Gateway+"/nosuch")
		get(t, s.UI+"/api/v2/services")
		get(t, s.UI+"/api/v2/trace/nosuch")
		get(t, s.UI+labapi.WhyPath+"/0000000000000001")
	}
	all := map[string]string{"store": kept + "/metrics", "server of a Zipkin": shown.UI + "/metrics", "server": alone.UI + "/metrics",
		"server, Zipkin's path": alone.UI + "/prometheus"}
	for service, url := range services(t, alone) {
		all[service] = url + "/metrics"
	}
	return all
}

// failing makes a visit that the writer and the gateway answer with a 5xx.
func failing(t *testing.T, s *stacktest.Stack) {
	t.Helper()
	if status, _, body := get(t, s.Gateway+"/visit", faults.Header, "writer=failing-dependency"); status < 500 {
		t.Fatalf("a visit that fails: %d %s", status, body)
	}
}

// services are the base URLs of the services of a stack, by name.
func services(t *testing.T, s *stacktest.Stack) map[string]string {
	t.Helper()
	server, err := labapi.Find(t.Context(), s.UI)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	err = testbed.Eventually(func() error {
		stack, err := server.Stack(t.Context())
		if err != nil {
			return err
		}
		for _, p := range stack.Processes {
			all[p.Service] = p.URL
		}
		if len(all) != 3 {
			return fmt.Errorf("the services are %v", all)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestEveryPagePassesPromtoolsCheck(t *testing.T) {
	for process, url := range busy(t) {
		t.Run(process, func(t *testing.T) {
			status, header, text := get(t, url)
			if format := expfmt.ResponseFormat(header); status != 200 || format.FormatType() != expfmt.TypeTextPlain {
				t.Fatalf("%d %s", status, format)
			}
			problems, err := promlint.New(bytes.NewReader(text)).Lint()
			if err != nil {
				t.Error(err)
			}
			for _, p := range problems {
				t.Errorf("%s: %s", p.Metric, p.Text)
			}
			all := parse(t, text)
			described(t, text, all)
			survives(t, all)
			for name, f := range all {
				for _, m := range f.GetMetric() {
					if err := sound(m.GetHistogram()); f.GetType() == dto.MetricType_HISTOGRAM && err != nil {
						t.Errorf("%s%v: %v", name, m.GetLabel(), err)
					}
				}
			}
		})
	}
}

var comment = regexp.MustCompile(`(?m)^# (HELP|TYPE) (\S+) .`)

// described requires one HELP and one TYPE of each family, and no other.
func described(t *testing.T, text []byte, all families) {
	t.Helper()
	count := map[string]int{}
	for _, m := range comment.FindAllSubmatch(text, -1) {
		count[string(m[1])+" "+string(m[2])]++
	}
	for name := range all {
		if count["HELP "+name] != 1 || count["TYPE "+name] != 1 {
			t.Errorf("%s: %d HELP, %d TYPE", name, count["HELP "+name], count["TYPE "+name])
		}
	}
}

// survives has Prometheus's library write the page and reads that again.
func survives(t *testing.T, all families) {
	t.Helper()
	var text bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if _, err := expfmt.MetricFamilyToText(&text, all[name]); err != nil {
			t.Fatal(err)
		}
	}
	again := parse(t, text.Bytes())
	for name, f := range all {
		if !proto.Equal(f, again[name]) {
			t.Errorf("%s was\n%v\nand is\n%v", name, f, again[name])
		}
	}
}

// sound says what is wrong with a histogram.
func sound(h *dto.Histogram) error {
	if h == nil || len(h.GetBucket()) < 2 || h.SampleCount == nil || h.SampleSum == nil {
		return fmt.Errorf("it lacks something: %v", h)
	}
	count, bound := uint64(0), math.Inf(-1)
	for _, b := range h.GetBucket() {
		if b.GetCumulativeCount() < count || b.GetUpperBound() <= bound {
			return fmt.Errorf("le=%g has %d after le=%g with %d", b.GetUpperBound(), b.GetCumulativeCount(), bound, count)
		}
		count, bound = b.GetCumulativeCount(), b.GetUpperBound()
	}
	if !math.IsInf(bound, 1) || count != h.GetSampleCount() {
		return fmt.Errorf("le=%g has %d of %d", bound, count, h.GetSampleCount())
	}
	return nil
}

// TestHistogramsAddUpOverProcesses makes visits, each of which is a request to
// three processes at least, and adds their histograms up as PromQL's
// sum by (le) does.
func TestHistogramsAddUpOverProcesses(t *testing.T) {
	const visits = 10
	s := stacktest.Up(t)
	for range visits {
		get(t, s.Gateway+"/visit")
	}
	err := testbed.Eventually(func() error {
		sum, requests := addUp(t, services(t, s))
		bounds := slices.Sorted(maps.Keys(sum))
		if want := []float64{.005, .01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10, math.Inf(1)}; !slices.Equal(bounds, want) {
			t.Fatalf("the bounds are %v; those of OpenTelemetry are %v", bounds, want)
		}
		if all := sum[math.Inf(1)]; requests < 3*visits || all != requests {
			return fmt.Errorf("%d requests, %d of them in buckets; want %d at least", requests, all, 3*visits)
		}
		for i, b := range bounds[1:] {
			if sum[b] < sum[bounds[i]] {
				t.Fatalf("the sums fall: %v", sum)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// addUp returns how many requests to all processes took at most how many seconds, and how
// many there were.
func addUp(t *testing.T, processes map[string]string) (sum map[float64]uint64, requests uint64) {
	t.Helper()
	sum = map[float64]uint64{}
	for _, url := range processes {
		_, _, text := get(t, url+"/metrics")
		for _, m := range parse(t, text)["http_server_request_duration_seconds"].GetMetric() {
			for _, b := range m.GetHistogram().GetBucket() {
				sum[b.GetUpperBound()] += b.GetCumulativeCount()
			}
			requests += m.GetHistogram().GetSampleCount()
		}
	}
	return sum, requests
}

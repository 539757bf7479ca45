package prometheus

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
)

// TestQueries has a Prometheus server scrape a stack at work, and asks it the
// queries of the document until each has an answer.
func TestQueries(t *testing.T) {
	queries := documented(t)
	s := stacktest.Up(t)
	targets := []string{address(t, s.UI)}
	for _, url := range services(t, s) {
		targets = append(targets, address(t, url))
	}
	server := startPrometheus(t, targets)
	err := testbed.Eventually(func() error {
		get(t, s.Gateway+"/visit")
		failing(t, s)
		if up := ask(t, server, `up{job="tracelab"} == 1`); len(up) != len(targets) {
			return fmt.Errorf("it has scraped %v of %v", up, targets)
		}
		for _, query := range queries {
			if len(ask(t, server, query)) == 0 {
				return fmt.Errorf("no answer to %s", query)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

var query = regexp.MustCompile("(?s)```promql\n(.*?)\n```")

func documented(t *testing.T) (queries []string) {
	t.Helper()
	const document = "../../docs/metrics.md"
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range query.FindAllSubmatch(text, -1) {
		queries = append(queries, string(m[1]))
	}
	if len(queries) == 0 {
		t.Fatalf("%s has no query", document)
	}
	return queries
}

func address(t *testing.T, base string) string {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}

// startPrometheus starts one that scrapes targets, and returns its base URL.
func startPrometheus(t *testing.T, targets []string) string {
	t.Helper()
	program, err := exec.LookPath("prometheus")
	if err != nil {
		testbed.Missing(t, "prometheus", "apt-get install prometheus")
	}
	dir, addr := t.TempDir(), "127.0.0.1:"+testbed.FreePort(t)
	config := fmt.Sprintf(`scrape_configs: [{job_name: tracelab, scrape_interval: 1s, scrape_timeout: 1s, static_configs: [{targets: ["%s"]}]}]`, strings.Join(targets, `", "`))
	file := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	testbed.NewServer(t, time.Minute, testbed.Answers("http://"+addr+"/-/ready"), program, "--config.file="+file,
		"--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+addr, "--log.level=warn").Start()
	return "http://" + addr
}

// ask returns what a query yields now, as text.
func ask(t *testing.T, server, query string) (values []string) {
	t.Helper()
	_, _, body := get(t, server+"/api/v1/query?query="+url.QueryEscape(query))
	var answer struct {
		Status, Error string
		Data          struct{ Result []json.RawMessage }
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Status != "success" {
		t.Fatalf("%s: %v %s", query, err, body)
	}
	for _, r := range answer.Data.Result {
		values = append(values, string(r))
	}
	return values
}

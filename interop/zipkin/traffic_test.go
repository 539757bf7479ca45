package zipkin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
	"example.com/tracelab/interop/referee"
)

// realTraffic sends what the services report to both, and asks both the same
// questions.
func realTraffic(t *testing.T, both *referee.Pair) {
	stack := stacktest.Up(t, "--zipkin", both.Tee(t))
	ids := traffic(t, stack)
	compared, different := 0, 0
	for _, question := range questions(ids) {
		compared++
		if err := testbed.Eventually(func() error { return both.Same(question) }); err != nil {
			different++
			t.Errorf("GET %s: %v", question, err)
		}
	}
	t.Logf("%d questions about %d traces, %d answers differ", compared, len(ids), different)
}

// traffic makes visits of every kind and returns the ids of their traces.
func traffic(t *testing.T, s *stacktest.Stack) (ids []string) {
	t.Helper()
	visit := func(method, path string) answer {
		req, err := http.NewRequest(method, s.Gateway+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var a answer
		if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, a.TraceID)
		return a
	}
	third := strings.TrimSuffix(visit("GET", "/visit").Visits[0].URL, "/get")
	query := func(paths ...string) string {
		q := url.Values{}
		for _, p := range paths {
			q.Add("url", third+p)
		}
		return q.Encode()
	}
	visit("GET", "/visit?rounds=10&"+query("/get"))
	visit("GET", "/visit?"+query("/status/404", "/status/500", "/delay/0.1"))
	visit("GET", "/visit?mode=serial&"+query("/bytes/1000", "/relative-redirect/2"))
	visit("GET", "/visit?"+query("/relative-redirect/9"))
	visit("GET", "/visit?url=file:///etc/passwd")
	visit("GET", "/visits?"+query("/get"))
	visit("POST", "/visits?"+query("/get", "/status/418"))
	visit("DELETE", "/visit")
	return ids
}

type answer struct {
	TraceID string
	Visits  []struct{ URL string }
}

func questions(ids []string) []string {
	end := fmt.Sprint(time.Now().Add(time.Minute).UnixMilli())
	window := "endTs=" + end + "&lookback=3600000"
	all := []string{"/api/v2/services", "/api/v2/dependencies?" + window, "/api/v2/traceMany?traceIds=" + strings.Join(ids[:4], ",")}
	for _, service := range []string{"gateway", "fetcher", "writer", "nobody"} {
		all = append(all, "/api/v2/spans?serviceName="+service, "/api/v2/remoteServices?serviceName="+service,
			"/api/v2/traces?limit=100&"+window+"&serviceName="+service)
	}
	for _, q := range []string{"", "&spanName=get+%2Fvisit", "&annotationQuery=error", "&annotationQuery=http.method%3DPOST", "&minDuration=100000", "&minDuration=1&maxDuration=5000",
		"&serviceName=fetcher&spanName=httprequest", "&serviceName=writer&remoteServiceName=redis", "&serviceName=gateway&annotationQuery=http.status_code%3D202", "&minDuration=0"} {
		all = append(all, "/api/v2/traces?limit=100&"+window+q)
	}
	for _, id := range ids {
		all = append(all, "/api/v2/trace/"+id)
	}
	return append(all, "/api/v2/trace/1", "/api/v2/trace/xyz")
}

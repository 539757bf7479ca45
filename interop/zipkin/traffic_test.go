// Package zipkin holds the embedded store against the released Zipkin server.
package zipkin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/zipkinapi"
)

func TestMain(m *testing.M) { os.Exit(testbed.Main(m)) }

// TestRealTrafficIsAnsweredAlike sends what the services report to both, and
// asks both the same questions.
func TestRealTrafficIsAnsweredAlike(t *testing.T) {
	real := testbed.StartZipkin(t)
	ours := httptest.NewServer(embedded())
	defer ours.Close()
	both := &tee{real: real.URL, ours: ours.URL, t: t}
	front := httptest.NewServer(both)
	defer front.Close()
	stack := testbed.Up(t, "--zipkin", front.URL)
	ids := traffic(t, stack)
	compared, different := 0, 0
	for _, question := range questions(ids) {
		compared++
		if err := testbed.Within(10*time.Second, func() error { return both.same(question) }); err != nil {
			different++
			t.Errorf("GET %s: %v", question, err)
		}
	}
	t.Logf("%d questions about %d traces, %d answers differ", compared, len(ids), different)
}

func embedded() http.Handler {
	mux := http.NewServeMux()
	zipkinapi.NewServer(store.New(store.Config{}), zipkinapi.Options{}).Register(mux)
	return mux
}

// traffic makes visits of every kind and returns the ids of their traces.
func traffic(t *testing.T, s *testbed.Stack) (ids []string) {
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

// tee hands spans to both servers, and all else to the real one.
type tee struct {
	real, ours string
	t          *testing.T
}

func (b *tee) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		b.t.Error(err)
	}
	servers := []string{b.real}
	if r.Method == http.MethodPost {
		servers = append(servers, b.ours)
	}
	for i, server := range servers {
		req, err := http.NewRequest(r.Method, server+r.URL.RequestURI(), bytes.NewReader(body))
		if err != nil {
			b.t.Error(err)
			return
		}
		req.Header = r.Header.Clone()
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		if i == 0 {
			w.WriteHeader(resp.StatusCode)
			io.Copy(w, resp.Body)
		}
		resp.Body.Close()
	}
}

// same asks both servers and says how the answers differ. The order of a
// trace's spans is that of their arrival, which the real server decides on many
// threads: it is no part of the answer.
func (b *tee) same(question string) error {
	realStatus, realBody, err := ask(b.real + question)
	if err != nil {
		return err
	}
	ourStatus, ourBody, err := ask(b.ours + question)
	switch {
	case err != nil:
		return err
	case realStatus != ourStatus:
		return fmt.Errorf("Zipkin answers %d, we %d: %s", realStatus, ourStatus, ourBody)
	case realStatus != 200 && realBody != ourBody:
		return fmt.Errorf("Zipkin says %q, we %q", realBody, ourBody)
	case realStatus != 200:
		return nil
	}
	if r, o := canonical(realBody), canonical(ourBody); !reflect.DeepEqual(r, o) {
		return fmt.Errorf("Zipkin answers\n%s\nwe\n%s", realBody, ourBody)
	}
	return nil
}

func ask(u string) (int, string, error) {
	resp, err := http.Get(u)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body), err
}

// canonical is an answer with the spans of each trace in the order of their text.
func canonical(body string) any {
	var traces [][]json.RawMessage
	if json.Unmarshal([]byte(body), &traces) == nil {
		for _, t := range traces {
			sortRaw(t)
		}
		return fmt.Sprintf("%s", traces)
	}
	var list []json.RawMessage
	if json.Unmarshal([]byte(body), &list) == nil {
		sortRaw(list)
		return fmt.Sprintf("%s", list)
	}
	return body
}

func sortRaw(list []json.RawMessage) {
	slices.SortFunc(list, func(a, b json.RawMessage) int { return bytes.Compare(a, b) })
}

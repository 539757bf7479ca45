package zipkinapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/zipkinapi"
)

const (
	spanC  = `{"traceId":"000000000000000c","id":"0000000000000001","name":"get","timestamp":1699999999000000,"localEndpoint":{"serviceName":"a"},"remoteEndpoint":{"serviceName":"b"},"tags":{"env":"prod"}}`
	spanCC = `{"traceId":"00000000000000cc000000000000000c","parentId":"0000000000000001","id":"0000000000000002","timestamp":1699999999000000,"tags":{"env":""}}`
	spanD  = `{"traceId":"000000000000000d","id":"0000000000000001","timestamp":1699999998000000,"localEndpoint":{"serviceName":"d"},"tags":{"env":"test","zone":"x"}}`
	noPage = "404 Not Found"
)

// answers queries a server that has the spans above. All that is expected of it
// was seen on the released server with the same settings.
func answers(t *testing.T, c store.Config, o zipkinapi.Options, want map[string]string) {
	t.Helper()
	srv := serve(t, c, o)
	if !o.CollectorDisabled {
		post(t, srv.URL, spanC, spanCC, spanD)
	}
	for path, want := range want {
		if _, body := do(t, "GET", srv.URL+path, ""); body != want {
			t.Errorf("GET %s: %s\nwant %s", path, body, want)
		}
	}
}

func TestLenientTraceIDs(t *testing.T) {
	both := "[" + spanC + "," + spanCC + "]"
	answers(t, store.Config{LenientTraceIDs: true}, zipkinapi.Options{}, map[string]string{
		"/api/v2/trace/c":                                                    both,
		"/api/v2/trace/cc000000000000000c":                                   both,
		"/api/v2/trace/ff000000000000000c":                                   both,
		"/api/v2/trace/ff000000000000000e":                                   "00000000000000ff000000000000000e not found",
		"/api/v2/traces":                                                     "[" + both + ",[" + spanD + "]]",
		"/api/v2/traces?limit=1":                                             "[" + both + "]",
		"/api/v2/traces?serviceName=a":                                       "[" + both + "]",
		"/api/v2/traceMany?traceIds=e,c":                                     "[[]," + both + "]",
		"/api/v2/traceMany?traceIds=d,c":                                     "[[" + spanD + "]," + both + "]",
		"/api/v2/traceMany?traceIds=e,f":                                     "[[],[]]",
		"/api/v2/traceMany?traceIds=c,c":                                     "redundant traceId: c",
		"/api/v2/dependencies?endTs=1700000000000":                           `[{"parent":"a","child":"b","callCount":1}]`,
		"/api/v2/traceMany?traceIds=c,cc000000000000000c,ff000000000000000c": "[" + both + "]",
		"/api/v2/traceMany?traceIds=e,ff000000000000000e":                    "[[]]",
	})
}

func TestAutocomplete(t *testing.T) {
	answers(t, store.Config{AutocompleteKeys: []string{"zone", "env", "none"}}, zipkinapi.Options{}, map[string]string{
		"/api/v2/autocompleteKeys":             `["env","none","zone"]`,
		"/api/v2/autocompleteValues?key=env":   `["","prod","test"]`, // also of spans without a service
		"/api/v2/autocompleteValues?key=zone":  `["x"]`,
		"/api/v2/autocompleteValues?key=none":  "[]",
		"/api/v2/autocompleteValues?key=ENV":   "[]",
		"/api/v2/autocompleteValues?key=other": "[]",
		"/api/v2/autocompleteValues?key=":      "key was empty",
	})
}

func TestAutocompleteValuesMayBeKeptOnceThereAreFour(t *testing.T) {
	srv := serve(t, store.Config{AutocompleteKeys: []string{"env"}}, zipkinapi.Options{})
	for i := range 4 {
		resp, _ := do(t, "GET", srv.URL+"/api/v2/autocompleteValues?key=env", "")
		if got := resp.Header.Get("Cache-Control"); got != "" {
			t.Errorf("%d values: cache-control %q", i, got)
		}
		post(t, srv.URL, fmt.Sprintf(`{"traceId":"1","id":"1","tags":{"env":"%d"}}`, i))
	}
	for _, path := range []string{"autocompleteKeys", "autocompleteValues?key=env"} {
		resp, _ := do(t, "GET", srv.URL+"/api/v2/"+path, "")
		if got := resp.Header.Get("Cache-Control"); got != "max-age=300, must-revalidate" {
			t.Errorf("%s: cache-control %q", path, got)
		}
	}
}

func TestNamesAreInTheOrderOfJava(t *testing.T) {
	srv := newServer(t)
	for _, name := range []string{"b", "\uffee", "\U0001f600", "a"} {
		post(t, srv.URL, `{"traceId":"1","id":"1","localEndpoint":{"serviceName":"`+name+`"}}`)
	}
	if _, body := do(t, "GET", srv.URL+"/api/v2/services", ""); body != `["a","b","\uD83D\uDE00","`+"\uffee"+`"]` {
		t.Errorf("services %s", body)
	}
}

func TestSearchDisabled(t *testing.T) {
	answers(t, store.Config{AutocompleteKeys: []string{"env"}}, zipkinapi.Options{SearchDisabled: true}, map[string]string{
		"/api/v2/services":                         "[]",
		"/api/v2/spans?serviceName=a":              "[]",
		"/api/v2/spans":                            mandatory + "serviceName",
		"/api/v2/remoteServices?serviceName=a":     "[]",
		"/api/v2/traces":                           "[]",
		"/api/v2/traces?limit=0":                   "limit <= 0",
		"/api/v2/autocompleteValues?key=env":       "[]",
		"/api/v2/autocompleteValues?key=":          "key was empty",
		"/api/v2/autocompleteKeys":                 `["env"]`,
		"/api/v2/trace/d":                          "[" + spanD + "]",
		"/api/v2/traceMany?traceIds=c,d":           "[[" + spanC + "],[" + spanD + "]]",
		"/api/v2/dependencies?endTs=1700000000000": `[{"parent":"a","child":"b","callCount":1}]`,
	})
}

func TestQueryDisabled(t *testing.T) {
	answers(t, store.Config{}, zipkinapi.Options{QueryDisabled: true, Version: "v", Commit: "c"}, map[string]string{
		"/api/v2/services":                         noPage,
		"/zipkin/api/v2/services":                  noPage,
		"/api/v2/spans":                            noPage,
		"/api/v2/spans?serviceName=a":              noPage,
		"/api/v2/remoteServices?serviceName=a":     noPage,
		"/api/v2/traces":                           noPage,
		"/api/v2/trace/d":                          noPage,
		"/api/v2/traceMany?traceIds=c,d":           noPage,
		"/api/v2/dependencies?endTs=1700000000000": noPage,
		"/api/v2/autocompleteKeys":                 noPage,
		"/api/v2/autocompleteValues?key=env":       noPage,
		"/info":                                    "{\"zipkin\":{\"version\":\"v\",\"commit\":\"c\"}}\n",
		"/zipkin/config.json":                      noPage,
		"/zipkin//config.json":                     noPage,
	})
	srv := serve(t, store.Config{}, zipkinapi.Options{QueryDisabled: true})
	if resp, body := do(t, "POST", srv.URL+"/zipkin/api/v2/spans", "[]"); resp.StatusCode != 404 || body != noPage {
		t.Errorf("POST under /zipkin: %d %s", resp.StatusCode, body)
	}
}

func TestCollectorDisabled(t *testing.T) {
	srv := serve(t, store.Config{}, zipkinapi.Options{CollectorDisabled: true})
	for _, path := range []string{"/api/v2/spans", "/api/v1/spans"} {
		if resp, body := do(t, "POST", srv.URL+path, "[]"); resp.StatusCode != 404 || body != noPage {
			t.Errorf("POST %s: %d %s", path, resp.StatusCode, body)
		}
	}
	if resp, body := do(t, "GET", srv.URL+"/api/v2/spans?serviceName=a", ""); resp.StatusCode != 200 || body != "[]" {
		t.Errorf("GET: %d %s", resp.StatusCode, body)
	}
	for _, path := range []string{"/metrics", "/prometheus"} {
		if _, body := do(t, "GET", srv.URL+path, ""); !strings.Contains(body, "grpc") || strings.Contains(body, `.http"`) || strings.Contains(body, `="http"`) {
			t.Errorf("GET %s has a transport that is closed:\n%s", path, body)
		}
	}
}

func TestLookback(t *testing.T) {
	answers(t, store.Config{}, zipkinapi.Options{Lookback: 1500 * time.Millisecond}, map[string]string{
		"/api/v2/traces":                                         "[[" + spanC + "],[" + spanCC + "]]",
		"/api/v2/traces?lookback=2500":                           "[[" + spanC + "],[" + spanCC + "],[" + spanD + "]]",
		"/api/v2/dependencies?endTs=1700000000000":               `[{"parent":"a","child":"b","callCount":1}]`,
		"/api/v2/dependencies?endTs=1700000001000":               "[]",
		"/api/v2/dependencies?endTs=1700000001000&lookback=2500": `[{"parent":"a","child":"b","callCount":1}]`,
	})
}

func TestAllowedOrigins(t *testing.T) {
	const foo, bar = "http://foo.example.com", "http://bar.example.com"
	for _, c := range []struct {
		allowed      []string
		origin, want string
		vary         string
	}{
		{nil, foo, "*", ""},
		{nil, "null", "null", ""},
		{[]string{"*"}, foo, "*", ""},
		{[]string{foo, "*"}, bar, "*", ""},
		{[]string{"*"}, "null", "null", ""},
		{[]string{foo, bar}, foo, foo, "origin"},
		{[]string{foo, bar}, bar, bar, "origin"},
		{[]string{foo}, "http://FOO.example.com", "http://FOO.example.com", "origin"},
		{[]string{foo}, bar, "", ""},
		{[]string{foo}, foo + ":80", "", ""},
		{[]string{foo}, "https://foo.example.com", "", ""},
		{[]string{foo}, "null", "", ""},
		{[]string{foo}, "*", "", ""},
		{[]string{foo}, "", "", ""},
		{[]string{}, foo, "", ""},
	} {
		srv := serve(t, store.Config{}, zipkinapi.Options{AllowedOrigins: c.allowed})
		for _, path := range []string{"/api/v2/services", "/api/v2/traces?limit=0", "/api/nosuch", "/health", "/zipkin/config.json", "/prometheus"} {
			resp, _ := do(t, "GET", srv.URL+path, "", "Origin", c.origin)
			expectOrigin(t, resp, c.want, c.vary)
			if got := resp.Header.Get("Access-Control-Expose-Headers"); (got != "") != (c.want != "") {
				t.Errorf("%s: expose %q", path, got)
			}
		}
		if c.origin == "" {
			continue
		}
		resp, body := do(t, "OPTIONS", srv.URL+"/api/v2/spans", "", "Origin", c.origin, "Access-Control-Request-Method", "POST")
		expectOrigin(t, resp, c.want, c.vary)
		methods, age := resp.Header.Get("Access-Control-Allow-Methods"), resp.Header.Get("Access-Control-Max-Age")
		if c.want == "" && methods+age != "" || c.want != "" && methods+age != "GET,POST0" || resp.StatusCode != http.StatusOK || body != "" {
			t.Errorf("preflight of %s: %s %q, methods %q for %q s", c.origin, resp.Status, body, methods, age)
		}
	}
}

func expectOrigin(t *testing.T, resp *http.Response, origin, vary string) {
	t.Helper()
	h := resp.Header
	if h.Get("Access-Control-Allow-Origin") != origin || h.Get("Vary") != vary || h.Get("Access-Control-Allow-Credentials") != "" ||
		(h.Get("Access-Control-Allow-Headers") != "") != (origin != "") {
		t.Errorf("%s %s: %v, want origin %q and vary %q", resp.Request.Method, resp.Request.URL, h, origin, vary)
	}
}

func TestACompressedAnswerVariesByBoth(t *testing.T) {
	srv := serve(t, store.Config{}, zipkinapi.Options{AllowedOrigins: []string{"http://x"}})
	post(t, srv.URL, `{"traceId":"1","id":"1","tags":{"k":"`+strings.Repeat("v", 4000)+`"}}`)
	resp, _ := do(t, "GET", srv.URL+"/api/v2/trace/1", "", "Origin", "http://x", "Accept-Encoding", "gzip")
	if got := strings.Join(resp.Header.Values("Vary"), ","); got != "origin,accept-encoding" {
		t.Errorf("vary %q", got)
	}
}

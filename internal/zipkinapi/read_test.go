package zipkinapi_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"strings"
	"testing"
)

const mandatory = "Mandatory parameter/header/attribute is missing: "

// TestBadQuestions holds the answers that the released server gives.
func TestBadQuestions(t *testing.T) {
	many := make([]string, 1001)
	for i := range many {
		many[i] = fmt.Sprintf("%x", i+1)
	}
	srv := newServer(t)
	for _, c := range []struct {
		path   string
		status int
		want   string
	}{
		{"trace/48485A3953BB6124", 400, "48485A3953BB6124 should be lower-hex encoded with no prefix"},
		{"trace/zzz", 400, "zzz should be lower-hex encoded with no prefix"},
		{"trace/a%2Fb", 400, "a/b should be lower-hex encoded with no prefix"},
		{"trace/0", 400, "traceId is all zeros"},
		{"trace/0000000000000000", 400, "traceId is all zeros"},
		{"trace/%20", 400, "traceId is empty"},
		{"trace/111111111111111111111111111111111", 400, "traceId.length > 32"},
		{"trace/ffffffffffffffff", 404, "ffffffffffffffff not found"},
		{"trace/%20c%20", 404, "000000000000000c not found"},
		{"trace/0000000000000000000000000000000c", 404, "000000000000000c not found"},
		{"trace/1000000000000000c", 404, "0000000000000001000000000000000c not found"},
		{"traceMany", 400, mandatory + "traceIds"},
		{"traceMany?traceIds=", 400, "traceIds parameter is empty"},
		{"traceMany?traceIds=c", 400, "Use /api/v2/trace/{traceId} endpoint to retrieve a single trace"},
		{"traceMany?traceIds=000000000000000c;000000000000000d", 400, "traceId.length > 32"},
		{"traceMany?traceIds=c&traceIds=d", 400, "Use /api/v2/trace/{traceId} endpoint to retrieve a single trace"},
		{"traceMany?traceIds=c,c", 400, "redundant traceId: c"},
		{"traceMany?traceIds=c,000000000000000c", 400, "redundant traceId: 000000000000000c"},
		{"traceMany?traceIds=c,", 400, "traceId is empty"},
		{"traceMany?traceIds=,", 400, "traceId is empty"},
		{"traceMany?traceIds=c,zzz", 400, "zzz should be lower-hex encoded with no prefix"},
		{"traceMany?traceIds=c,%20abcdef012345678", 400, " abcdef012345678 should be lower-hex encoded with no prefix"},
		{"traceMany?traceIds=" + strings.Join(many, ","), 400, "3e8,3e9 should be lower-hex encoded with no prefix"},
		{"spans", 400, mandatory + "serviceName"},
		{"spans?servicename=a", 400, mandatory + "serviceName"},
		{"remoteServices", 400, mandatory + "serviceName"},
		{"autocompleteValues", 400, mandatory + "key"},
		{"autocompleteValues?key=", 400, "key was empty"},
		{"traces?minDuration=0", 400, "minDuration <= 0"},
		{"traces?minDuration=-1", 400, "minDuration <= 0"},
		{"traces?maxDuration=100", 400, "maxDuration is only valid with minDuration"},
		{"traces?minDuration=200&maxDuration=100", 400, "maxDuration < minDuration"},
		{"traces?minDuration=abc", 400, `For input string: "abc"`},
		{"traces?minDuration=1.5", 400, `For input string: "1.5"`},
		{"traces?minDuration=abc&limit=0", 400, `For input string: "abc"`},
		{"traces?limit=0&endTs=0", 400, "endTs <= 0"},
		{"traces?limit=0", 400, "limit <= 0"},
		{"traces?limit=-1", 400, "limit <= 0"},
		{"traces?limit=abc", 400, `For input string: "abc"`},
		{"traces?limit=", 400, "Cannot set null to primitive type parameter: limit"},
		{"traces?limit=2147483648", 400, `For input string: "2147483648"`},
		{"traces?limit=+1", 400, `For input string: " 1"`},
		{"traces?endTs=0", 400, "endTs <= 0"},
		{"traces?endTs=-1", 400, "endTs <= 0"},
		{"traces?endTs=abc", 400, `For input string: "abc"`},
		{"traces?lookback=0", 400, "lookback <= 0"},
		{"traces?lookback=abc", 400, `For input string: "abc"`},
		{"dependencies", 400, mandatory + "endTs"},
		{"dependencies?lookback=1", 400, mandatory + "endTs"},
		{"dependencies?endTs=", 400, "Cannot set null to primitive type parameter: endTs"},
		{"dependencies?endTs=abc", 400, `For input string: "abc"`},
		{"dependencies?endTs=0", 400, "endTs <= 0"},
		{"dependencies?endTs=1&lookback=0", 400, "lookback <= 0"},
		{"dependencies?endTs=1&lookback=abc", 400, `For input string: "abc"`},
	} {
		for _, prefix := range []string{"/api/v2/", "/zipkin/api/v2/"} {
			resp, body := do(t, "GET", srv.URL+prefix+c.path, "")
			if resp.StatusCode != c.status || body != c.want || resp.Header.Get("Content-Type") != "text/*" {
				t.Errorf("GET %.100s: %d %q %q\nwant %d %q", prefix+c.path, resp.StatusCode, resp.Header.Get("Content-Type"), body, c.status, c.want)
			}
		}
	}
}

// post stores spans and fails the test if they are refused.
func post(t *testing.T, url string, spans ...string) {
	t.Helper()
	if resp, body := do(t, "POST", url+"/api/v2/spans", "["+strings.Join(spans, ",")+"]"); resp.StatusCode != 202 {
		t.Fatalf("POST: %d %s", resp.StatusCode, body)
	}
}

func TestQuestions(t *testing.T) {
	srv := newServer(t)
	const (
		one   = `{"traceId":"000000000000000c","id":"0000000000000001","name":"get","timestamp":1699999999000000,"duration":10,"localEndpoint":{"serviceName":"a"},"remoteEndpoint":{"serviceName":"b"}}`
		two   = `{"traceId":"000000000000000d","id":"0000000000000001","name":"all","timestamp":1699999998000000,"localEndpoint":{"serviceName":"a"},"tags":{"k":"v=w"}}`
		wide  = `{"traceId":"0000000000000001000000000000000c","id":"0000000000000002","name":"get","timestamp":1699999999000000,"localEndpoint":{"serviceName":"ü\t"}}`
		empty = `[]`
	)
	post(t, srv.URL, one, two, wide)
	list := func(traces ...string) string { return "[[" + strings.Join(traces, "],[") + "]]" }
	for path, want := range map[string]string{
		"trace/c": "[" + one + "]",
		"trace/%20000000000000000000000000000000c%0A": "[" + one + "]",
		"trace/1000000000000000c":                     "[" + wide + "]",
		"traceMany?traceIds=d,e,c":                    list(two, one),
		"traceMany?traceIds=1000000000000000c,d,c":    list(one, wide, two),
		"traceMany?traceIds=e,f":                      empty,

		"traces": list(one, wide, two),
		"traces?serviceName=A&spanName=GET&remoteServiceName=B":             list(one),
		"traces?serviceName=&spanName=&remoteServiceName=&annotationQuery=": list(one, wide, two),
		"traces?spanName=all":                 list(one, wide, two), // the word for any
		"traces?serviceName=all":              empty,
		"traces?serviceName=%C3%9C%09":        list(wide),
		"traces?serviceName=%20a":             empty,
		"traces?annotationQuery=k%3Dv%3Dw":    list(two),
		"traces?annotationQuery=k+and+none":   empty,
		"traces?minDuration=10&maxDuration=":  list(one),
		"traces?minDuration=%2B010":           list(one),
		"traces?minDuration=11":               empty,
		"traces?limit=1&limit=abc&unknown=1":  list(one, wide), // one low half
		"traces?endTs=1699999998000":          list(two),
		"traces?endTs=&lookback=&limit=2":     list(one, wide),
		"traces?lookback=1000":                list(one, wide),
		"traces?lookback=999":                 empty,
		"traces?endTs=9223372036854775807":    empty,
		"traces?lookback=9223372036854775":    list(one, wide, two),
		"traces?lookback=9223372036854775807": empty,
		"traces?minDuration=9223372036854775": empty,

		"services":                     `["a","ü\t"]`,
		"spans?serviceName=A":          `["all","get"]`,
		"spans?serviceName=":           empty,
		"spans?serviceName=%20a":       empty,
		"spans?serviceName=b":          empty,
		"remoteServices?serviceName=a": `["b"]`,
		"autocompleteKeys":             empty,
		"autocompleteValues?key=k":     empty,

		"dependencies?endTs=1700000000000":                              `[{"parent":"a","child":"b","callCount":1}]`,
		"dependencies?endTs=1699999998000&lookback=":                    empty,
		"dependencies?endTs=1700000000000&lookback=1000":                `[{"parent":"a","child":"b","callCount":1}]`,
		"dependencies?endTs=1700000000000&lookback=999":                 empty,
		"dependencies?endTs=1700000000000&lookback=9223372036854775807": `[{"parent":"a","child":"b","callCount":1}]`,
	} {
		resp, body := do(t, "GET", srv.URL+"/api/v2/"+path, "")
		if resp.StatusCode != 200 || body != want || resp.Header.Get("Content-Type") != "application/json" {
			t.Errorf("GET %s: %d %s\nwant %s", path, resp.StatusCode, body, want)
		}
	}
}

func TestNamesMayBeKeptFromFourServices(t *testing.T) {
	srv := newServer(t)
	service := func(name string) string {
		return fmt.Sprintf(`{"traceId":"1","id":"1","name":"get","localEndpoint":{"serviceName":"%s"}}`, name)
	}
	keep := func(path string) string {
		resp, _ := do(t, "GET", srv.URL+"/api/v2/"+path, "")
		return resp.Header.Get("Cache-Control")
	}
	post(t, srv.URL, service("a"), service("b"), service("c"))
	if got := keep("services"); got != "" {
		t.Errorf("three services: %q", got)
	}
	post(t, srv.URL, service("d"))
	if got := keep("spans?serviceName=a"); got != "" {
		t.Errorf("span names before anybody saw four services: %q", got)
	}
	const want = "max-age=300, must-revalidate"
	for _, path := range []string{"services", "spans?serviceName=a", "remoteServices?serviceName=a", "autocompleteKeys"} {
		if got := keep(path); got != want {
			t.Errorf("%s with four services: %q, want %q", path, got, want)
		}
	}
}

func TestLongAnswersAreCompressedOnRequest(t *testing.T) {
	srv := newServer(t)
	post(t, srv.URL, `{"traceId":"1","id":"1","name":"short"}`, `{"traceId":"2","id":"1","name":"`+strings.Repeat("long ", 500)+`"}`)
	for _, c := range []struct {
		path, accept string
		want         bool
	}{
		{"trace/2", "gzip", true}, {"trace/2", "br, GZIP;q=0.5", true}, {"trace/2", "gzip;q=0", false}, {"trace/2", "gzip; q=0.0", false},
		{"trace/2", "br", false}, {"trace/2", "identity", false}, {"trace/1", "gzip", false},
	} {
		resp, body := do(t, "GET", srv.URL+"/api/v2/"+c.path, "", "Accept-Encoding", c.accept)
		if got := resp.Header.Get("Content-Encoding") == "gzip"; got != c.want {
			t.Errorf("%s for %q: compressed %v, want %v", c.path, c.accept, got, c.want)
			continue
		}
		if !c.want {
			continue
		}
		z, err := gzip.NewReader(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := io.ReadAll(z); err != nil || !strings.Contains(string(plain), "long long") || resp.Header.Get("Vary") != "accept-encoding" {
			t.Errorf("%s: %.60s %v", c.path, plain, err)
		}
	}
}

package zipkinapi_test

import (
	"strings"
	"testing"

	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/zipkinapi"
)

// uiConfig is what the released server says, byte by byte.
const uiConfig = `{
  "environment" : "",
  "queryLimit" : 10,
  "defaultLookback" : 900000,
  "searchEnabled" : true,
  "logsUrl" : null,
  "supportUrl" : null,
  "archivePostUrl" : null,
  "archiveUrl" : null,
  "dependency" : {
    "enabled" : true,
    "lowErrorRate" : 0.5,
    "highErrorRate" : 0.75
  }
}`

func TestDocuments(t *testing.T) {
	const (
		json   = "application/json; charset=utf-8"
		spring = "application/vnd.spring-boot.actuator.v2+json; charset=utf-8"
		info   = "{\"zipkin\":{\"version\":\"1.2.3\",\"commit\":\"abc\"}}\n"
	)
	srv := newServer(t)
	for _, c := range []struct{ path, media, cache, want string }{
		{"/health", json, "", healthy},
		{"/actuator/health", spring, "", healthy},
		{"/info", json, "", info},
		{"/actuator/info", spring, "", info},
		{"/zipkin/config.json", json, "max-age=600", uiConfig},
	} {
		resp, body := do(t, "GET", srv.URL+c.path, "")
		if resp.StatusCode != 200 || body != c.want {
			t.Errorf("GET %s: %d %s", c.path, resp.StatusCode, body)
		}
		media, cache := resp.Header.Get("Content-Type"), resp.Header.Get("Cache-Control")
		if media != c.media || cache != c.cache || resp.ContentLength != int64(len(c.want)) {
			t.Errorf("GET %s: %q, cache-control %q, %d bytes", c.path, media, cache, resp.ContentLength)
		}
		if c.want == healthy {
			continue
		}
		tag, since := resp.Header.Get("Etag"), resp.Header.Get("Last-Modified")
		for name, value := range map[string]string{"If-None-Match": tag, "If-Modified-Since": since} {
			if resp, body := do(t, "GET", srv.URL+c.path, "", name, value); resp.StatusCode != 304 || body != "" {
				t.Errorf("GET %s %s %q: %d %s", c.path, name, value, resp.StatusCode, body)
			}
		}
		if resp, _ := do(t, "GET", srv.URL+c.path, "", "If-None-Match", `"another"`); resp.StatusCode != 200 {
			t.Errorf("GET %s with another tag: %d", c.path, resp.StatusCode)
		}
	}
}

func TestTheUIConfigSaysWhetherItCanSearch(t *testing.T) {
	srv := serve(t, store.Config{}, zipkinapi.Options{SearchDisabled: true, Lookback: 1})
	want := strings.Replace(uiConfig, `"searchEnabled" : true`, `"searchEnabled" : false`, 1)
	if _, body := do(t, "GET", srv.URL+"/zipkin/config.json", ""); body != want {
		t.Errorf("%s", body)
	}
}

const healthy = `{
  "status" : "UP",
  "zipkin" : {
    "status" : "UP",
    "details" : {
      "InMemoryStorage{}" : {
        "status" : "UP"
      }
    }
  }
}`

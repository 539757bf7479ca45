package serve

import (
	"bytes"
	"strings"
	"testing"

	"example.com/tracelab/internal/stack"
)

// TestTheBannerSaysWhatToDo with the addresses that there are.
func TestTheBannerSaysWhatToDo(t *testing.T) {
	a := stack.Addresses{Gateway: "http://localhost:8080", UI: "http://localhost:9411", ThirdParty: "http://127.0.0.1:8083",
		Redis: []string{"127.0.0.1:6380"}, EmbeddedRedis: true, Took: 71_234_567}
	text := plain(banner(a))
	for _, want := range []string{"in 71.2 ms", "curl -s 'http://localhost:8080/visit'", "http://localhost:9411/", "redis-cli -p 6380 GET", "# embedded"} {
		if !strings.Contains(text, want) {
			t.Errorf("nothing of %q in\n%s", want, text)
		}
	}
	a.Zipkin, a.Redis, a.EmbeddedRedis = "http://zipkin:9411", []string{"redis:6379"}, false
	text = plain(banner(a))
	for _, want := range []string{"http://zipkin:9411", "redis-cli -h redis -p 6379 GET", "# a real one"} {
		if !strings.Contains(text, want) {
			t.Errorf("nothing of %q in\n%s", want, text)
		}
	}
}

// plain is text without its styles.
func plain(text string) string {
	var out bytes.Buffer
	for len(text) > 0 {
		before, rest, styled := strings.Cut(text, "\x1b[")
		out.WriteString(before)
		if !styled {
			break
		}
		_, text, _ = strings.Cut(rest, "m")
	}
	return out.String()
}

// TestZipkinsOwnVariables: a store takes a Zipkin's place.
func TestZipkinsOwnVariables(t *testing.T) {
	t.Setenv("STORAGE_TYPE", "cassandra3")
	t.Setenv("UI_ENABLED", "true") // changes nothing
	if got := ignoredZipkinVariables(); len(got) != 1 || got[0] != "STORAGE_TYPE" {
		t.Errorf("ignored are %v", got)
	}
}

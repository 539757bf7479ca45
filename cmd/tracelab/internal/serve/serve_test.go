package serve

import (
	"bytes"
	"net"
	"strings"
	"testing"

	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/logging"
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

// TestWebSaysTheTokenOfARoom where other machines reach it, and none was given.
func TestWebSaysTheTokenOfARoom(t *testing.T) {
	everywhere, here := &net.TCPAddr{IP: net.IPv4zero}, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}
	for name, test := range map[string]struct {
		web  Web
		at   net.Addr
		says bool
	}{
		"everywhere":            {Web{}, everywhere, true},
		"loopback":              {Web{}, here, false},
		"loopback, forwarded":   {Web{AllowHosts: hosts.Names{"a.example.com"}}, here, true},
		"everywhere, was given": {Web{Token: "s3cret"}, everywhere, false},
	} {
		var log bytes.Buffer
		if err := setLogger(&log, logging.Config{Level: logging.Level{LogLevel: "warn"}, LogFormat: "json"}); err != nil {
			t.Fatal(err)
		}
		token := test.web.roomToken(test.at)
		if says := token != "" && strings.Contains(log.String(), `"TRACELAB_TOKEN":"`+token+`"`); says != test.says || !says && token+log.String() != "" {
			t.Errorf("%s: token %q, and the log says %s", name, token, &log)
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

// TestTheBannerIsForARoom that other machines reach.
func TestTheBannerIsForARoom(t *testing.T) {
	a := stack.Addresses{Gateway: "http://localhost:8080", UI: "http://localhost:9411", ThirdParty: "http://127.0.0.1:8083", Redis: []string{"127.0.0.1:6380"}, EmbeddedRedis: true,
		Shared: []stack.Entry{{Gateway: "http://192.0.2.7:8080", UI: "http://192.0.2.7:9411"}}, Token: "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
	text := plain(banner(a))
	for _, want := range []string{"curl -s 'http://192.0.2.7:8080/visit'", "http://192.0.2.7:9411/", "TRACELAB_TOKEN=ABCDEFGHIJKLMNOPQRSTUVWXYZ"} {
		if !strings.Contains(text, want) {
			t.Errorf("nothing of %q in\n%s", want, text)
		}
	}
	for line := range strings.Lines(text) {
		if len(line) > 81 && strings.Contains(line, "#") {
			t.Errorf("%d columns: %s", len(line)-1, line)
		}
	}
	a.Shared, a.Token = nil, ""
	if text := plain(banner(a)); strings.Contains(text, "TOKEN") || strings.Contains(text, "room") {
		t.Errorf("without one it says\n%s", text)
	}
}

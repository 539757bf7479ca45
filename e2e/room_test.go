package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"example.com/tracelab/internal/testbed/stacktest"
)

// asHost requests url as the caller of a host.
func asHost(t *testing.T, host, url string, headers ...string) (status int, body string) {
	t.Helper()
	req := mustRequest(t, "GET", url)
	req.Host = host
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(text)
}

func portOf(t *testing.T, text string) string {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil || u.Port() == "" {
		t.Fatalf("%s has no port", text)
	}
	return u.Port()
}

// ports are the URLs of all that a browser may be sent to.
func (s *stack) ports() map[string]string {
	return map[string]string{"pages": s.ui + "/", "API": s.ui + "/tracelab/v1/stack", "gateway": s.gateway + "/visit",
		"debug port": "http://" + s.process("gateway", 0).DebugAddr + "/debug/sampling"}
}

// TestTheAdviceOfARefusalWorks follows it, by the flag and by the variable, and asks
// every port again.
func TestTheAdviceOfARefusalWorks(t *testing.T) {
	t.Parallel()
	s := up(t)
	ports := s.ports()
	delete(ports, "gateway") // it answers to all
	advice := regexp.MustCompile(`(--allow-hosts=\S+)[\s\S]*(TRACELAB_ALLOW_HOSTS=\S+)`)
	for by, host := range map[string]string{"flag": "laptop.local:9411", "variable": "demo-9411.app.github.dev"} {
		var follow []string
		for name, url := range ports {
			status, said := asHost(t, host, url)
			if follow = advice.FindStringSubmatch(said); status != 403 || follow == nil {
				t.Fatalf("%s of %s: %d, and it says %q", name, host, status, said)
			}
		}
		cmd := exec.Command(stacktest.Program, append([]string{"up"}, stacktest.FreePorts()...)...)
		if by == "flag" {
			cmd.Args = append(cmd.Args, follow[1])
		} else {
			cmd.Env = append(os.Environ(), follow[2])
		}
		again := &stack{Stack: stacktest.Start(t, cmd), t: t}
		again.AwaitUp()
		again.gateway, again.ui = again.Gateway, again.UI
		for name, url := range again.ports() {
			if status, said := asHost(t, host, url); status != 200 {
				t.Errorf("%s of %s, allowed by the %s: %d, and it says %q", name, host, by, status, said)
			}
		}
	}
}

// TestAForwardedGatewayLinksToTheForwardedPages, whose name has another port in it.
func TestAForwardedGatewayLinksToTheForwardedPages(t *testing.T) {
	t.Parallel()
	s := up(t, "--allow-hosts", "demo-9411.app.github.dev")
	gateway, pages := portOf(t, s.gateway), portOf(t, s.ui)
	want := fmt.Sprintf(`"traceUrl": "https://demo-%s.app.github.dev/zipkin/traces/`, pages)
	if status, said := asHost(t, "demo-"+gateway+".app.github.dev", s.gateway+"/visit"); status != 200 || !strings.Contains(said, want) {
		t.Errorf("%d, and it says %s; want %s", status, said, want)
	}
	want = fmt.Sprintf("https://demo-%s.app.github.dev/visit", gateway)
	if status, said := asHost(t, "demo-"+pages+".app.github.dev", s.ui+"/?serviceName=nobody"); status != 200 || !strings.Contains(said, want) {
		t.Errorf("%d, and the page does not say %s: %s", status, want, said)
	}
	if !strings.Contains(s.Output(), "TRACELAB_TOKEN=") {
		t.Errorf("it says no token: %s", s.Output())
	}
}

// TestUpInARoom listens for others with the gateway and the pages, and for itself with
// the rest.
func TestUpInARoom(t *testing.T) {
	t.Parallel()
	s := up(t, "--bind", "0.0.0.0")
	token := regexp.MustCompile(`TRACELAB_TOKEN=(\w+)`).FindStringSubmatch(s.Output())
	if token == nil {
		t.Fatalf("it says no token: %s", s.Output())
	}
	if status, body := s.ask("GET", "/visit"); status != 200 {
		t.Errorf("a visit: %d %+v", status, body)
	}
	// Addresses of loopback, but not the one that other pieces listen on.
	for url, answers := range map[string]bool{
		"http://127.0.0.2:" + portOf(t, s.gateway) + "/visit":                        true,
		"http://127.0.0.2:" + portOf(t, s.ui) + "/":                                  true,
		"http://127.0.0.2:" + portOf(t, s.process("fetcher", 0).URL) + "/healthz":    false,
		"http://127.0.0.2:" + portOf(t, "http://"+s.process("gateway", 0).DebugAddr): false,
	} {
		resp, err := client.Get(url)
		if err == nil {
			resp.Body.Close()
		}
		if (err == nil && resp.StatusCode == http.StatusOK) != answers {
			t.Errorf("%s: %v, want an answer %v", url, err, answers)
		}
	}
	snapshots := "http://127.0.0.2:" + portOf(t, s.ui) + "/tracelab/v1/flights"
	for _, test := range []struct {
		token string
		want  int
	}{{"", 403}, {"x" + token[1], 403}, {token[1], 200}} {
		if status, said := asHost(t, "demo.example", snapshots, "X-Forwarded-For", "192.0.2.1", "Authorization", "Bearer "+test.token); status != 403 || strings.Contains(said, "token") {
			t.Errorf("by a name that is not allowed: %d %s", status, said)
		}
		if status, said := asHost(t, "", snapshots, "X-Forwarded-For", "192.0.2.1", "Authorization", "Bearer "+test.token); status != test.want {
			t.Errorf("token %q: %d %s, want %d", test.token, status, said, test.want)
		}
	}
}

// TestATokenThatWasGivenIsNotPrinted since who gave it knows it.
func TestATokenThatWasGivenIsNotPrinted(t *testing.T) {
	t.Parallel()
	s := up(t, "--bind=0.0.0.0", "--token=s3cret-of-the-room")
	if strings.Contains(s.Output(), "s3cret") {
		t.Errorf("it says %s", s.Output())
	}
	for token, want := range map[string]int{"s3cret-of-the-room": 200, "other": 403} {
		if status, said := asHost(t, "", s.ui+"/tracelab/v1/flights", "X-Forwarded-For", "192.0.2.1", "Authorization", "Bearer "+token); status != want {
			t.Errorf("token %q: %d %s, want %d", token, status, said, want)
		}
	}
	if here := up(t); strings.Contains(here.Output(), "TRACELAB_TOKEN") || strings.Contains(here.Output(), "room") {
		t.Errorf("on loopback it says %s", here.Output())
	}
}

// TestNamesThatAreUnlike are set, for links from one port to the other.
func TestNamesThatAreUnlike(t *testing.T) {
	t.Parallel()
	s := up(t, "--gateway-url", "https://a1.ngrok-free.app/", "--ui-url", "https://b2.ngrok-free.app/", "--allow-hosts", ".ngrok-free.app")
	if status, said := asHost(t, "a1.ngrok-free.app", s.gateway+"/visit"); status != 200 || !strings.Contains(said, `"traceUrl": "https://b2.ngrok-free.app/zipkin/traces/`) {
		t.Errorf("%d, and it says %s", status, said)
	}
	if status, said := asHost(t, "b2.ngrok-free.app", s.ui+"/?serviceName=nobody"); status != 200 || !strings.Contains(said, "https://a1.ngrok-free.app/visit") {
		t.Errorf("%d, and the page does not say what to curl: %s", status, said)
	}
	if said := s.Output(); !strings.Contains(said, "curl -s 'https://a1.ngrok-free.app/visit'") || !strings.Contains(said, " https://b2.ngrok-free.app/\n") {
		t.Errorf("it says %s", said)
	}
}

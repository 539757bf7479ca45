package browser

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"

	"example.com/tracelab/internal/testbed"
)

// firefox is a Firefox with one tab, which is told what to do by WebDriver BiDi: commands
// and events in JSON over a WebSocket.
type firefox struct {
	t    *testing.T
	ctx  context.Context
	conn *websocket.Conn
	last int    // id of the last command
	tab  string // its browsing context
	// complaints are what is said as errors on its console, for which the test fails.
	complaints []string
}

// message is an answer or an event.
type message struct {
	Type    string
	ID      int
	Result  json.RawMessage
	Error   string
	Message string
	Method  string
	Params  json.RawMessage
}

// openFirefox starts one that reaches nothing but this machine, and fails the test for every
// error on its console and for what the pages' policy forbids.
func openFirefox(t *testing.T) *firefox {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	t.Cleanup(cancel)
	f := &firefox{t: t, ctx: ctx}
	conn, _, err := websocket.Dial(ctx, startFirefox(t, ctx)+"/session", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	conn.SetReadLimit(16 << 20)
	f.conn = conn
	t.Cleanup(func() {
		for _, c := range f.complaints {
			t.Errorf("Firefox's console says: %s", c)
		}
	})
	f.command("session.new", map[string]any{"capabilities": map[string]any{}}, nil)
	f.command("session.subscribe", map[string]any{"events": []string{"log.entryAdded"}}, nil)
	f.command("script.addPreloadScript", map[string]any{"functionDeclaration": `() => addEventListener("securitypolicyviolation",
		e => console.error("the policy forbids", e.violatedDirective, e.blockedURI, e.sourceFile))`}, nil)
	var tree struct{ Contexts []struct{ Context string } }
	f.command("browsingContext.getTree", map[string]any{}, &tree)
	f.tab = tree.Contexts[0].Context
	return f
}

// firefoxSettings are those of a profile: all that is not on this machine is behind a proxy that
// is not there, and nothing is looked for elsewhere.
const firefoxSettings = `user_pref("network.proxy.type", 1);
user_pref("network.proxy.http", "127.0.0.1");
user_pref("network.proxy.http_port", 9);
user_pref("network.proxy.ssl", "127.0.0.1");
user_pref("network.proxy.ssl_port", 9);
user_pref("network.proxy.no_proxies_on", "localhost, 127.0.0.1");
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("browser.aboutwelcome.enabled", false);
`

var listensAt = regexp.MustCompile(`WebDriver BiDi listening on (ws://\S+)`)

// startFirefox returns where it listens.
func startFirefox(t *testing.T, ctx context.Context) string {
	t.Helper()
	program, err := exec.LookPath("firefox-esr")
	if err != nil {
		if program, err = exec.LookPath("firefox"); err != nil {
			testbed.Missing(t, "firefox-esr", "install the package firefox-esr")
		}
	}
	profile := t.TempDir()
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(firefoxSettings), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, program, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port=0", "about:blank")
	cmd.Env = append(os.Environ(), "HOME="+profile, "XDG_CACHE_HOME="+profile)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // it takes its own processes along
	cmd.WaitDelay = 10 * time.Second
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	address := make(chan string, 1)
	go func() {
		defer close(ended)
		find(said, address)
		_ = cmd.Wait() // it is interrupted
	}()
	t.Cleanup(func() { _ = cmd.Cancel(); <-ended })
	at, ok := <-address
	if !ok {
		t.Fatal("firefox ended before it listened")
	}
	return at
}

// find sends the address that Firefox says, and reads on, so that it never waits for us.
func find(said io.Reader, address chan<- string) {
	defer close(address)
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		if m := listensAt.FindStringSubmatch(lines.Text()); m != nil {
			address <- m[1]
			break
		}
	}
	_, _ = io.Copy(io.Discard, said)
}

// command is answered into result, unless that is nil.
func (f *firefox) command(method string, params map[string]any, result any) {
	f.t.Helper()
	if err := f.try(method, params, result); err != nil {
		f.t.Fatal(err)
	}
}

// try is command of what Firefox may refuse: while one page gives way to the next, it does.
func (f *firefox) try(method string, params map[string]any, result any) error {
	f.t.Helper()
	f.last++
	if err := wsjson.Write(f.ctx, f.conn, map[string]any{"id": f.last, "method": method, "params": params}); err != nil {
		f.t.Fatalf("%s: %v", method, err)
	}
	for {
		var m message
		if err := wsjson.Read(f.ctx, f.conn, &m); err != nil {
			f.t.Fatalf("%s: %v", method, err)
		}
		switch {
		case m.Type == "event":
			f.log(m)
		case m.ID != f.last:
			f.t.Fatalf("%s: answer %d to command %d", method, m.ID, f.last)
		case m.Type == "error":
			return fmt.Errorf("%s: %s: %s", method, m.Error, m.Message)
		default:
			if result != nil {
				if err := json.Unmarshal(m.Result, result); err != nil {
					f.t.Fatalf("%s: %v: %s", method, err, m.Result)
				}
			}
			return nil
		}
	}
}

func (f *firefox) log(m message) {
	var entry struct{ Level, Text string }
	if err := json.Unmarshal(m.Params, &entry); err != nil || entry.Level == "error" {
		f.complaints = append(f.complaints, fmt.Sprintf("%s %s", entry.Text, m.Params))
	}
}

// open waits until a page is loaded.
func (f *firefox) open(url string) {
	f.t.Helper()
	f.command("browsingContext.navigate", map[string]any{"context": f.tab, "url": url, "wait": "complete"}, nil)
	// What is complete may be the page before, which was loading itself anew. Zipkin's own
	// addresses lead to ours, which end as they do.
	f.await(fmt.Sprintf(`document.readyState === "complete" && new URL(%q).pathname.endsWith(location.pathname)`, url))
}

func (f *firefox) resize(width, height int) {
	f.t.Helper()
	f.command("browsingContext.setViewport", map[string]any{"context": f.tab, "viewport": map[string]int{"width": width, "height": height}}, nil)
}

// Keys, as WebDriver names those that write nothing.
const (
	keyEnter = "\ue007"
	keyRight = "\ue014"
	keyTab   = "\ue004"
)

// press presses keys, one after the other.
func (f *firefox) press(keys ...string) {
	f.t.Helper()
	if err := f.tryPress(keys...); err != nil {
		f.t.Fatal(err)
	}
}

// follow presses Enter on a link. Where it leads may be there before the key is up, which
// Firefox then refuses: that the page comes is what is awaited after it.
func (f *firefox) follow() {
	f.t.Helper()
	if err := f.tryPress(keyEnter); err != nil {
		f.t.Log(err)
	}
}

func (f *firefox) tryPress(keys ...string) error {
	f.t.Helper()
	var actions []map[string]string
	for _, key := range keys {
		actions = append(actions, map[string]string{"type": "keyDown", "value": key}, map[string]string{"type": "keyUp", "value": key})
	}
	return f.try("input.performActions", map[string]any{"context": f.tab, "actions": []any{map[string]any{"type": "key", "id": "keys", "actions": actions}}}, nil)
}

// read is the value of an expression of JavaScript in a Firefox.
func read[T any](f *firefox, expression string) T {
	f.t.Helper()
	v, err := tryRead[T](f, expression)
	if err != nil {
		f.t.Fatal(err)
	}
	return v
}

// tryRead is read of what may have no value yet.
func tryRead[T any](f *firefox, expression string) (v T, err error) {
	f.t.Helper()
	var answer struct {
		Type             string
		Result           struct{ Value string }
		ExceptionDetails struct{ Text string }
	}
	if err := f.try("script.evaluate", map[string]any{"expression": "JSON.stringify(" + expression + ")", "target": map[string]string{"context": f.tab}, "awaitPromise": true}, &answer); err != nil {
		return v, fmt.Errorf("%s: %w", expression, err)
	}
	if answer.Type != "success" {
		return v, fmt.Errorf("%s: %s", expression, answer.ExceptionDetails.Text)
	}
	if err := json.Unmarshal([]byte(answer.Result.Value), &v); err != nil {
		return v, fmt.Errorf("%s: %q: %w", expression, answer.Result.Value, err)
	}
	return v, nil
}

// await waits until an expression is true.
func (f *firefox) await(expression string) {
	f.t.Helper()
	err := testbed.Eventually(func() error {
		is, err := tryRead[bool](f, expression)
		if err == nil && !is {
			err = errors.New("it is not")
		}
		return err
	})
	if err != nil {
		f.t.Fatalf("%s: %v, at %s: %.2000s", expression, err, read[string](f, "location.href"), strings.TrimSpace(read[string](f, "document.body.innerText")))
	}
}

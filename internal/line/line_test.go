package line_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/tracelab/internal/line"
)

func serve(t *testing.T, token string) (*line.Hub, *httptest.Server) {
	t.Helper()
	hub := line.NewHub(token)
	srv := httptest.NewServer(hub)
	t.Cleanup(srv.Close)
	t.Cleanup(hub.Close)
	return hub, srv
}

// keep holds a line until the test ends or the returned function is called.
func keep(t *testing.T, url, token, service string) (hangUp func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- line.Keep(ctx, line.Config{ServerURL: url, Token: token,
			Describe: func() line.Registration { return line.Describe(service, "0.0.0.0:80") }})
	}()
	done := false
	hangUp = func() {
		if done {
			return
		}
		done = true
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Keep: %v", err)
		}
	}
	t.Cleanup(hangUp)
	return hangUp
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !ok(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

func names(hub *line.Hub) string {
	var all []string
	for _, p := range hub.Processes() {
		all = append(all, p.Service)
	}
	return strings.Join(all, " ")
}

func TestTheServerKnowsWhoIsThere(t *testing.T) {
	hub, srv := serve(t, "secret")
	keep(t, srv.URL, "secret", "writer")
	hangUp := keep(t, srv.URL, "secret", "fetcher")
	eventually(t, "both there", func() bool { return names(hub) == "fetcher writer" })
	// All interfaces are no address; the one that the line came from is.
	if got := hub.Processes()[0].URL; got != "http://127.0.0.1:80" {
		t.Errorf("the server would reach the fetcher at %s", got)
	}
	hangUp()
	eventually(t, "one gone", func() bool { return names(hub) == "writer" })
}

func TestTheServerHearsOfAChange(t *testing.T) {
	hub, srv := serve(t, "")
	var sampler atomic.Value
	sampler.Store("always")
	changed := make(chan struct{}, 1)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- line.Keep(ctx, line.Config{ServerURL: srv.URL, Changed: changed, Describe: func() line.Registration {
			return line.Registration{Service: "writer", Instance: "1", Sampler: sampler.Load().(string)}
		}})
	}()
	says := func(want string) func() bool {
		return func() bool {
			all := hub.Processes()
			return len(all) == 1 && all[0].Sampler == want
		}
	}
	eventually(t, "there", says("always"))
	sampler.Store("never")
	changed <- struct{}{}
	eventually(t, "changed", says("never"))
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestALineComesBack(t *testing.T) {
	hub, first := serve(t, "")
	port := strings.TrimPrefix(first.URL, "http://")
	keep(t, first.URL, "", "writer")
	eventually(t, "there", func() bool { return names(hub) == "writer" })
	hub.Close()
	first.Close()
	eventually(t, "gone", func() bool { return names(hub) == "" })
	again := line.NewHub("")
	second := httptest.NewUnstartedServer(again)
	second.Listener.Close()
	eventually(t, "the port free", func() bool {
		ln, err := listen(port)
		second.Listener = ln
		return err == nil
	})
	second.Start()
	t.Cleanup(second.Close)
	t.Cleanup(again.Close)
	eventually(t, "back", func() bool { return names(again) == "writer" })
}

func TestStrangersAreRefused(t *testing.T) {
	hub, srv := serve(t, "secret")
	for name, test := range map[string]struct {
		token, body string
		want        int
	}{
		"no token":     {"", `{"service":"x","instance":"1"}`, 401},
		"wrong token":  {"Bearer secre", `{"service":"x","instance":"1"}`, 401},
		"no name":      {"Bearer secret", `{}`, 400},
		"not JSON":     {"Bearer secret", `hello`, 400},
		"far too much": {"Bearer secret", `{"service":"` + strings.Repeat("x", 100_000) + `"}`, 400},
	} {
		req, _ := http.NewRequest("POST", srv.URL, strings.NewReader(test.body))
		if test.token != "" {
			req.Header.Set("Authorization", test.token)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != test.want {
			t.Errorf("%s: %s; want %d", name, resp.Status, test.want)
		}
	}
	if got := names(hub); got != "" {
		t.Errorf("the server let in %s", got)
	}
}

func TestOneProcessIsTold(t *testing.T) {
	hub, srv := serve(t, "")
	heard := map[string]chan string{}
	for _, instance := range []string{"1", "2"} {
		words := make(chan string, 8)
		heard[instance] = words
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() {
			ended <- line.Keep(ctx, line.Config{ServerURL: srv.URL,
				Describe: func() line.Registration {
					return line.Registration{Service: "writer", Instance: instance, Recorder: true}
				},
				Heard: func(kind string, body json.RawMessage) { words <- kind + " " + string(body) }})
		}()
		t.Cleanup(func() { cancel(); <-ended })
	}
	eventually(t, "both there", func() bool { return len(hub.Processes()) == 2 })
	if !hub.Processes()[0].Recorder {
		t.Error("the server does not know that it records")
	}
	for _, tell := range []struct{ instance, word string }{{"1", "a"}, {"2", "b"}, {"1", "a"}} {
		if err := hub.Tell(tell.instance, "kind", map[string]string{"word": tell.word}); err != nil {
			t.Fatal(err)
		}
	}
	if err := hub.Publish("all", "end"); err != nil {
		t.Fatal(err)
	}
	for instance, want := range map[string][]string{
		"1": {`kind {"word":"a"}`, `kind {"word":"a"}`}, // the same again is told again
		"2": {`kind {"word":"b"}`},
	} {
		var got []string
		for published := false; len(got) < len(want) || !published; {
			word := <-heard[instance]
			if word == `all "end"` {
				published = true
			} else {
				got = append(got, word)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("process %s heard %q; want %q", instance, got, want)
		}
	}
	if err := hub.Tell("3", "kind", "x"); err == nil {
		t.Error("a process that is not there was told something")
	}
	if err := hub.Tell("1", "kind", strings.Repeat("x", 100_000)); err == nil {
		t.Error("a line took 100,000 bytes")
	}
}

// TestTellDoesNotWait tells a process that does not listen.
func TestTellDoesNotWait(t *testing.T) {
	hub, srv := serve(t, "")
	resp, err := http.Post(srv.URL, "application/json", strings.NewReader(`{"service":"deaf","instance":"1"}`))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() }) // never read
	eventually(t, "there", func() bool { return len(hub.Processes()) == 1 })
	told, body := 0, strings.Repeat("x", 30_000)
	eventually(t, "full", func() bool {
		err := hub.Tell("1", "kind", body)
		if err == nil {
			told++
		}
		return err != nil
	})
	if told < 10 {
		t.Errorf("the line was full with %d messages", told)
	}
}

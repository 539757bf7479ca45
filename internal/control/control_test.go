package control_test

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/testbed"
)

func serve(t *testing.T, token string) (*control.Server, *httptest.Server) {
	t.Helper()
	server := control.NewServer(token)
	srv := httptest.NewServer(server)
	t.Cleanup(srv.Close)
	t.Cleanup(server.Close)
	return server, srv
}

// connect keeps a control stream open until the test ends or the returned function
// is called.
func connect(t *testing.T, url, token, service string) (disconnect func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- control.Run(ctx, control.Config{ServerURL: url, Token: token,
			Describe: func() control.Registration { return control.Describe(service, "0.0.0.0:80") }})
	}()
	done := false
	disconnect = func() {
		if done {
			return
		}
		done = true
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
	t.Cleanup(disconnect)
	return disconnect
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	err := testbed.Eventually(func() error {
		if !ok() {
			return errors.New("not yet")
		}
		return nil
	})
	if err != nil {
		t.Fatalf("never: %s", what)
	}
}

func names(server *control.Server) string {
	var all []string
	for _, p := range server.Processes() {
		all = append(all, p.Service)
	}
	return strings.Join(all, " ")
}

func TestTheServerKnowsWhoIsThere(t *testing.T) {
	server, srv := serve(t, "secret")
	connect(t, srv.URL, "secret", "writer")
	disconnect := connect(t, srv.URL, "secret", "fetcher")
	eventually(t, "both there", func() bool { return names(server) == "fetcher writer" })
	// All interfaces are no address; the one that the stream came from is.
	if got := server.Processes()[0].URL; got != "http://127.0.0.1:80" {
		t.Errorf("the server would reach the fetcher at %s", got)
	}
	disconnect()
	eventually(t, "one gone", func() bool { return names(server) == "writer" })
}

func TestTheServerLearnsOfAChange(t *testing.T) {
	server, srv := serve(t, "")
	var sampler atomic.Value
	sampler.Store("always")
	changed := make(chan struct{}, 1)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- control.Run(ctx, control.Config{ServerURL: srv.URL, Changed: changed, Describe: func() control.Registration {
			return control.Registration{Service: "writer", Instance: "1", Sampler: sampler.Load().(string)}
		}})
	}()
	says := func(want string) func() bool {
		return func() bool {
			all := server.Processes()
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

func TestAStreamIsOpenedAgain(t *testing.T) {
	port := "127.0.0.1:" + testbed.FreePort(t) // which nobody else gets while no server has it
	server := control.NewServer("")
	first := listening(t, server, port)
	t.Cleanup(first.Close)
	t.Cleanup(server.Close)
	connect(t, first.URL, "", "writer")
	eventually(t, "there", func() bool { return names(server) == "writer" })
	server.Close()
	first.Close()
	eventually(t, "gone", func() bool { return names(server) == "" })
	again := control.NewServer("")
	second := listening(t, again, port)
	t.Cleanup(second.Close)
	t.Cleanup(again.Close)
	eventually(t, "back", func() bool { return names(again) == "writer" })
}

// listening serves h at an address, once that is free.
func listening(t *testing.T, h http.Handler, addr string) *httptest.Server {
	t.Helper()
	srv := httptest.NewUnstartedServer(h)
	srv.Listener.Close()
	eventually(t, "the port free", func() bool {
		ln, err := net.Listen("tcp", addr)
		srv.Listener = ln
		return err == nil
	})
	srv.Start()
	return srv
}

func TestStrangersAreRejected(t *testing.T) {
	server, srv := serve(t, "secret")
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
	if got := names(server); got != "" {
		t.Errorf("the server let in %s", got)
	}
}

func TestMessagesToOneProcess(t *testing.T) {
	server, srv := serve(t, "")
	received := map[string]chan string{}
	for _, instance := range []string{"1", "2"} {
		words := make(chan string, 8)
		received[instance] = words
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() {
			ended <- control.Run(ctx, control.Config{ServerURL: srv.URL,
				Describe: func() control.Registration {
					return control.Registration{Service: "writer", Instance: instance, Recorder: true}
				},
				OnMessage: func(kind string, body json.RawMessage) { words <- kind + " " + string(body) }})
		}()
		t.Cleanup(func() { cancel(); <-ended })
	}
	eventually(t, "both there", func() bool { return len(server.Processes()) == 2 })
	if !server.Processes()[0].Recorder {
		t.Error("the server does not know that it records")
	}
	for _, m := range []struct{ instance, word string }{{"1", "a"}, {"2", "b"}, {"1", "a"}} {
		if err := server.Send(m.instance, "kind", map[string]string{"word": m.word}); err != nil {
			t.Fatal(err)
		}
	}
	if err := server.Broadcast("all", "end"); err != nil {
		t.Fatal(err)
	}
	for instance, want := range map[string][]string{
		"1": {`kind {"word":"a"}`, `kind {"word":"a"}`}, // the same again is sent again
		"2": {`kind {"word":"b"}`},
	} {
		var got []string
		for published := false; len(got) < len(want) || !published; {
			word := <-received[instance]
			if word == `all "end"` {
				published = true
			} else {
				got = append(got, word)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("process %s received %q; want %q", instance, got, want)
		}
	}
	if err := server.Send("3", "kind", "x"); err == nil {
		t.Error("a message was sent to a process that is not there")
	}
	if err := server.Send("1", "kind", strings.Repeat("x", 100_000)); err == nil {
		t.Error("a stream took 100,000 bytes")
	}
}

// TestSendDoesNotWait sends to a process that does not read.
func TestSendDoesNotWait(t *testing.T) {
	server, srv := serve(t, "")
	resp, err := http.Post(srv.URL, "application/json", strings.NewReader(`{"service":"deaf","instance":"1"}`))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() }) // never read
	eventually(t, "there", func() bool { return len(server.Processes()) == 1 })
	sent, body := 0, strings.Repeat("x", 30_000)
	eventually(t, "full", func() bool {
		err := server.Send("1", "kind", body)
		if err == nil {
			sent++
		}
		return err != nil
	})
	if sent < 10 {
		t.Errorf("the queue was full with %d messages", sent)
	}
}

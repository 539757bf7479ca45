package stack_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/tracelab/internal/stack"
)

// running is a stack of fake services on free ports.
type running struct {
	stack.Addresses
	mu    sync.Mutex
	said  []string
	stop  context.CancelFunc
	ended <-chan error
}

// up starts one and returns when it is ready.
func up(t *testing.T, change ...func(*stack.Config)) *running {
	t.Helper()
	s := start(t, change...)
	select {
	case a := <-s.ready:
		s.running.Addresses = a
	case err := <-s.running.ended:
		t.Fatalf("Run: %v", err)
	}
	return s.running
}

type starting struct {
	*running
	ready <-chan stack.Addresses
}

func start(t *testing.T, change ...func(*stack.Config)) starting {
	ctx, cancel := context.WithCancel(t.Context())
	ready, end := make(chan stack.Addresses, 1), make(chan error, 1)
	s := &running{stop: cancel, ended: end}
	cfg := stack.Config{Sampler: "always", Logf: s.logf, Log: io.Discard, Ports: stack.Ports{Server: new(int)}}
	cfg.LogLevel = "warn"
	for _, c := range change {
		c(&cfg)
	}
	go func() { end <- stack.Run(ctx, cfg, func(a stack.Addresses) { ready <- a }) }()
	t.Cleanup(cancel)
	return starting{s, ready}
}

func (s *running) logf(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = append(s.said, fmt.Sprintf(format, args...))
}

func (s *running) log() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.said, "\n")
}

func status(method, url string) int {
	req, err := http.NewRequest(method, url, nil)
	if err != nil {
		return 0
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	resp.Body.Close()
	return resp.StatusCode
}

func TestAStackIsReadyAndEnds(t *testing.T) {
	s := up(t)
	for name, url := range map[string]string{"gateway": s.Gateway + "/readyz", "server": s.UI + "/healthz", "third party": s.ThirdParty + "/readyz"} {
		if got := status("GET", url); got != 200 {
			t.Errorf("the %s answers %d at %s", name, got, url)
		}
	}
	if !s.EmbeddedRedis || len(s.Redis) != 1 || s.Zipkin != "" {
		t.Errorf("the pieces are %+v", s.Addresses)
	}
	s.stop()
	if err := <-s.ended; err != nil {
		t.Errorf("Run: %v", err)
	}
	for name, url := range map[string]string{"gateway": s.Gateway + "/readyz", "server": s.UI + "/healthz"} {
		if got := status("GET", url); got != 0 {
			t.Errorf("the %s still answers: %d", name, got)
		}
	}
}

// TestReadinessIsAskedAgain has a service accept the first question whether it is
// ready, and never answer it.
func TestReadinessIsAskedAgain(t *testing.T) {
	t.Setenv("FAKE_FETCHER", "mute at first")
	up(t)
}

func TestATakenPortNamesItsFlag(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	port := ln.Addr().(*net.TCPAddr).Port
	for flag, ports := range map[string]stack.Ports{
		"--port-server":       {Server: &port},
		"--port-gateway":      {Server: new(int), Gateway: port},
		"--port-third-party":  {Server: new(int), ThirdParty: port},
		"--port-writer-debug": {Server: new(int), WriterDebug: port},
	} {
		err := stack.Run(t.Context(), stack.Config{Sampler: "always", Ports: ports}, func(stack.Addresses) { t.Error("ready") })
		if err == nil || !strings.Contains(err.Error(), flag) || !strings.Contains(err.Error(), strconv.Itoa(port)) {
			t.Errorf("Run: %v; want an error that names %s and %d", err, flag, port)
		}
	}
}

func TestAServiceThatEndsIsStartedAgain(t *testing.T) {
	s := up(t)
	status("POST", s.Gateway+"/exit")
	for deadline := time.Now().Add(time.Minute); !strings.Contains(s.log(), "gateway ended (exit status 7); starting it again") || status("GET", s.Gateway+"/readyz") != 200; {
		if time.Now().After(deadline) {
			t.Fatalf("the gateway is not there again: %s", s.log())
		}
	}
	s.stop()
	if err := <-s.ended; err != nil {
		t.Errorf("Run: %v", err)
	}
}

func TestAServiceThatCannotStartEndsTheStack(t *testing.T) {
	for behaviour, want := range map[string]string{
		"usage":  "exit status 2: tracelab: --queue-workers 0: want 1 or more",
		"broken": "exit status 1: no memory",
		"silent": "exit status 1: it wrote nothing",
	} {
		t.Run(behaviour, func(t *testing.T) {
			t.Setenv("FAKE_WRITER", behaviour)
			s := start(t)
			err := <-s.ended
			if err == nil || !strings.HasPrefix(err.Error(), "writer ended 3 times") || !strings.Contains(err.Error(), want) {
				t.Errorf("Run: %v; want an error with %q", err, want)
			}
		})
	}
}

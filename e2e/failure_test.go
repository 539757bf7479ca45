package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/redistest"
	"example.com/tracelab/internal/testbed/zipkintest"
)

// TestRedisGoesAndComesBack runs the stack with a real Redis and stops it.
func TestRedisGoesAndComesBack(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s := up(t, "--redis", server.Addr)
	third := s.thirdParty()
	if got := redisGet(t, server.Addr, third+"/get"); got != "200 OK" {
		t.Errorf("redis-cli GET %s/get prints %q", third, got)
	}
	server.Stop()
	a := s.refused("redis", "GET", "/visit")
	spans := s.trace(s.ui, a.TraceID, 10)
	set, err := find(spans, "set")
	if err != nil || set.Tags["error"] == "" {
		t.Errorf("the trace does not show the failed command: %v (%v)", set, err)
	}
	if write, err := find(spans, "rediswrite"); err != nil || write.Tags["error"] == "" || write.Tags["error.service"] != "redis" {
		t.Errorf("the trace does not show the failed write: %v (%v)", write, err)
	}
	server.Start()
	s.eventually("well again", func() error {
		if status, a := s.ask("GET", "/visit"); status != 200 {
			return fmt.Errorf("%d %+v", status, a)
		}
		return nil
	})
}

// refused asks until it is answered 503 because of a service, and not because a
// part between had no time for it, and returns the answer.
func (s *stack) refused(service, method, path string) (a answer) {
	s.t.Helper()
	s.eventually("refused", func() error {
		began := time.Now()
		status, said := s.ask(method, path)
		if took := time.Since(began); status != 503 || said.Service != service || took > soon {
			return fmt.Errorf("%d %+v after %s; want 503 naming %s within %s", status, said, took, service, soon)
		}
		a = said
		return nil
	})
	return a
}

func redisGet(t *testing.T, addr, key string) string {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: addr})
	defer client.Close()
	value, err := client.Get(context.Background(), key).Result()
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// TestTheQueueOutlivesRedis queues while Redis is there, and again after it
// was away.
func TestTheQueueOutlivesRedis(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s := up(t, "--redis", server.Addr)
	server.Stop()
	s.refused("redis", "POST", "/visits")
	server.Start() // empty: the stream and its group are gone
	var a answer
	s.eventually("queued", func() (err error) {
		var status int
		if status, a = s.ask("POST", "/visits"); status != 202 {
			err = fmt.Errorf("%d %+v", status, a)
		}
		return err
	})
	if _, err := find(s.trace(s.ui, a.TraceID, 14), "process visits"); err != nil {
		t.Error(err)
	}
}

func TestTheFetcherIsKilled(t *testing.T) {
	t.Parallel()
	s := up(t)
	old := s.process("fetcher", 0)
	s.eventually("a 502 that names the fetcher", func() error {
		// It is started again at once, so a visit must hit the gap.
		if err := syscall.Kill(s.process("fetcher", 0).PID, syscall.SIGKILL); err != nil {
			return err
		}
		status, a := s.ask("GET", "/visit")
		if status == 200 && (len(a.Visits) != 1 || a.Visits[0].Status != 200) {
			t.Fatalf("200 with nothing in it: %+v", a)
		}
		if status != 502 || a.Service != "fetcher" {
			return fmt.Errorf("%d %+v", status, a)
		}
		return nil
	})
	s.eventually("told", func() error {
		if out := s.Output(); !strings.Contains(out, "fetcher ended") {
			return fmt.Errorf("nobody said that the fetcher ended: %s", out)
		}
		return nil
	})
	if again := s.process("fetcher", old.PID); again.Instance == old.Instance {
		t.Errorf("the new fetcher has the old one's name: %+v", again)
	}
	s.eventually("well again", func() error {
		if status, a := s.ask("GET", "/visit"); status != 200 {
			return fmt.Errorf("%d %+v", status, a)
		}
		return nil
	})
}

// TestAHungPart stops the writer without ending it.
func TestAHungPart(t *testing.T) {
	t.Parallel()
	s := up(t)
	third := s.thirdParty()
	pid := s.process("writer", 0).PID
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	s.eventually("given up in time", func() error { // a busy machine may take longer, but not always
		began := time.Now()
		status, a := s.ask("GET", "/visit?mode=serial&url="+url.QueryEscape(third+"/get"))
		if took := time.Since(began); status != 504 || a.Service != "writer" || took > soon {
			return fmt.Errorf("%d %+v after %s; want 504 naming the writer within %s", status, a, took, soon)
		}
		return nil
	})
	syscall.Kill(pid, syscall.SIGCONT)
	if status, a := s.visit("GET", "/visit"); status != 200 {
		t.Errorf("afterwards: %d %+v", status, a)
	}
}

// TestTheVisitsThereAre checks that a failure among several does not hide
// what was done.
func TestTheVisitsThereAre(t *testing.T) {
	t.Parallel()
	s := up(t)
	third := s.thirdParty()
	status, a := s.visit("GET", "/visit?mode=serial&url="+url.QueryEscape(third+"/get")+"&url="+url.QueryEscape(third+"/relative-redirect/9"))
	if status != 502 || len(a.Visits) != 1 || a.Visits[0].Status != 200 {
		t.Errorf("%d %+v; want 502 with the one visit that was done", status, a)
	}
	if want := s.ui + "/zipkin/traces/" + a.TraceID; a.TraceURL != want {
		t.Errorf("the error's traceUrl is %q; want %q", a.TraceURL, want)
	}
}

// TestRealZipkin runs the stack with the real Zipkin: it is the judge of a
// trace, and nobody waits for it when it is gone.
func TestRealZipkin(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a Zipkin server")
	}
	zipkin := zipkintest.Start(t)
	s, beside := up(t, "--zipkin", zipkin.URL), up(t)
	_, a := s.visit("GET", "/visit")
	checkVisit(t, s.trace(zipkin.URL, a.TraceID, 10))
	checkDependencies(s, zipkin.URL, "gateway>fetcher", "gateway>writer", "fetcher>thirdparty", "writer>redis")
	if status, _, page := do(t, "GET", s.ui+"/traces/"+a.TraceID); status != 200 || !strings.Contains(string(page), a.TraceID) {
		t.Errorf("our UI over that Zipkin: %d", status)
	}
	_, queued := s.visit("POST", "/visits")
	if _, err := find(s.trace(zipkin.URL, queued.TraceID, 14), "process visits"); err != nil {
		t.Error(err)
	}
	with := s.slowness(beside)
	zipkin.Stop()
	without := s.slowness(beside)
	t.Logf("a visit takes %.2f times what it does without Zipkin, and %.2f times after it was stopped", with, without)
	if without > 3*max(with, 1) {
		t.Errorf("visits wait for a Zipkin that is gone: %.2f times as long as without, before %.2f", without, with)
	}
	if status, _, page := do(t, "GET", s.ui+"/"); status != 502 || !strings.Contains(string(page), zipkin.URL) {
		t.Errorf("our UI without its Zipkin: %d; want 502 naming %s", status, zipkin.URL)
	}
}

// slowness is how many times as long a visit takes as with another stack, at the
// median of visits that take turns: what else the machine does meets both alike.
func (s *stack) slowness(beside *stack) float64 {
	s.t.Helper()
	var took [2][]time.Duration
	for range 100 {
		for i, stack := range []*stack{s, beside} {
			began := time.Now()
			if status, a := stack.visit("GET", "/visit"); status != 200 {
				s.t.Fatalf("%d %+v", status, a)
			}
			took[i] = append(took[i], time.Since(began))
		}
	}
	slices.Sort(took[0])
	slices.Sort(took[1])
	return float64(took[0][50]) / float64(took[1][50])
}

type finding struct {
	Piece, Detail string
	OK            bool
}

func (s *stack) doctor() (findings []finding) {
	s.t.Helper()
	_, _, body := do(s.t, "POST", s.ui+"/tracelab/v1/doctor")
	if err := json.Unmarshal(body, &findings); err != nil {
		s.t.Fatalf("%v: %s", err, body)
	}
	return findings
}

func TestDoctor(t *testing.T) {
	t.Parallel()
	t.Run("all well", func(t *testing.T) {
		s := up(t)
		s.process("gateway", 0)
		s.process("fetcher", 0)
		s.process("writer", 0)
		for _, f := range s.doctor() {
			if !f.OK {
				t.Errorf("%s: %s", f.Piece, f.Detail)
			}
		}
	})
	t.Run("a sampler that records nothing", func(t *testing.T) {
		s := up(t, "--sampler", "never")
		s.process("gateway", 0)
		s.diagnosed("visit", `sampler is "never"`)
	})
	t.Run("a Zipkin that is not there", func(t *testing.T) {
		nowhere := "http://127.0.0.1:" + testbed.FreePort(t)
		s := up(t, "--zipkin", nowhere)
		s.process("gateway", 0)
		s.diagnosed("traces", nowhere)
		s.diagnosed("arrival", "does not take")
	})
	t.Run("a Redis that is not there", func(t *testing.T) {
		server := redistest.Start(t)
		s := up(t, "--redis", server.Addr)
		s.process("writer", 0)
		server.Stop()
		s.diagnosed("writer", "redis")
		s.diagnosed("visit", "redis")
	})
}

// diagnosed checks that the doctor finds fault with a piece, for a reason.
func (s *stack) diagnosed(piece, why string) {
	s.t.Helper()
	findings := s.doctor()
	if !slices.ContainsFunc(findings, func(f finding) bool { return f.Piece == piece && !f.OK && strings.Contains(f.Detail, why) }) {
		s.t.Errorf("the doctor does not find fault with %s for %q: %+v", piece, why, findings)
	}
}

package reporter_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/tracelab/tracing/reporter"
)

// roundTrip answers without a network, which a synctest bubble cannot wait for.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// answering is a client of a collector that always answers alike.
func answering(status int) *http.Client {
	return &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Status: http.StatusText(status), Body: io.NopCloser(strings.NewReader("because"))}, nil
	})}
}

// logged runs do with a Reporter in a bubble with a clock of its own, and returns
// the lines of its log.
func logged(t *testing.T, cfg reporter.Config, do func(*reporter.Reporter)) []string {
	t.Helper()
	var log bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		cfg.URL = "http://ann:S3CRET@zipkin?api-key=S3CRET"
		cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
		r, err := reporter.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		do(r)
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		r.Shutdown(ended)
	})
	if strings.Contains(log.String(), "S3CRET") {
		t.Errorf("the log tells a secret:\n%s", log.String())
	}
	return strings.Split(strings.TrimSpace(log.String()), "\n")
}

func TestLossesAreLoggedOnceAMinute(t *testing.T) {
	lines := logged(t, reporter.Config{Client: answering(http.StatusBadRequest)}, func(r *reporter.Reporter) {
		for range 25 { // in two minutes
			send(r, 2, "s")
			time.Sleep(5 * time.Second)
		}
	})
	if len(lines) != 3 {
		t.Fatalf("%d lines:\n%s", len(lines), strings.Join(lines, "\n"))
	}
	for i, count := range []string{"count=2 ", "count=24 ", "count=24 "} {
		all := []string{"dropped=map[rejected:2]", "dropped=map[rejected:26]", "dropped=map[rejected:50]"}[i]
		if !strings.Contains(lines[i], count) || !strings.Contains(lines[i], all) || !strings.Contains(lines[i], "collector=http://zipkin/api/v2/spans") || !strings.Contains(lines[i], "because") {
			t.Errorf("line %d is %s; want %s, %s, the collector and its words", i, lines[i], count, all)
		}
	}
}

func TestRetriesAreLoggedOnceAMinute(t *testing.T) {
	client := &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") })}
	lines := logged(t, reporter.Config{Client: client, RetryFor: time.Hour}, func(r *reporter.Reporter) {
		send(r, 1, "s")
		time.Sleep(150 * time.Second)
	})
	if len(lines) != 4 || !strings.Contains(lines[3], "count=1 ") {
		t.Fatalf("%d lines; want one a minute, and one of the loss:\n%s", len(lines), strings.Join(lines, "\n"))
	}
	for _, line := range lines[:3] {
		if !strings.Contains(line, "trying again") || !strings.Contains(line, "connection refused") {
			t.Errorf("the line is %s", line)
		}
	}
}

// TestCloseTakesTwoSecondsAtMost has a collector that never answers.
func TestCloseTakesTwoSecondsAtMost(t *testing.T) {
	hanging := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	})}
	logged(t, reporter.Config{Client: hanging}, func(r *reporter.Reporter) {
		send(r, 3, "s")
		began := time.Now()
		if err := r.Close(); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 2*time.Second {
			t.Errorf("Close: %v after %s", err, time.Since(began))
		}
		if s := r.Stats(); s.Dropped[reporter.DroppedShutdown] != 3 {
			t.Errorf("%+v", s)
		}
	})
}

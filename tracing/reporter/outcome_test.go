package reporter_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/tracelab/tracing/reporter"
)

// report sends 20 spans to a collector, and returns what became of them, how often it
// was asked, and the log. secret is user-info for the collector's URL.
func report(t *testing.T, secret string, collector http.HandlerFunc) (s reporter.Stats, asked int64, log string) {
	t.Helper()
	var posts atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		posts.Add(1)
		collector(w, r)
	}))
	defer srv.Close()
	var lines bytes.Buffer
	url := strings.Replace(srv.URL, "//", "//"+secret, 1) + "/api/v2/spans?api-key=" + secret
	r, err := reporter.New(reporter.Config{URL: url, Linger: 1 << 40, Logger: slog.New(slog.NewTextHandler(&lines, nil))})
	if err != nil {
		t.Fatal(err)
	}
	send(r, 20, "s")
	if err := r.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	addUp(t, r.Stats())
	return r.Stats(), posts.Load(), lines.String()
}

// TestOnlyWhatACollectorTookIsDelivered answers as a collector may that is none.
func TestOnlyWhatACollectorTookIsDelivered(t *testing.T) {
	answer := func(status int, header, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/api/v2/spans" {
				t.Errorf("%s %s: a redirect was followed", r.Method, r.URL)
			}
			if name, value, found := strings.Cut(header, ": "); found {
				w.Header().Set(name, value)
			}
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}
	}
	const login = "Location: /login?token=S3CRET"
	page := " \n<!doctype html><title>log in</title>"
	tests := map[string]struct {
		answer http.HandlerFunc
		taken  bool
		log    string // what it must say of a loss
	}{
		"202":                          {answer(202, "", ""), true, ""},
		"200":                          {answer(200, "", ""), true, ""},
		"204":                          {answer(204, "", ""), true, ""},
		"200 with JSON":                {answer(200, "Content-Type: application/json", "{}"), true, ""},
		"202 that is called HTML":      {answer(202, "Content-Type: text/html", "OK"), true, ""},
		"200 with a page":              {answer(200, "Content-Type: text/html", page), false, "with a page"},
		"202 with a page":              {answer(202, "", page), false, "with a page"},
		"a page that is called JSON":   {answer(200, "Content-Type: application/json", "<html><body>log in"), false, "with a page"},
		"300":                          {answer(300, "", ""), false, "300 Multiple Choices"},
		"301":                          {answer(301, login, ""), false, "/login"},
		"302":                          {answer(302, login, page), false, "/login"},
		"303":                          {answer(303, login, ""), false, "/login"},
		"304":                          {answer(304, "", ""), false, "304 Not Modified"},
		"307":                          {answer(307, login, ""), false, "/login"},
		"308":                          {answer(308, "Location: https://ann:S3CRET@zipkin.example/x?S3CRET", ""), false, "https://zipkin.example/x"},
		"a redirect to nowhere":        {answer(302, "", ""), false, "does not say where to"},
		"300 with a bad target":        {answer(300, "Location: http://h:S3CRET/", ""), false, "300 Multiple Choices"},
		"302 with a bad target":        {answer(302, "Location: http://h:S3CRET/", ""), false, "302 Found"},
		"308 with a bad target":        {answer(308, "Location: http://ann:S3 CRET@h/%zz", ""), false, "308 Permanent Redirect"},
		"XHTML":                        {answer(200, "", `<?xml version="1.0"?><!DOCTYPE html PUBLIC>`), false, "with a page"},
		"a page with a mark before it": {answer(200, "", "\ufeff<!doctype html>"), false, "with a page"},
		"a part of a page":             {answer(200, "", "\n<form action=/login>"), false, "with a page"},
		"101":                          {answer(101, "Upgrade: x", ""), false, "101 Switching Protocols"},
		"403 that repeats the request": {answer(403, "", "no /api/v2/spans?api-key=S3CRET for you"), false, "no /api/v2/spans for you"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s, asked, log := report(t, "S3CRET@", test.answer)
			switch {
			case test.taken && (s.Delivered != 20 || asked != 1):
				t.Errorf("%+v after %d requests; want 20 delivered with one", s, asked)
			case !test.taken && s.Dropped[reporter.DroppedRejected] != 20:
				t.Errorf("%+v; want 20 rejected", s)
			case !test.taken && !strings.HasPrefix(name, "4") && asked != 1:
				t.Errorf("it was asked %d times, about spans that it did not look at", asked)
			case !strings.Contains(log, test.log) || strings.Contains(log, "S3CRET"):
				t.Errorf("the log says:\n%s\nwant it to say %s, and no secret", log, test.log)
			}
		})
	}
}

// TestARedirectCostsNoSpanOfAnotherBatch has a log-in that is over soon.
func TestARedirectCostsNoSpanOfAnotherBatch(t *testing.T) {
	c := newCollector(t)
	var posts atomic.Int64
	c.answerWith(func([]byte) int {
		if posts.Add(1) == 1 {
			return http.StatusFound
		}
		return http.StatusAccepted
	})
	r := reporterTo(t, reporter.Config{URL: c.URL, BatchSpans: 10, Linger: time.Hour}) // the batches are whole
	send(r, 10, "refused")
	eventually(t, "refused", func() bool { return r.Stats().Dropped[reporter.DroppedRejected] == 10 })
	send(r, 10, "taken")
	eventually(t, "taken", func() bool { return r.Stats().Delivered == 10 })
	addUp(t, r.Stats())
}

// TestUserInfoIsBasicAuthentication, and the client that a program gives keeps its own
// rule for redirects.
func TestUserInfoIsBasicAuthentication(t *testing.T) {
	s, _, log := report(t, "ann:S3CRET@", func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "ann" || password != "S3CRET" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	if s.Delivered != 20 {
		t.Errorf("%+v: %s", s, log)
	}
	own := &http.Client{}
	reporterTo(t, reporter.Config{URL: "http://127.0.0.1:9", Client: own})
	if own.CheckRedirect != nil {
		t.Error("the program's client was changed")
	}
}

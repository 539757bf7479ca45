package service_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/service"
)

func TestClient(t *testing.T) {
	answers := map[string]func(http.ResponseWriter, *http.Request){
		"/good": func(w http.ResponseWriter, _ *http.Request) { httpapi.WriteJSON(w, map[string]int{"n": 1}) },
		"/refused": func(w http.ResponseWriter, r *http.Request) {
			httpapi.WriteError(w, r, httpapi.InvalidField("url", "no"))
		},
		"/down": func(w http.ResponseWriter, r *http.Request) {
			httpapi.WriteError(w, r, httpapi.Failed("redis", httpapi.Unavailable, errors.New("x")))
		},
		"/broken":  func(w http.ResponseWriter, r *http.Request) { httpapi.WriteError(w, r, errors.New("x")) },
		"/plain":   func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "x", 400) },
		"/garbage": func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>") },
		"/moved": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/good?token=S3CRET", http.StatusFound)
		},
		"/hang": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answers[r.URL.Path](w, r) }))
	defer srv.Close()
	newClient := func(limit time.Duration) *service.Client {
		client, err := service.NewClient("backend", srv.URL, limit)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(client.Close)
		return client
	}
	// Only who never answers may be too slow: a busy machine takes its time for the others.
	client, impatient := newClient(time.Minute), newClient(100*time.Millisecond)
	tests := map[string]httpapi.Error{
		"/refused": {Code: httpapi.Invalid, Field: "url"},
		"/down":    {Code: httpapi.Unavailable, Service: "redis"},
		"/broken":  {Code: httpapi.Unreachable, Service: "backend"},
		"/plain":   {Code: httpapi.Unreachable, Service: "backend"},
		"/garbage": {Code: httpapi.Unreachable, Service: "backend"},
		"/hang":    {Code: httpapi.Timeout, Service: "backend"},
	}
	for path, want := range tests {
		var out struct{}
		asks := client
		if want.Code == httpapi.Timeout {
			asks = impatient
		}
		err := asks.Do(context.Background(), "GET "+path, path, "", &out)
		var got *httpapi.Error
		if !errors.As(err, &got) || got.Code != want.Code || got.Field != want.Field || got.Service != want.Service {
			t.Errorf("%s: %+v; want %+v", path, got, want)
		}
	}
	var out struct{ N int }
	if err := client.Do(context.Background(), "GET /good", "/good", "", &out); err != nil || out.N != 1 {
		t.Errorf("/good: %+v, %v", out, err)
	}
	err := client.Do(context.Background(), "PUT /moved", "/moved", "value", &out)
	if e := httpapi.AsError(err); e.Code != httpapi.Unreachable || !strings.Contains(e.Detail, srv.URL+"/good,") {
		t.Errorf("a PUT that is redirected: %+v; want it to fail and to say where it leads", e)
	}
	srv.Close()
	err = client.Do(context.Background(), "GET /good", "/good", "", &out)
	if e := httpapi.AsError(err); e.Code != httpapi.Unreachable || e.Service != "backend" {
		t.Errorf("a service that is gone: %+v", e)
	}
	if err := client.Alive(context.Background()); err == nil {
		t.Error("a service that is gone is alive")
	}
}

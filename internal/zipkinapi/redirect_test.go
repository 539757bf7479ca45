package zipkinapi_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// TestALogInPageIsNoZipkin has one in the place of a Zipkin, at once or by a redirect.
func TestALogInPageIsNoZipkin(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"a page": func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>log in") },
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/login" {
				http.Redirect(w, r, "/login?token=S3CRET", http.StatusFound)
				return
			}
			if r.Method != http.MethodGet || strings.Contains(r.Header.Get("Referer"), "spans") {
				t.Errorf("%s %s from %s: what was posted was redirected", r.Method, r.URL, r.Referer())
			}
			io.WriteString(w, "<html>log in")
		},
	} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(answer)
			defer srv.Close()
			c, err := zipkinapi.NewClient(strings.Replace(srv.URL, "//", "//ann:S3CRET@", 1), nil)
			if err != nil {
				t.Fatal(err)
			}
			for what, err := range map[string]error{
				"health": c.Health(t.Context()),
				"report": c.Report(t.Context(), []zipkin.Span{{TraceID: zipkin.TraceID{Low: 1}, ID: 1}}),
				"read":   func() error { _, err := c.Services(t.Context()); return err }(),
			} {
				if err == nil || strings.Contains(err.Error(), "S3CRET") {
					t.Errorf("%s: %v; want an error without secrets", what, err)
				}
				if what == "report" && name == "a redirect" && !strings.Contains(err.Error(), srv.URL+"/login") {
					t.Errorf("%v; want it to say where the redirect leads", err)
				}
			}
		})
	}
}

// TestUserInfoIsBasicAuthentication, and stands in no error.
func TestUserInfoIsBasicAuthentication(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		switch {
		case user != "ann" || password != "S3CRET":
			w.WriteHeader(http.StatusUnauthorized)
		case r.Method == http.MethodPost:
			w.WriteHeader(http.StatusAccepted)
		default:
			io.WriteString(w, `["shop"]`)
		}
	}))
	defer srv.Close()
	c, err := zipkinapi.NewClient(strings.Replace(srv.URL, "//", "//ann:S3CRET@", 1)+"?key=S3CRET", nil)
	if err != nil {
		t.Fatal(err)
	}
	if services, err := c.Services(t.Context()); err != nil || len(services) != 1 {
		t.Errorf("%v, %v", services, err)
	}
	if err := c.Report(t.Context(), nil); err != nil {
		t.Error(err)
	}
	srv.Close()
	for _, err := range []error{c.Health(t.Context()), c.Report(t.Context(), nil)} {
		if _, isURL := errors.AsType[*url.Error](err); !isURL || strings.Contains(err.Error(), "S3CRET") || strings.Contains(err.Error(), "ann") {
			t.Errorf("of a server that is gone: %v", err)
		}
	}
	for _, wrong := range []string{"http://ann:S3CRET@host:port", "ftp://ann:S3CRET@host", "ann:S3CRET@host"} {
		if _, err := zipkinapi.NewClient(wrong, nil); err == nil || strings.Contains(err.Error(), "S3CRET") {
			t.Errorf("of a URL that is none: %v", err)
		}
	}
}

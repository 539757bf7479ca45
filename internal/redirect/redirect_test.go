package redirect_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/tracelab/internal/redirect"
)

// TestOnlyReadsAreRedirected asks by each method, with each status that leads elsewhere.
func TestOnlyReadsAreRedirected(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "there by "+r.Method) })
	mux.HandleFunc("/{status}", func(w http.ResponseWriter, r *http.Request) {
		var status int
		fmt.Sscan(r.PathValue("status"), &status)
		w.Header().Set("Location", "/login?token=S3CRET")
		w.WriteHeader(status)
	})
	mux.HandleFunc("/round", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/round", http.StatusFound) })
	srv := httptest.NewServer(mux)
	defer srv.Close()
	client := &http.Client{CheckRedirect: redirect.ReadsOnly}
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			req, _ := http.NewRequest(method, fmt.Sprint(srv.URL, "/", status), strings.NewReader("x"))
			resp, err := client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			target := redirect.Target(resp)
			if reads := method == "GET" || method == "HEAD"; reads && (resp.StatusCode != 200 || target != "") {
				t.Errorf("%s and %d: %s%s; want it followed", method, status, resp.Status, target)
			} else if !reads && (resp.StatusCode != status || !strings.Contains(target, srv.URL+"/login,")) {
				t.Errorf("%s and %d: %s%s; want the redirect itself, and the target without its query", method, status, resp.Status, target)
			}
		}
	}
	if resp, err := client.Get(srv.URL + "/round"); err == nil || !strings.Contains(err.Error(), "10 redirects") {
		t.Errorf("a redirect to itself: %v, %v", resp, err)
	}
}

func TestTargetOfNone(t *testing.T) {
	for _, resp := range []*http.Response{
		{StatusCode: 302, Header: http.Header{}},
		{StatusCode: 201, Header: http.Header{"Location": {"http://host/made"}}},
		{StatusCode: 302, Header: http.Header{"Location": {"http://host:S3CRET/%zz"}}},
	} {
		if got := redirect.Target(resp); got != "" {
			t.Errorf("%d %v: %q", resp.StatusCode, resp.Header, got)
		}
	}
}

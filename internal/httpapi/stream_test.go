package httpapi_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"example.com/tracelab/internal/httpapi"
)

// TestStream sends more than the server's own time would do for, each part in a time of its
// own; one whose time is over is not sent.
func TestStream(t *testing.T) {
	const parts, size = 4, 1 << 10
	for name, test := range map[string]struct {
		writer func(http.ResponseWriter) io.Writer
		whole  bool
	}{
		"without":          {func(w http.ResponseWriter) io.Writer { return w }, false},
		"with":             {func(w http.ResponseWriter) io.Writer { return httpapi.Stream(w, time.Minute) }, true},
		"its time is over": {func(w http.ResponseWriter) io.Writer { return httpapi.Stream(w, -time.Second) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				to := test.writer(w)
				for range parts {
					if n, err := to.Write(make([]byte, size)); err != nil || n != size {
						return
					}
					http.NewResponseController(w).Flush()
				}
			}))
			srv.Config.WriteTimeout = time.Nanosecond
			srv.Start()
			defer srv.Close()
			got := 0
			if resp, err := http.Get(srv.URL); err == nil {
				body, _ := io.ReadAll(resp.Body)
				resp.Body.Close()
				got = len(body)
			}
			if whole := got == parts*size; whole != test.whole {
				t.Errorf("%d bytes of %d came", got, parts*size)
			}
		})
	}
}

package zipkinapi_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/zipkinapi"
)

// TestWhatIsStoredOutlivesItsRequest posts bodies whose every text is of its
// own, one after the other into the same memory, packed and not, and reads all
// of them when that memory has long been used again.
func TestWhatIsStoredOutlivesItsRequest(t *testing.T) {
	s := zipkinapi.NewServer(store.New(store.Config{AutocompleteKeys: []string{"key"}}), zipkinapi.Options{})
	const posters, each = 4, 100
	body := func(poster, i int) string {
		text := fmt.Sprintf("%d-%s-%d", poster, strings.Repeat("x", i), i)
		return fmt.Sprintf(`[{"traceId":"%016x","id":"0000000000000001","kind":"CLIENT","name":"n%[2]s","timestamp":1,"localEndpoint":{"serviceName":"l%[2]s"},`+
			`"remoteEndpoint":{"serviceName":"r%[2]s","ipv4":"10.0.0.%[3]d"},"annotations":[{"timestamp":1,"value":"a%[2]s"}],"tags":{"key":"v%[2]s","t%[2]s":"w%[2]s"}}]`, poster*each+i+1, text, i)
	}
	var done sync.WaitGroup
	for poster := range posters {
		done.Go(func() {
			for i := range each {
				text := body(poster, i)
				r := httptest.NewRequest("POST", "/api/v2/spans", strings.NewReader(text))
				if i%3 == 0 {
					r = httptest.NewRequest("POST", "/api/v2/spans", strings.NewReader(zipped(t, text)))
					r.Header.Set("Content-Encoding", "gzip")
				}
				w := httptest.NewRecorder()
				if s.ServeHTTP(w, r); w.Code != 202 {
					t.Errorf("%s: %d %s", text, w.Code, w.Body)
				}
			}
		})
	}
	done.Wait()
	get := func(path string) string {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		return w.Body.String()
	}
	services, values := get("/api/v2/services"), get("/api/v2/autocompleteValues?key=key")
	for poster := range posters {
		for i := range each {
			want := body(poster, i)
			if got := get(fmt.Sprintf("/api/v2/trace/%016x", poster*each+i+1)); got != want {
				t.Errorf("stored\n%s\nread\n%s", want, got)
			}
			text := fmt.Sprintf("%d-%s-%d", poster, strings.Repeat("x", i), i)
			if !strings.Contains(services, `"l`+text+`"`) || !strings.Contains(values, `"v`+text+`"`) {
				t.Errorf("the names of %s are not listed", text)
			}
		}
	}
}

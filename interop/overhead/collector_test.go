package overhead

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
)

const collectorRole = "collector"

// collector takes spans and keeps their ids alone: a span that is sent again,
// because the answer came late, counts once.
type collector struct {
	mu  sync.Mutex
	ids map[string]map[string]bool // by path
}

// ServeHTTP takes a POST as Zipkin does. A DELETE of the same path answers how
// many spans came and forgets them.
func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var spans []struct{ ID string }
	if r.Method == http.MethodPost {
		body := io.Reader(r.Body)
		if r.Header.Get("Content-Encoding") == "gzip" {
			unpacked, err := gzip.NewReader(r.Body)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			body = unpacked
		}
		if err := json.NewDecoder(body).Decode(&spans); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if r.Method == http.MethodDelete {
		fmt.Fprint(w, len(c.ids[r.URL.Path]))
		delete(c.ids, r.URL.Path)
		return
	}
	if c.ids[r.URL.Path] == nil {
		c.ids[r.URL.Path] = map[string]bool{}
	}
	for _, s := range spans {
		c.ids[r.URL.Path][s.ID] = true
	}
	w.WriteHeader(http.StatusAccepted)
}

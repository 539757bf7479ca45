package snapshots

import (
	"fmt"
	"mime"
	"net/http"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
)

// List answers with what snapshots there are; with ?trace=, with those for one
// trace.
func (c *Collector) List(w http.ResponseWriter, r *http.Request) error {
	all := c.store.list()
	if text := r.URL.Query().Get("trace"); text != "" {
		id, err := labapi.ParseTraceID(text)
		if err != nil {
			return httpapi.InvalidField("trace", "%v", err)
		}
		all = c.store.of(id)
	}
	listed := []labapi.Snapshot{}
	for _, s := range all {
		listed = append(listed, s.Snapshot)
	}
	httpapi.WriteJSON(w, listed)
	return nil
}

// Download answers with the execution trace of the snapshot that {id} names; with
// ?trace=, only with what of it covers that trace.
func (c *Collector) Download(w http.ResponseWriter, r *http.Request) error {
	s := c.store.get(r.PathValue("id"))
	if s == nil || !s.Recorded() {
		return &httpapi.Error{Code: httpapi.NotFound,
			Detail: fmt.Sprintf("there is no execution trace %q: it may have made room for newer ones", r.PathValue("id"))}
	}
	f, err := s.file(r.URL.Query().Get("trace"))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": s.Service + "-" + s.Instance + ".trace"}))
	h.Set("Content-Length", fmt.Sprint(f.Size()))
	f.WriteTo(httpapi.Stream(w, time.Minute))
	return nil
}

// file is the execution trace: what of it covers the trace of that id or, of none,
// all that is stored.
func (s *Snapshot) file(trace string) (*exectrace.File, error) {
	if trace == "" {
		return s.File()
	}
	id, err := labapi.ParseTraceID(trace)
	if err != nil {
		return nil, httpapi.InvalidField("trace", "%v", err)
	}
	if _, ok := s.part(id); !ok {
		return nil, &httpapi.Error{Code: httpapi.NotFound, Detail: fmt.Sprintf("snapshot %s was not taken for trace %s", s.ID, id)}
	}
	return s.cutFor(id)
}

package zipkinapi

import (
	"fmt"
	"hash/fnv"
	"net/http"
	"strings"
	"time"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/zipkin/codec"
)

// actuator is the media type of Spring's own name for a document of Zipkin's.
const actuator = "application/vnd.spring-boot.actuator.v2+json"

// healthy is Zipkin's answer, formatted as Zipkin formats it. A store in memory
// is never down.
const healthy = `{
  "status" : "UP",
  "zipkin" : {
    "status" : "UP",
    "details" : {
      "InMemoryStorage{}" : {
        "status" : "UP"
      }
    }
  }
}`

func health(media string) httpapi.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Content-Type", media+"; charset=utf-8")
		return write(w, http.StatusOK, healthy)
	}
}

func (s *Server) info(media string) httpapi.HandlerFunc {
	return document(media, "", fmt.Sprintf("{\"zipkin\":{\"version\":%s,\"commit\":%s}}\n",
		codec.AppendString(nil, s.options.Version), codec.AppendString(nil, s.options.Commit)))
}

// uiConfig is what Zipkin's own UI requests first. The lookback in it is that
// of the UI's search form, which Zipkin's QUERY_LOOKBACK does not set either.
func (s *Server) uiConfig() httpapi.HandlerFunc {
	return document("application/json", "max-age=600", fmt.Sprintf(`{
  "environment" : "",
  "queryLimit" : 10,
  "defaultLookback" : 900000,
  "searchEnabled" : %t,
  "logsUrl" : null,
  "supportUrl" : null,
  "archivePostUrl" : null,
  "archiveUrl" : null,
  "dependency" : {
    "enabled" : true,
    "lowErrorRate" : 0.5,
    "highErrorRate" : 0.75
  }
}`, !s.options.SearchDisabled))
}

// document answers with a text that never changes, or with 304.
func document(media, cacheControl, text string) httpapi.HandlerFunc {
	sum := fnv.New64a()
	sum.Write([]byte(text))
	tag, since := fmt.Sprintf(`"%x"`, sum.Sum64()), time.Now()
	return func(w http.ResponseWriter, r *http.Request) error {
		h := w.Header()
		h.Set("Content-Type", media+"; charset=utf-8")
		h.Set("ETag", tag)
		if cacheControl != "" {
			h.Set("Cache-Control", cacheControl)
		}
		http.ServeContent(w, r, "", since, strings.NewReader(text))
		return nil
	}
}

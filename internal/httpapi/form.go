package httpapi

import (
	"bytes"
	"io"
	"net/http"
	"strings"
)

// FormAsQuery hands a handler that reads its parameters in the query those of a form,
// too, as curl -d sends them. Any other body is an Invalid error: nobody would read it.
func FormAsQuery(handler HandlerFunc) HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		switch {
		case err != nil:
			return unreadable(err)
		case len(body) == 0:
			return handler(w, r)
		case !isForm(r, body):
			return InvalidField("body", "the body is no form: %s takes its parameters in the query, or as a form as curl -d sends it", path(r))
		}
		with := r.Clone(r.Context())
		with.Body = io.NopCloser(bytes.NewReader(nil))
		with.URL.RawQuery = strings.TrimPrefix(r.URL.RawQuery+"&"+string(body), "&")
		return handler(w, with)
	}
}

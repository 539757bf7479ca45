package zipkinapi

import (
	"errors"
	"log/slog"
	"net/http"

	"example.com/tracelab/internal/httpapi"
)

// The media types of errors: of Zipkin's own texts, as Zipkin spells it, and of
// those of the HTTP server below it.
const (
	anyText   = "text/*"
	plainText = "text/plain; charset=utf-8"
)

// answerError is an error that a handler answers with. It is a text, as Zipkin's
// errors are, and no problem document.
type answerError struct {
	status int
	text   string
	media  string
}

func (e *answerError) Error() string { return e.text }

// invalid is the answer to a request with a parameter that is wrong.
func invalid(err error) error { return &answerError{http.StatusBadRequest, err.Error(), anyText} }

// answering makes an http.Handler of a handler that returns an error, as the
// router of package httpapi does, with Zipkin's errors.
func answering(h httpapi.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := h(w, r)
		if err == nil {
			return
		}
		var e *answerError
		if !errors.As(err, &e) {
			slog.ErrorContext(r.Context(), "request failed", "path", r.URL.Path, "err", err)
			e = &answerError{http.StatusInternalServerError, "500 Internal Server Error", plainText}
		}
		w.Header().Set("Content-Type", e.media)
		write(w, e.status, e.text)
	}
}

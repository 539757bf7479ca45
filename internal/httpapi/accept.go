package httpapi

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"example.com/tracelab/internal/display"
)

// WantsText reports whether the caller is to get text for a terminal rather than JSON:
// its Accept takes text/plain, and JSON not more gladly. The */* that curl sends takes
// both, and gets text. Without an Accept it is a program, which gets JSON.
func WantsText(r *http.Request) bool {
	accept := strings.Join(r.Header.Values("Accept"), ",")
	text, textNamed := quality(accept, "text/plain")
	json, jsonNamed := quality(accept, "application/json")
	if text != json {
		return text > json
	}
	return text > 0 && (jsonNamed == anything || textNamed > jsonNamed)
}

// WantsHTML reports whether the caller is a browser: its Accept names HTML, and not
// JSON more gladly.
func WantsHTML(r *http.Request) bool {
	accept := strings.Join(r.Header.Values("Accept"), ",")
	html, named := quality(accept, "text/html")
	json, _ := quality(accept, "application/json")
	return named == exactly && html > 0 && html >= json
}

// How closely an Accept names a type: the closest counts. Zero: not at all.
const (
	anything = 1 + iota // */*
	family              // text/*
	exactly
)

// quality is the weight that an Accept gives a type, and how closely it names it
// (RFC 9110, 12.5.1).
func quality(accept, want string) (weight float64, named int) {
	group, _, _ := strings.Cut(want, "/")
	names := map[string]int{"*/*": anything, group + "/*": family, want: exactly}
	for part := range strings.SplitSeq(accept, ",") {
		kind, params, err := mime.ParseMediaType(part)
		if err != nil || names[kind] <= named {
			continue
		}
		weight, named = 1, names[kind]
		if q, err := strconv.ParseFloat(params["q"], 64); err == nil {
			weight = q
		}
	}
	return weight, named
}

// ForTerminals is h for people too: its errors are text where WantsText says so. Its
// answers are by Answer.
func ForTerminals(h HandlerFunc) HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Add("Vary", "Accept")
		err := h(w, r)
		if err == nil || !WantsText(r) {
			return err
		}
		e := AsError(err)
		status := e.Code.HTTPStatus()
		logError(r, e)
		text := fmt.Sprintf("%d %s: %s", status, http.StatusText(status), e.Detail)
		writeText(w, status, display.Wrap(display.Line(text), 0, "  ")+"\n")
		return nil
	}
}

// Answer answers 200 with v as JSON or, where WantsText says so, with text.
func Answer(w http.ResponseWriter, r *http.Request, v any, text string) {
	AnswerStatus(w, r, http.StatusOK, v, text)
}

// AnswerStatus is Answer with a status.
func AnswerStatus(w http.ResponseWriter, r *http.Request, status int, v any, text string) {
	if WantsText(r) {
		writeText(w, status, text)
		return
	}
	WriteJSONStatus(w, status, v)
}

func writeText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	io.WriteString(w, text)
}

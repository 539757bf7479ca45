package loadgen

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"example.com/tracelab/internal/display"
)

// maxRead is how much of an answer is looked at, in bytes. All of it is read.
const maxRead = 16 << 10

// traceID is the trace of an answer, by its header traceresponse
// (https://www.w3.org/TR/trace-context-2/), or empty: it is not recorded, or
// there is none.
func traceID(h http.Header) string {
	parts := strings.Split(h.Get("traceresponse"), "-")
	if len(parts) != 4 || parts[0] != "00" || len(parts[1]) != 32 || len(parts[3]) != 2 || !isHex(parts[1]+parts[3]) {
		return ""
	}
	if sampled := strings.IndexByte("13579bdf", parts[3][1]) >= 0; !sampled {
		return ""
	}
	return parts[1]
}

func isHex(s string) bool { return strings.Trim(s, "0123456789abcdef") == "" }

// said is what the gateway's answers, good or bad, say of themselves.
type said struct {
	traceURL string // empty unless it is a URL
	detail   string // of a problem document
}

// read looks for it in an answer that may be cut short, or be anything else.
func read(answer []byte) (s said) {
	d := json.NewDecoder(bytes.NewReader(answer))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return s
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return s
		}
		switch key {
		case "traceUrl":
			s.traceURL = link(text(d))
		case "detail":
			s.detail = display.Text(text(d), maxReason)
		default:
			var skipped json.RawMessage
			if d.Decode(&skipped) != nil {
				return s
			}
		}
	}
	return s
}

func text(d *json.Decoder) (value string) {
	d.Decode(&value) // what is no text stays empty
	return value
}

// link is text if it can be shown as one.
func link(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return u.String()
}

package reporter

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"example.com/tracelab/redact"
)

// refusal is the answer of a collector that does not take what it was sent, and would
// not take it if it was sent again.
type refusal struct {
	text string
	// all says that the answer has nothing to do with the spans: no part of them fares
	// better.
	all bool
}

func (e *refusal) Error() string { return e.text }

// outcome is nil when the collector took the spans, a *refusal when it never will, and
// another error when it may do so later.
//
// A redirect is a refusal, and so is a page in place of a collector's answer.
func outcome(collector *url.URL, resp *http.Response) error {
	said := func(text string) string { return redact.URL(collector) + " answered " + resp.Status + text }
	switch status := resp.StatusCode; {
	case status < 200: // the connection is no longer one of HTTP: there is no body
		return &refusal{said(""), true}
	case status >= 300 && status < 400:
		return &refusal{said(target(resp)), true}
	}
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 512))
	switch status := resp.StatusCode; {
	case status < 300 && isPage(body):
		return &refusal{said(" with a page, which is not what a collector answers: is the URL that of another program, or of a log-in?"), true}
	case status < 300:
		return nil
	case status >= 500, status == http.StatusTooManyRequests, status == http.StatusRequestTimeout:
		return fmt.Errorf("%s: %s", said(""), body)
	}
	return &refusal{said(": " + string(body)), false}
}

// target says where a redirect leads.
func target(resp *http.Response) string {
	to, err := resp.Location()
	if err != nil {
		return ", a redirect that does not say where to"
	}
	return ", a redirect to " + redact.URL(to) + ": it is not followed; if the collector is there, configure that URL"
}

// isPage reports whether an answer is one for people: HTML, XHTML, or a part of such. No
// collector's begins so. The Content-Type does not count: some frameworks call every answer
// HTML, an empty one too.
func isPage(body []byte) bool {
	return strings.HasPrefix(strings.TrimLeft(string(body), "\ufeff \t\r\n"), "<")
}

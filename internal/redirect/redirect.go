// Package redirect is how our HTTP clients treat redirects: what is posted goes to the URL
// that was configured, or nowhere (docs/decisions/0025).
package redirect

import (
	"errors"
	"net/http"

	"example.com/tracelab/redact"
)

// maxHops is net/http's own bound.
const maxHops = 10

// ReadsOnly is a CheckRedirect that follows a GET and a HEAD, as net/http does, and has
// the answer to any other request be the redirect itself.
func ReadsOnly(_ *http.Request, via []*http.Request) error {
	switch first := via[0].Method; {
	case first != http.MethodGet && first != http.MethodHead:
		return http.ErrUseLastResponse
	case len(via) >= maxHops:
		return errors.New("stopped after 10 redirects")
	}
	return nil
}

// Target says where resp, a redirect that was not followed, leads: a sentence's end for
// the error about it. It is empty for any other answer.
func Target(resp *http.Response) string {
	to, err := resp.Location()
	if err != nil || resp.StatusCode < 300 || resp.StatusCode > 399 {
		return ""
	}
	return ", a redirect to " + redact.URL(to) + ", which is not followed: if that is right, give that URL"
}

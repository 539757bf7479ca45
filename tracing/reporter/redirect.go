package reporter

import "net/http"

// refusing has a redirect be the error that it is, before an http.Client sees it: that would
// follow most of them with a GET, and take the answer to that, often a log-in page, for the
// collector's. Of one whose target it cannot read it would not tell the status.
type refusing struct{ next http.RoundTripper }

func (t refusing) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(req)
	if err != nil || resp.StatusCode < 300 || resp.StatusCode > 399 {
		return resp, err
	}
	defer resp.Body.Close()
	return nil, outcome(req.URL, resp)
}

// CloseIdleConnections is for http.Client's method of that name.
func (t refusing) CloseIdleConnections() {
	(&http.Client{Transport: t.next}).CloseIdleConnections()
}

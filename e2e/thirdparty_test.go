package e2e

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestTheThirdPartyFails visits it in every way in which its connection fails
// or is slow.
func TestTheThirdPartyFails(t *testing.T) {
	t.Parallel()
	s := up(t)
	third := s.thirdParty()
	for _, test := range []struct {
		path   string
		status int
		says   string
	}{
		{"/connection/reset", 502, "reset by peer"},
		{"/connection/cut", 502, "broke off its answer"},
		{"/connection/silent", 504, "in time"},
		{"/connection/slow?duration=20s", 504, "in time"},
		{"/drip?duration=20s&numbytes=100", 504, "in time"},
		{"/connection/slow?duration=100ms", 200, ""},
		{"/drip?duration=100ms&numbytes=10", 200, ""},
		{"/drip?duration=1s", 200, ""}, // late, but in time
		{"/status/503", 200, ""},       // its own error is a result
	} {
		var a answer
		s.eventually("as it is to be", func() error { // on a busy machine those who wait for the fetcher may be first
			began := time.Now()
			status, said := s.ask("GET", "/visit?url="+url.QueryEscape(third+test.path))
			took := time.Since(began)
			a = said
			if status != test.status || !strings.Contains(a.Detail, test.says) || took > 5*time.Second || status != 200 && a.Service != "thirdparty" {
				return fmt.Errorf("%s: %d %+v after %s; want %d saying %q of the third party within 5 s", test.path, status, a, took, test.status, test.says)
			}
			return nil
		})
		if test.status == 200 {
			continue
		}
		for _, name := range []string{"get", "httprequest", "get /fetch", "main", "get /visit"} {
			if sp, err := find(s.trace(s.ui, a.TraceID, 6), name); err != nil || sp.Tags["error"] == "" {
				t.Errorf("%s: the trace does not show it in %q: %v (%v)", test.path, name, sp, err)
			}
		}
	}
}

package zipkin

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/conformance"
	"example.com/tracelab/interop/referee"
)

// postsInEveryFormat holds both servers against the table of posts: what they
// answer, and what is then read of the trace.
func postsInEveryFormat(t *testing.T, pair *referee.Pair) {
	var all []conformance.Post
	send := func(path, contentType string, list []conformance.Post) {
		for _, p := range list {
			p = withTrace(p, fmt.Sprintf("P%07d", len(all)))
			all = append(all, p)
			for server, want := range expected(pair, p) {
				if err := postAs(server+path, contentType, "", p.Text, fmt.Sprintf("%d %s", want.Status, want.Text)); err != nil {
					t.Errorf("%s at %s: %v", p.Name, server, err)
				}
			}
		}
	}
	send("/api/v2/spans", "application/x-protobuf", conformance.Proto3)
	send("/api/v1/spans", "application/json", conformance.V1)
	send("/api/v1/spans", "application/json", conformance.V1Lists)

	reasons := map[string]int{}
	for _, p := range all {
		for server, want := range expected(pair, p) {
			if err := testbed.Eventually(func() error { return has(server, p.Trace, want.Spans) }); err != nil {
				t.Errorf("%s at %s: %v", p.Name, server, err)
			}
		}
		if p.Ours != nil {
			reasons[p.Why]++
		}
	}
	t.Logf("%d posts", len(all))
	for _, why := range slices.Sorted(maps.Keys(reasons)) {
		t.Logf("%d of them we answer otherwise: %s", reasons[why], why)
	}
}

// expected are the answers of both servers to a post.
func expected(pair *referee.Pair, p conformance.Post) map[string]conformance.Answer {
	ours := p.Zipkin
	if p.Ours != nil {
		ours = *p.Ours
	}
	return map[string]conformance.Answer{pair.Zipkin: p.Zipkin, pair.Ours: ours}
}

// withTrace puts an id of eight bytes in the place of the table's.
func withTrace(p conformance.Post, id string) conformance.Post {
	own := strings.NewReplacer(conformance.TraceID, id, conformance.TraceIDHex, hex.EncodeToString([]byte(id)))
	p.Text, p.Trace, p.Zipkin.Text = own.Replace(p.Text), own.Replace(p.Trace), own.Replace(p.Zipkin.Text)
	if p.Ours != nil {
		ours := *p.Ours
		ours.Text = own.Replace(ours.Text)
		p.Ours = &ours
	}
	return p
}

var ofTrace = regexp.MustCompile(`"traceId":"[0-9a-f]*",`)

// has says how the spans of a trace are not those wanted.
func has(server, trace string, want []string) error {
	resp, err := http.Get(server + "/api/v2/trace/" + trace)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var spans []json.RawMessage
	if resp.StatusCode == http.StatusOK {
		if err := json.NewDecoder(resp.Body).Decode(&spans); err != nil {
			return err
		}
	}
	var got []string
	for _, sp := range spans {
		got = append(got, ofTrace.ReplaceAllString(string(sp), ""))
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		return fmt.Errorf("spans %q, want %q", got, want)
	}
	return nil
}

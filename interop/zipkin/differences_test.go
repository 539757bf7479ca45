package zipkin

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// difference is one on purpose, described under its key in
// docs/zipkin-differences.md.
type difference struct {
	key  string
	ours func(exchange) reply // what we answer
}

// The differences that several families have.
var (
	badBody        = difference{key: "bad-body"}
	bomb           = difference{key: "gzip-bomb"}.answers(http.StatusRequestEntityTooLarge, "413 Request Entity Too Large: more than 67108864 bytes after gunzip")
	brokenProtobuf = difference{key: "broken-protobuf"}
	digits         = difference{key: "digits"}
	evictsNew      = difference{key: "evicts-new"}
	evictsOthers   = difference{key: "evicts-others"}
	grpcDiffers    = difference{key: "grpc"}
	cutGzip        = difference{key: "cut-gzip"}.answers(http.StatusBadRequest, "Cannot gunzip spans: unexpected EOF")
	v1IDs          = difference{key: "v1-ids"}
	v1Services     = difference{key: "v1-services"}.answers(http.StatusBadRequest, "More than 256 services in a span reading List<Span> from json")
	keepsBatch     = difference{key: "keeps-batch"}
	largeBody      = difference{key: "large-body"}.answers(http.StatusRequestEntityTooLarge, "413 Request Entity Too Large")
	lostIDs        = difference{key: "lost-ids"}
	nulBytes       = difference{key: "nul-bytes"}
	thrift         = difference{key: "thrift"}
	unknownFields  = difference{key: "unknown-fields"}
	valuesGo       = difference{key: "values-go"}

	bare304 = &difference{"bare-304", func(e exchange) reply { return e.without("Content-Type") }}
	head    = &difference{"head", asGet}
	info    = &difference{"info", func(e exchange) reply {
		r := e.zipkin
		r.body = versions.ReplaceAllString(r.body, `"$1":"another"`)
		return r
	}}
	malformed   = &difference{"malformed", inOneWord}
	metricsVary = &difference{"metrics-for-prometheus", func(e exchange) reply {
		r := e.zipkin
		r.header = r.header.Clone()
		r.header.Set("Vary", "accept")
		return r
	}}
)

// asGet is the answer to a GET, without its body.
func asGet(e exchange) reply {
	asked := e.asked
	asked.method = http.MethodGet
	r := e.ask(asked)
	r.body = ""
	return r
}

// parserText is how the JSON parser behind Zipkin speaks.
var parserText = regexp.MustCompile(`at line 1 column \d+ path |^Unterminated|^Malformed`)

// inOneWord is our answer where Zipkin's is a text of that parser; there is
// none where Zipkin speaks in its own words.
func inOneWord(e exchange) reply {
	if e.zipkin.status != http.StatusBadRequest || !parserText.MatchString(e.zipkin.body) {
		return e.zipkin
	}
	return e.replaced("Malformed reading List<Span> from json")
}

// answers is the difference that consists of a status and a text.
func (d difference) answers(status int, text string) *difference {
	d.ours = func(e exchange) reply {
		r := e.replaced(e.names.text(text))
		r.status = status
		r.header.Set("Content-Type", "text/*")
		return r
	}
	return &d
}

// lists is the difference that consists of a list which Zipkin has not.
func (d difference) lists(body string) *difference {
	d.ours = func(e exchange) reply {
		r := e.replaced(e.names.text(body))
		r.status = http.StatusOK
		r.header.Set("Content-Type", "application/json")
		return r
	}
	return &d
}

// exchange is a request and what Zipkin answers to it.
type exchange struct {
	asked  request
	zipkin reply
	names  names
	pair   *pair
}

// replaced is Zipkin's answer with another body.
func (e exchange) replaced(body string) reply {
	r := e.zipkin
	r.body, r.header = body, r.header.Clone()
	r.header.Set("Content-Length", fmt.Sprint(len(body)))
	return r
}

// without is Zipkin's answer without a header.
func (e exchange) without(header string) reply {
	r := e.zipkin
	r.header = r.header.Clone()
	r.header.Del(header)
	return r
}

// ask is Zipkin's answer to another request.
func (e exchange) ask(other request) reply {
	r, err := other.in(e.names).send(e.pair.zipkin)
	if err != nil {
		r.body = err.Error() // which is no answer of ours
	}
	return r
}

// tally counts what happened.
type tally struct {
	requests int
	checks   int
	equal    int
	differ   map[string]int
}

func (n *tally) count(c check, err error) {
	n.checks++
	switch {
	case err != nil:
	case c.differs == nil:
		n.equal++
	default:
		n.differ[c.differs.key]++
	}
}

func (n *tally) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d requests sent; of %d answers compared, %d equal", n.requests, n.checks, n.equal)
	for _, key := range slices.Sorted(maps.Keys(n.differ)) {
		fmt.Fprintf(&b, ", %d %s", n.differ[key], key)
	}
	return b.String()
}

const differencesPage = "../../docs/zipkin-differences.md"

var documentedKey = regexp.MustCompile("(?m)^\\| `([a-z0-9-]+)`")

// TestDifferencesAreDocumented holds the page against the checks: every
// difference it lists is asserted by one, and every one that a check names is
// on it.
func TestDifferencesAreDocumented(t *testing.T) {
	page, err := os.ReadFile(differencesPage)
	if err != nil {
		t.Fatal(err)
	}
	listed, asserted := map[string]bool{}, map[string]bool{}
	for _, m := range documentedKey.FindAllSubmatch(page, -1) {
		listed[string(m[1])] = true
	}
	for _, c := range everyCheck() {
		if c.differs != nil {
			asserted[c.differs.key] = true
		}
	}
	for key := range listed {
		if !asserted[key] {
			t.Errorf("%s lists %s, which no check asserts", differencesPage, key)
		}
	}
	for key := range asserted {
		if !listed[key] {
			t.Errorf("a check asserts %s, which %s does not list", key, differencesPage)
		}
	}
}

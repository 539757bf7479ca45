package loadgen

import (
	"net/http"
	"strings"
)

// member is the member of the baggage (https://www.w3.org/TR/baggage/) that
// names a request's variant.
const member = "variant"

// baggage is that of a request, which may have several headers of it.
func baggage(h http.Header) string { return strings.Join(h.Values("Baggage"), ",") }

func hasMember(baggage, name string) bool {
	for one := range strings.SplitSeq(baggage, ",") {
		if key, _, _ := strings.Cut(one, "="); strings.TrimSpace(key) == name {
			return true
		}
	}
	return false
}

// tag adds the variant to what members there are.
func tag(h http.Header, variant string) {
	all := baggage(h)
	if all != "" {
		all += ","
	}
	h.Set("Baggage", all+member+"="+variant)
}

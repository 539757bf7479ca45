package zipkin

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// unlike says how our answer differs from the one that is right, or nothing.
func unlike(right, ours reply) string {
	var b strings.Builder
	if right.status != ours.status {
		fmt.Fprintf(&b, "\n  status %d, not %d", ours.status, right.status)
	}
	named := map[string]bool{}
	for name := range right.header {
		named[name] = true
	}
	for name := range ours.header {
		named[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(named)) {
		if r, o := right.header.Values(name), ours.header.Values(name); !slices.Equal(r, o) {
			fmt.Fprintf(&b, "\n  %s %q, not %q", name, o, r)
		}
	}
	if right.body != ours.body {
		fmt.Fprintf(&b, "\n  body %s\n  not  %s", excerpt(ours.body, right.body), excerpt(right.body, ours.body))
	}
	return b.String()
}

// excerpt quotes a short body, and the place where a long one parts from the
// other.
func excerpt(body, other string) string {
	const long = 600
	if len(body) <= long {
		return fmt.Sprintf("%q", body)
	}
	at := 0
	for at < len(body) && at < len(other) && body[at] == other[at] {
		at++
	}
	from := max(0, at-100)
	return fmt.Sprintf("…%q… (%d bytes, from %d)", body[from:min(len(body), from+long)], len(body), from)
}

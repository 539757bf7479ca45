package zipkin

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// span is a span of a scene, written as Zipkin writes it. Times are µs from
// the noon of the scene's day, names of services have its ending.
type span struct {
	trace   int    // the last digits of its trace id; default 1
	high    uint64 // the first half of a 128-bit trace id
	id      int
	parent  int
	kind    string
	name    string
	undated bool
	at      int
	took    int
	local   string
	remote  string
	ip      string   // of the local endpoint
	notes   []string // annotations, at the start of the span
	tags    []string // key=value
	debug   bool
	shared  bool
}

func (s span) traceID() string {
	low := fmt.Sprintf("$t%04x", cmp.Or(s.trace, 1))
	if s.high != 0 {
		return fmt.Sprintf("%016x", s.high) + low
	}
	return low
}

func (s span) String() string {
	var b strings.Builder
	add := func(ok bool, format string, args ...any) {
		if ok {
			fmt.Fprintf(&b, format, args...)
		}
	}
	add(true, `{"traceId":"%s"`, s.traceID())
	add(s.parent != 0, `,"parentId":"%016x"`, s.parent)
	add(true, `,"id":"%016x"`, s.id)
	add(s.kind != "", `,"kind":"%s"`, s.kind)
	add(s.name != "", `,"name":%q`, s.name)
	add(!s.undated, `,"timestamp":$us%+d`, s.at)
	add(s.took != 0, `,"duration":%d`, s.took)
	add(s.local != "" && s.ip == "", `,"localEndpoint":{"serviceName":"%s$n"}`, s.local)
	add(s.local != "" && s.ip != "", `,"localEndpoint":{"serviceName":"%s$n","ipv4":"%s"}`, s.local, s.ip)
	add(s.local == "" && s.ip != "", `,"localEndpoint":{"ipv4":"%s"}`, s.ip)
	add(s.remote != "", `,"remoteEndpoint":{"serviceName":"%s$n"}`, s.remote)
	for i, note := range slices.Sorted(slices.Values(s.notes)) {
		add(i == 0, `,"annotations":[`)
		add(i > 0, ",")
		add(true, `{"timestamp":$us%+d,"value":%q}`, s.at, note)
		add(i == len(s.notes)-1, "]")
	}
	for i, tag := range slices.Sorted(slices.Values(s.tags)) {
		key, value, _ := strings.Cut(tag, "=")
		add(i == 0, `,"tags":{`)
		add(i > 0, ",")
		add(true, "%q:%q", key, value)
		add(i == len(s.tags)-1, "}")
	}
	add(s.debug, `,"debug":true`)
	add(s.shared, `,"shared":true`)
	return b.String() + "}"
}

// list is spans as a POST sends them, and as a trace is answered.
func list(spans ...span) string {
	texts := make([]string, len(spans))
	for i, s := range spans {
		texts[i] = s.String()
	}
	return "[" + strings.Join(texts, ",") + "]"
}

// traces is the answer to a search.
func traces(each ...string) string { return "[" + strings.Join(each, ",") + "]" }

// links is the answer of the dependencies, each "parent child calls [errors]".
func links(each ...string) string {
	texts := make([]string, len(each))
	for i, l := range each {
		f := strings.Fields(l)
		texts[i] = fmt.Sprintf(`{"parent":"%s$n","child":"%s$n","callCount":%s`, f[0], f[1], f[2])
		if len(f) > 3 {
			texts[i] += `,"errorCount":` + f[3]
		}
		texts[i] += "}"
	}
	return "[" + strings.Join(texts, ",") + "]"
}

package clients

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/tracelab/tracing/propagation"
)

const (
	long128 = "463ac35c9f6413ad48485a3953bb6124"
	short64 = "48485a3953bb6124"
	aSpan   = "a2fb4a1d1a96d312"
	zeros   = "0000000000000000"
)

// b3Input is what a request has of B3, by header.
type b3Input map[string]string

// with is in with another header; "absent" leaves it out.
func (in b3Input) with(name, value string) b3Input {
	if value == "absent" {
		return in
	}
	out := maps.Clone(in)
	out[name] = value
	return out
}

// lenience is one way in which we read what Brave does not. The decision page has
// its key, and why.
type lenience struct {
	key string
	in  func(b3Input) bool // whether an input needs it
}

var (
	decisionOnly = regexp.MustCompile(`^[^-]*$`)
	sampledWord  = regexp.MustCompile(`(?i)^(1|0|true|false)$`)
	hexID        = regexp.MustCompile(`^[0-9a-f]{1,32}$`)
)

var leniences = []lenience{
	{"upper-case", func(in b3Input) bool {
		all := in["b3"] + in["X-B3-TraceId"] + in["X-B3-SpanId"]
		return strings.ToLower(all) != all
	}},
	{"words", func(in b3Input) bool { return regexp.MustCompile(`(?i)(^|-)(true|false)(-|$)`).MatchString(in["b3"]) }},
	{"short-ids", func(in b3Input) bool { return shortID(in["X-B3-TraceId"], 32) || shortID(in["X-B3-SpanId"], 16) }},
	{"unread-sampled", func(in b3Input) bool {
		said, there := in["X-B3-Sampled"]
		return there && said != "" && !sampledWord.MatchString(said)
	}},
	{"parent", func(in b3Input) bool {
		parent, there := in["X-B3-ParentSpanId"]
		return there && parent != "" && !hexID.MatchString(parent)
	}},
	{"unread-ids", func(in b3Input) bool {
		_, read := propagation.Extract(http.Header{"X-B3-Traceid": {in["X-B3-TraceId"]}, "X-B3-Spanid": {in["X-B3-SpanId"]}})
		return !read
	}},
	{"empty", func(in b3Input) bool { return slices.Contains(slices.Collect(maps.Values(in)), "") }},
	{"next-header", func(in b3Input) bool {
		sc, read := propagation.ParseB3(in["b3"])
		return read && len(in) > 1 && (decisionOnly.MatchString(in["b3"]) || sc.TraceOptions&propagation.Decided == 0)
	}},
	{"combined", func(in b3Input) bool {
		return slices.ContainsFunc(slices.Collect(maps.Values(in)), func(v string) bool { return strings.Contains(v, ",") })
	}},
}

// shortID reports whether an id lacks leading zeros.
func shortID(id string, digits int) bool {
	return id != "" && len(id) != 16 && len(id) < digits && hexID.MatchString(id)
}

// needed are the keys of the leniences that an input needs.
func needed(in b3Input) (keys []string) {
	for _, l := range leniences {
		if l.in(in) {
			keys = append(keys, l.key)
		}
	}
	return keys
}

// b3Inputs are combinations of good and malformed fields in each form of B3, some
// thousands.
func b3Inputs() (all []b3Input) {
	company := []b3Input{{}, {"X-B3-TraceId": short64, "X-B3-SpanId": zeros[:15] + "7", "X-B3-Sampled": "0"}, {"X-B3-Flags": "1"}}
	for _, traceID := range []string{long128, short64, strings.ToUpper(long128), zeros + zeros, "7", long128[:17], long128 + "7", "g" + long128[1:], ""} {
		for _, spanID := range []string{aSpan, strings.ToUpper(aSpan), zeros, "7", ""} {
			for _, state := range []string{"absent", "1", "0", "d", "D", "true", "FALSE", "2", "dd", ""} {
				for _, parent := range []string{"absent", zeros[:15] + "1", "1", strings.ToUpper(aSpan), ""} {
					value := strings.ReplaceAll(traceID+"-"+spanID+"-"+state+"-"+parent, "-absent", "")
					all = append(all, company[0].with("b3", value), company[len(all)%len(company)].with("b3", value))
				}
			}
		}
	}
	for _, value := range []string{"0", "1", "d", "D", "true", "False", "2", "-", "--", "x", ""} {
		for _, c := range company {
			all = append(all, c.with("b3", value))
		}
	}
	for _, value := range []string{"0,0", "1, 0", "d,0", long128 + "-" + aSpan + "-1," + long128 + "-" + aSpan + "-0"} {
		all = append(all, b3Input{"b3": value})
	}
	for _, traceID := range []string{"absent", long128, short64, "7", strings.ToUpper(long128), zeros + zeros, "xyz", long128 + "7", "", long128 + "," + long128} {
		for _, spanID := range []string{"absent", aSpan, "7", strings.ToUpper(aSpan), zeros, "xyz", aSpan + "7", ""} {
			for _, sampled := range []string{"absent", "1", "0", "true", "FALSE", "d", "2", "", "1,0", "0, 0"} {
				for _, flags := range []string{"absent", "1", "0"} {
					for _, parent := range []string{"absent", zeros[:15] + "1", "xyz", ""} {
						all = append(all, b3Input{}.with("X-B3-TraceId", traceID).with("X-B3-SpanId", spanID).with("X-B3-Sampled", sampled).
							with("X-B3-Flags", flags).with("X-B3-ParentSpanId", parent))
					}
				}
			}
		}
	}
	return all
}

// strict is in as its sender should have written it: in lower case, with digits for
// decisions.
func (in b3Input) strict() b3Input {
	out := maps.Clone(in)
	for _, name := range []string{"b3", "X-B3-TraceId", "X-B3-SpanId"} {
		if _, there := out[name]; there {
			out[name] = strings.ToLower(out[name])
		}
	}
	if _, there := out["b3"]; there {
		out["b3"] = strings.NewReplacer("true", "1", "false", "0").Replace(out["b3"])
	}
	return out
}

// TestB3AsBraveReadsIt asks Brave what every input says. Ours must say all that
// Brave makes of it, strictly written, and more than that only for a reason on the
// page.
func TestB3AsBraveReadsIt(t *testing.T) {
	inputs := b3Inputs()
	answers := braveReads(t, inputs)
	alike, differ := 0, map[string]int{}
	for i, in := range inputs {
		ours, asIs, strict := weRead(in), answers[2*i], answers[2*i+1]
		keys := needed(in)
		if !saysAllOf(ours, strict) {
			t.Errorf("%v: Brave reads %q, we read %q", in, strict, ours)
		}
		switch {
		case ours == asIs:
			alike++
		case len(keys) == 0:
			t.Errorf("%v: Brave reads %q, we read %q, and no reason is known", in, asIs, ours)
		case len(keys) == 1:
			differ[keys[0]]++
		}
	}
	t.Logf("%d inputs, %d read alike; for one reason alone differ %v", len(inputs), alike, differ)
	checkPage(t, differ)
}

// braveReads returns two answers for each input: to it as it is, and to it strictly
// written.
func braveReads(t *testing.T, inputs []b3Input) []string {
	t.Helper()
	brave := clients[slices.IndexFunc(clients, func(c client) bool { return c.name == "brave" })]
	var lines strings.Builder
	write := json.NewEncoder(&lines)
	for _, in := range inputs {
		if err := errors.Join(write.Encode(in), write.Encode(in.strict())); err != nil {
			t.Fatal(err)
		}
	}
	out, err := brave.start(t, brave.install(t), lines.String(), "judge")
	if err != nil {
		t.Fatal(err)
	}
	answers := strings.Split(strings.TrimSpace(out), "\n")
	if len(answers) != 2*len(inputs) {
		t.Fatalf("Brave answers %d lines about %d inputs", len(answers), len(inputs))
	}
	return answers
}

// weRead is what Extract makes of an input, as the program for Brave prints it.
func weRead(in b3Input) string {
	h := http.Header{}
	for name, value := range in {
		h.Set(name, value)
	}
	sc, _ := propagation.Extract(h)
	ids, decision := "-", "-"
	if sc.SpanID != [8]byte{} {
		ids = strings.TrimPrefix(sc.TraceID.String(), zeros) + "-" + sc.SpanID.String()
	}
	switch o := sc.TraceOptions; {
	case o&propagation.Debug != 0:
		decision = "d"
	case o.IsSampled():
		decision = "1"
	case o&propagation.Decided != 0:
		decision = "0"
	}
	return ids + " " + decision
}

// saysAllOf reports whether a says the same parent as b, and the same decision,
// where b has one.
func saysAllOf(a, b string) bool {
	mine, theirs := strings.Fields(a), strings.Fields(b)
	return (theirs[0] == "-" || mine[0] == theirs[0]) && (theirs[1] == "-" || mine[1] == theirs[1])
}

// checkPage compares the keys with the decision's page: each is there, and was shown.
func checkPage(t *testing.T, shown map[string]int) {
	t.Helper()
	page, err := os.ReadFile("../../docs/decisions/0023-which-header-counts.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\|").FindAllStringSubmatch(string(page), -1) {
		rows[row[1]] = true
	}
	for _, l := range leniences {
		if !rows[l.key] {
			t.Errorf("the page has no row %s", l.key)
		}
		if shown[l.key] == 0 {
			t.Errorf("no input differs because of %s alone", l.key)
		}
		delete(rows, l.key)
	}
	for key := range rows {
		t.Errorf("the page's row %s is no reason here", key)
	}
}

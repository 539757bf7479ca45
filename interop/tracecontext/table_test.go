package tracecontext

import "strings"

const (
	traceID  = "4bf92f3577b34da6a3ce929d0e0e4736"
	parentID = "00f067aa0ba902b7"
	ids      = traceID + "-" + parentID
	good     = "traceparent: 00-" + ids + "-01"
)

// row is a sentence of the specification, in our words, with a request that shows it.
// What goes on is a trace, joined or new, with the flags, and a tracestate.
type row struct {
	level   int
	section string
	says    string
	in      []string // lines of headers
	want    string
	other   string // what OpenTelemetry's library sends on, where that differs
}

// A trace that begins at the service is sampled there.
const begun = "new 01"

// members are n members of size characters each, from k01 on.
func members(n, size int) string {
	var all []string
	for i := range n {
		key := "k" + string(rune('0'+(i+1)/10)) + string(rune('0'+(i+1)%10)) + "="
		all = append(all, key+strings.Repeat("v", size-len(key)))
	}
	return strings.Join(all, ",")
}

var rows = []row{
	{1, "traceparent: Header Name", "The name of traceparent is of any case", []string{"TrAcEpArEnT: 00-" + ids + "-01"}, "joined 01", ""},
	{1, "No traceparent Received", "Without a traceparent a trace begins", nil, begun, ""},
	{1, "version", "The version is two digits of lower case", []string{"traceparent: 0A-" + ids + "-01"}, begun, ""},
	{1, "version", "The version ff is forbidden", []string{"traceparent: ff-" + ids + "-01"}, begun, ""},
	{1, "version-format", "Nothing follows the flags of version 00", []string{"traceparent: 00-" + ids + "-01-more"}, begun, ""},
	{1, "trace-id", "The trace-id has lower-case digits", []string{"traceparent: 00-" + strings.ToUpper(traceID) + "-" + parentID + "-01"}, begun, ""},
	{1, "trace-id", "The trace-id has hexadecimal digits", []string{"traceparent: 00-x" + ids[1:] + "-01"}, begun, ""},
	{1, "trace-id", "The trace-id has 32 digits", []string{"traceparent: 00-" + ids[1:] + "-01"}, begun, ""},
	{1, "trace-id", "A trace-id of zeros is none", []string{"traceparent: 00-" + strings.Repeat("0", 32) + "-" + parentID + "-01"}, begun, ""},
	{1, "parent-id", "The parent-id has lower-case digits", []string{"traceparent: 00-" + traceID + "-" + strings.ToUpper(parentID) + "-01"}, begun, ""},
	{1, "parent-id", "The parent-id has 16 digits", []string{"traceparent: 00-" + ids + "0-01"}, begun, ""},
	{1, "parent-id", "A parent-id of zeros is none", []string{"traceparent: 00-" + traceID + "-" + strings.Repeat("0", 16) + "-01"}, begun, ""},
	{1, "trace-flags", "The flags are hexadecimal", []string{"traceparent: 00-" + ids + "-0x"}, begun, ""},
	{1, "trace-flags", "The flags are of lower case", []string{"traceparent: 00-" + ids + "-0F"}, begun, ""},
	{1, "trace-flags", "The flags have two digits", []string{"traceparent: 00-" + ids + "-1"}, begun, ""},
	{1, "Sampled flag", "What the caller sampled is sampled", []string{good}, "joined 01", ""},
	{1, "Sampled flag", "What the caller did not sample is not", []string{"traceparent: 00-" + ids + "-00"}, "joined 00", ""},
	{1, "Other Flags", "Flags without a meaning are set to zero", []string{"traceparent: 00-" + ids + "-fd"}, "joined 01", begun},
	{1, "Versioning of traceparent", "A later version is read as this one", []string{"traceparent: cc-" + ids + "-01"}, "joined 01", ""},
	{1, "Versioning of traceparent", "More may follow in a later version, after a dash", []string{"traceparent: cc-" + ids + "-01-what:ever"}, "joined 01", ""},
	{1, "Versioning of traceparent", "Nothing else may follow", []string{"traceparent: cc-" + ids + "-01.what"}, begun, ""},
	{1, "Versioning of traceparent", "A later version is not shorter", []string{"traceparent: cc-" + ids + "-0"}, begun, ""},
	{1, "RFC 9110, 5.3", "A header that is no list comes once: two parents are none", []string{good, "traceparent: 00-" + strings.Repeat("1", 32) + "-" + parentID + "-01"}, begun, "joined 01"},
	{1, "RFC 9110, 5.2", "Lines and commas mean the same: the same parent twice is one", []string{good + ", 00-" + ids + "-01"}, "joined 01", begun},

	{1, "Tracestate Header", "A tracestate that cannot be read has no effect on traceparent", []string{good, "tracestate: =,;"}, "joined 01", ""},
	{1, "Tracestate Header", "Without a traceparent that can be read tracestate is not read", []string{"traceparent: 00-" + ids + "-xx", "tracestate: a=1"}, begun, ""},
	{1, "No traceparent Received", "A tracestate without a traceparent is discarded", []string{"tracestate: a=1"}, begun, ""},
	{1, "tracestate: Header Name", "The name of tracestate is of any case", []string{good, "TraceState: a=1"}, "joined 01 a=1", ""},
	{1, "tracestate Header Field Values", "Lines of tracestate are one list, in their order", []string{good, "tracestate: c=1,a=2", "tracestate: b=3"}, "joined 01 c=1,a=2,b=3", "joined 01 c=1,a=2"},
	{1, "tracestate Header Field Values", "White space around members is no part of them", []string{good, "tracestate: a=1 \t, \t b=2"}, "joined 01 a=1,b=2", ""},
	{1, "tracestate Header Field Values", "Empty members are allowed", []string{good, "tracestate: a=1,, ,b=2,"}, "joined 01 a=1,b=2", "joined 01"},
	{1, "tracestate Header Field Values", "An empty tracestate is accepted, and none sent", []string{good, "tracestate:"}, "joined 01", ""},
	{1, "list", "There are 32 members at most", []string{good, "tracestate: " + members(32, 6)}, "joined 01 " + members(32, 6), ""},
	{1, "list", "The right-most of more may be removed", []string{good, "tracestate: " + members(33, 6)}, "joined 01 " + members(32, 6), "joined 01"},
	{1, "Key", "The characters of a key", []string{good, "tracestate: abcxyz019_-*/=1"}, "joined 01 abcxyz019_-*/=1", ""},
	{1, "Key", "A key of a tenant begins with a digit, too", []string{good, "tracestate: 0t@v=1"}, "joined 01 0t@v=1", ""},
	{1, "Value", "The characters of a value", []string{good, "tracestate: a=!\"#$%&'()*+-./:;<>?@[]^_`{|}~"}, "joined 01 a=!\"#$%&'()*+-./:;<>?@[]^_`{|}~", ""},
	{1, "Value", "Spaces before a value belong to it, and those after it do not", []string{good, "tracestate: a=  1 2  ,b=2"}, "joined 01 a=  1 2,b=2", ""},
	{1, "A traceparent is Received", "Members that break the grammar may be discarded", []string{good, "tracestate: a=1,B=2,c=,d=4=5,e=6"}, "joined 01 a=1,e=6", "joined 01"},
	{1, "Mutating the tracestate Field", "A key comes once: later ones may be discarded", []string{good, "tracestate: a=1,b=2,a=3"}, "joined 01 a=1,b=2", "joined 01"},
	{1, "Mutating the tracestate Field", "Who receives a tracestate must send it on, in its order", []string{good, "tracestate: z=1,y=2,x=3"}, "joined 01 z=1,y=2,x=3", ""},
	{1, "tracestate Limits", "512 characters are propagated", []string{good, "tracestate: " + members(4, 127) + ",a=1"}, "joined 01 " + members(4, 127), "joined 01 " + members(4, 127) + ",a=1"},
	{1, "tracestate Limits", "Whole members are removed, those of more than 128 characters first", []string{good, "tracestate: a=1," + members(1, 200) + ",b=2," + strings.ReplaceAll(members(3, 120), "k", "s")},
		"joined 01 a=1,b=2," + strings.ReplaceAll(members(3, 120), "k", "s"), "joined 01 a=1," + members(1, 200) + ",b=2," + strings.ReplaceAll(members(3, 120), "k", "s")},

	{2, "Random Trace ID Flag", "A flag for random ids that is set stays set", []string{"traceparent: 00-" + ids + "-03"}, "joined 03", ""},
	{2, "Random Trace ID Flag", "A trace that begins with random ids should have it: ours has not (decision 0023)", nil, begun, ""},
	{2, "Random Trace ID Flag", "It stays set where the trace is not sampled", []string{"traceparent: 00-" + ids + "-02"}, "joined 02", ""},
	{2, "Random Trace ID Flag", "One that is not set is not set", []string{"traceparent: 00-" + ids + "-01"}, "joined 01", ""},
	{2, "Other Flags", "Flags without a meaning are set to zero", []string{"traceparent: 00-" + ids + "-ff"}, "joined 03", begun},
	{2, "Key", "A key begins with a letter or a digit, and @ is a character of it", []string{good, "tracestate: 0a=1,a@=2,a@b@c=3"}, "joined 01 0a=1,a@=2,a@b@c=3", "joined 01"},
}

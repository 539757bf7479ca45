package codec

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// Every service that took part in a v1 span has a span of its own, and they are
// bounded.
func TestManyServicesInOneV1Span(t *testing.T) {
	body := func(services int) string {
		var b strings.Builder
		for turn := range 2 {
			for i := range services {
				fmt.Fprintf(&b, `,{"timestamp":%d,"value":"x","endpoint":{"serviceName":"s%d","port":%d}}`, turn*services+i+1, i, i)
			}
		}
		return `[{"traceId":"1","id":"2","annotations":[` + b.String()[1:] + `]}]`
	}
	var d Decoder
	if err := d.Batches(JSONV1, body(maxServices), maxServices, nil); err != nil {
		t.Fatal(err)
	}
	if len(d.spans) != maxServices {
		t.Fatalf("%d spans, want %d", len(d.spans), maxServices)
	}
	for i, sp := range d.spans {
		want := fmt.Sprintf("s%d:%d %d %d", i, i, i+1, maxServices+i+1)
		as := sp.Annotations
		if len(as) != 2 {
			t.Fatalf("span %d: %+v", i, sp)
		}
		if got := fmt.Sprintf("%s:%d %d %d", sp.Local.ServiceName, sp.Local.Port, as[0].Timestamp, as[1].Timestamp); got != want {
			t.Fatalf("span %d: %s, want %s", i, got, want)
		}
	}
	for _, services := range []int{maxServices + 1, 20_000} {
		err := d.Batches(JSONV1, body(services), math.MaxInt, nil)
		if err == nil || err.Error() != "More than 256 services in a span reading List<Span> from json" || len(d.spans) != 0 {
			t.Errorf("%d services: %d spans, %v", services, len(d.spans), err)
		}
	}
}

// A service that calls itself has two spans. What else it says belongs to the
// first of them.
func TestTheFirstSpanOfAServiceIsFound(t *testing.T) {
	var b strings.Builder
	for i := range 40 {
		fmt.Fprintf(&b, `,{"timestamp":0,"value":"x","endpoint":{"serviceName":"s%d"}}`, i)
	}
	body := `[{"traceId":"1","id":"2","annotations":[{"timestamp":1,"value":"cs","endpoint":{"serviceName":"a"}},
		{"timestamp":2,"value":"sr","endpoint":{"serviceName":"a"}}` + b.String() + `],
		"binaryAnnotations":[{"key":"k","value":"v","endpoint":{"serviceName":"a"}},{"key":"k","value":"v","endpoint":{"serviceName":"z"}}]}]`
	var d Decoder
	if err := d.Batches(JSONV1, body, 100, nil); err != nil {
		t.Fatal(err)
	}
	if len(d.spans) != 43 {
		t.Fatalf("%d spans, want 43", len(d.spans))
	}
	for i, sp := range d.spans {
		_, tagged := sp.Tag("k")
		if want := i == 40 || i == 42; tagged != want {
			t.Errorf("span %d of %s: tagged %v, want %v", i, sp.Local.ServiceName, tagged, want)
		}
	}
}

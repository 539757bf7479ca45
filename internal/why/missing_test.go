package why

import (
	"fmt"
	"testing"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/testbed/workload"
	"example.com/tracelab/internal/zipkin"
)

// damaged is an execution trace of nothing, of which parts were lost.
func damaged(t *testing.T, parts int) *exectrace.Trace {
	t.Helper()
	body, err := workload.Record("idle", 1)
	if err != nil {
		t.Fatal(err)
	}
	f, err := exectrace.FromBytes(body)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := exectrace.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	tr.Lost = make([]exectrace.Loss, parts)
	return tr
}

// TestMissing says of each service what is not known and why, the most first.
func TestMissing(t *testing.T) {
	spans := `
		1 0 SERVER gateway visit 0 100
		2 1 CLIENT gateway put   10 60 calls=writer
		3 2 SERVER writer  put   20 40`
	for name, test := range map[string]struct {
		processes []Process
		want      string // service, ms and reason
	}{
		"no process is known": {nil, "gateway 60 it uploaded no execution trace, writer 40 it uploaded no execution trace"},
		"each says why": {[]Process{{Service: "writer", Refused: "runs without a recorder"}, {Service: "gateway", Refused: "gave no answer within 3 s"}},
			"gateway 60 gave no answer within 3 s, writer 40 runs without a recorder"},
		"as it spells its name": {[]Process{{Service: "Writer", Refused: "busy"}}, "gateway 60 it uploaded no execution trace, Writer 40 busy"},
		"a part is lost": {[]Process{{Service: "writer", Trace: damaged(t, 1)}},
			"gateway 60 it uploaded no execution trace, writer 40 a part of its execution trace cannot be read: " + exectrace.Loss{}.Error()},
		"parts are lost": {[]Process{{Service: "writer", Trace: damaged(t, 2)}},
			"gateway 60 it uploaded no execution trace, writer 40 2 parts of its execution trace cannot be read: " + exectrace.Loss{}.Error()},
		"two processes of a service": {[]Process{{Service: "writer", Instance: "1", Refused: "one"}, {Service: "writer", Instance: "2", Refused: "two"}},
			"gateway 60 it uploaded no execution trace, writer 40 one, writer 0 two"},
		"one that has no part": {[]Process{{Service: "fetcher", Refused: "busy"}},
			"gateway 60 it uploaded no execution trace, writer 40 it uploaded no execution trace, fetcher 0 busy"},
	} {
		x, err := Explain(Input{TraceID: zipkin.TraceID{Low: 1}, Spans: reports(t, spans), Processes: test.processes})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for i, m := range x.Missing {
			if i > 0 {
				got += ", "
			}
			got += fmt.Sprintf("%s %d %s", m.Service, m.US/1000, m.Reason)
		}
		if got != test.want || x.UnknownUS != 100_000 {
			t.Errorf("%s: missing is %q, want %q; %d µs are unknown", name, got, test.want, x.UnknownUS)
		}
	}
}

// TestTimeOfReportedSpans is that of the innermost, of several at a time of the one
// that ends last, with clocks that do not fit moved.
func TestTimeOfReportedSpans(t *testing.T) {
	for name, test := range map[string]struct {
		spans string
		want  string // operation and ms
	}{
		"one in the other":     {"1 0 SERVER shop buy 0 100 \n 2 1 - shop pay 20 50 \n 3 2 - shop ask 30 10", "buy 50, pay 40, ask 10"},
		"one after the other":  {"1 0 SERVER shop buy 0 100 \n 2 1 - shop pay 0 50 \n 3 1 - shop ship 60 30", "pay 50, ship 30, buy 20"},
		"side by side":         {"1 0 SERVER shop buy 0 100 \n 2 1 - shop pay 0 50 \n 3 1 - shop ship 0 80", "ship 80, buy 20"},
		"longer than its own":  {"1 0 SERVER shop buy 0 100 \n 2 1 - shop pay 50 90", "buy 50, pay 50"},
		"another clock":        {"1 0 CLIENT shop buy 0 100 \n 2 1 SERVER bank pay 5000 40", "buy 60, pay 40"},
		"a span in itself":     {"1 0 SERVER shop buy 0 100 \n 2 3 - shop pay 0 50 \n 3 2 - shop ask 0 50", "buy 100"},
		"a parent that is not": {"2 7 SERVER shop pay 0 50", "pay 50"},
	} {
		x, err := Explain(Input{TraceID: zipkin.TraceID{Low: 1}, Spans: reports(t, test.spans)})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for i, s := range x.States {
			if i > 0 {
				got += ", "
			}
			got += fmt.Sprintf("%s %d", s.Operation, s.US/1000)
		}
		if got != test.want {
			t.Errorf("%s: the time is in %q, want %q", name, got, test.want)
		}
	}
}

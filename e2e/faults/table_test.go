package faults

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"example.com/tracelab/internal/costs"
	"example.com/tracelab/internal/faults"
)

const amount = 80 // ms asked for, where a fault takes them

// shows is how a test sees a fault in a trace.
type shows struct {
	method, path string // of the visit; default GET /visit
	urls         []string
	status       int // of the answer; default 200
	// trace holds the trace of a faulty request against the catalogue.
	trace func(trace, faults.Args) error
	// plain, if set, is what the trace of a request that did not ask looks like.
	plain func(trace) error
}

// longer wants a span of at least ms.
func longer(service, kind, name string) func(trace, faults.Args) error {
	return func(tr trace, args faults.Args) error {
		sp, err := tr.one(service, kind, name)
		if err != nil {
			return err
		}
		if least := args.Duration("ms").Microseconds(); sp.Duration < least {
			return fmt.Errorf("%s of the %s took %d µs, not the %d that were asked for", name, service, sp.Duration, least)
		}
		return nil
	}
}

// own wants time of at least ms in which a span has no child.
func own(service, name string) func(trace, faults.Args) error {
	return func(tr trace, args faults.Args) error {
		sp, err := tr.one(service, "-", name)
		if err != nil {
			return err
		}
		free, at := int64(0), sp.Timestamp
		for _, child := range tr.children(sp) {
			free += max(0, child.Timestamp-at)
			at = max(at, child.end())
		}
		free += max(0, sp.end()-at)
		// The time asked for is in one gap, which may begin at the end of a child and
		// end at the span's own. Zipkin's times are rounded: by half a µs at most, and
		// an end is the sum of two.
		if least := args.Duration("ms").Microseconds() - 2; free < least {
			return fmt.Errorf("%s of the %s has %d µs of its own, not the %d that were asked for", name, service, free, least)
		}
		return nil
	}
}

var table = map[string]shows{
	"slow-third-party": {trace: longer("fetcher", "CLIENT", "GET")},
	"narrow-channel":   {trace: own("fetcher", "httpRequest")},
	"gc-pressure":      {trace: own("fetcher", "httpRequest")},
	"cold-connections": {trace: func(tr trace, args faults.Args) error {
		_, err := tr.one("fetcher", "CLIENT", "GET")
		return err
	}},
	"clock-skew": {trace: func(tr trace, args faults.Args) error {
		parent, err := tr.one("gateway", "CLIENT", "GET /fetch")
		if err != nil {
			return err
		}
		server, err := tr.one("fetcher", "SERVER", "GET /fetch")
		if off := parent.Timestamp - server.Timestamp; err == nil && off < args.Duration("ms").Microseconds()*9/10 {
			return fmt.Errorf("the server's span begins %d µs before its parent", off)
		}
		return err
	}},
	"quadratic":       {trace: own("gateway", "main")},
	"goroutine-flood": {trace: longer("gateway", "-", "main")},
	"serial-fanout": {urls: []string{"/delay/0.03", "/delay/0.03?b", "/delay/0.03?c", "/delay/0.03?d"},
		trace: func(tr trace, args faults.Args) error { return overlap(tr, false) },
		plain: func(tr trace) error { return overlap(tr, true) }},
	"retry-storm": {trace: func(tr trace, args faults.Args) error {
		failed := 0
		for _, sp := range tr.all("gateway", "CLIENT", "") {
			if sp.failed() {
				failed++
			}
		}
		if failed < args.Int("n") {
			return fmt.Errorf("%d calls failed, want %d", failed, args.Int("n"))
		}
		return nil
	}},
	"lost-deadline": {urls: []string{"/delay/0.5"}, status: 504, trace: func(tr trace, args faults.Args) error {
		server, err := tr.one("gateway", "SERVER", "GET /visit")
		if err != nil {
			return err
		}
		late := 0
		for _, sp := range tr {
			if sp.end() > server.end()+1000 {
				late++
			}
		}
		if late == 0 {
			return fmt.Errorf("no span goes on after the gateway's has ended")
		}
		return nil
	}},
	"lost-context": {trace: func(tr trace, args faults.Args) error {
		if call, err := tr.one("gateway", "CLIENT", "PUT /values/{key}"); err != nil || call.end() == 0 {
			return err
		}
		return none(tr, "writer")
	}},
	"n-plus-one": {trace: func(tr trace, args faults.Args) error {
		write, err := tr.one("writer", "-", "redisWrite")
		if n := len(tr.children(write)); err == nil && n < args.Int("n") {
			return fmt.Errorf("%d commands, want %d", n, args.Int("n"))
		}
		return err
	}},
	"lock-contention": {trace: own("writer", "redisWrite")},
	"slow-disk":       {trace: own("writer", "redisWrite")},
	"pool-exhaustion": {trace: longer("writer", "-", "redisWrite")},
	"failing-dependency": {status: 503, trace: func(tr trace, args faults.Args) error {
		write, err := tr.one("writer", "-", "redisWrite")
		if err != nil || write.failed() {
			return err
		}
		return fmt.Errorf("redisWrite has no error")
	}},
	"dropped-spans": {trace: func(tr trace, args faults.Args) error {
		if _, err := tr.one("gateway", "SERVER", "GET /visit"); err != nil {
			return err
		}
		return none(tr, "writer")
	}},
	"slow-queue": {method: "POST", path: "/visits", status: 202, trace: func(tr trace, args faults.Args) error {
		producers, consumers := tr.all("writer", "PRODUCER", ""), tr.all("writer", "CONSUMER", "")
		if len(producers) != 1 || len(consumers) == 0 {
			return fmt.Errorf("%d PRODUCER and %d CONSUMER spans", len(producers), len(consumers))
		}
		// Both are rounded: by half a µs at most.
		if waited := consumers[0].Timestamp - producers[0].Timestamp; waited < args.Duration("ms").Microseconds()-1 {
			return fmt.Errorf("%d µs lie between PRODUCER and CONSUMER", waited)
		}
		return nil
	}},
}

func none(tr trace, service string) error {
	if n := len(tr.all(service, "-", "")); n > 0 {
		return fmt.Errorf("%d spans of the %s", n, service)
	}
	return nil
}

// overlap says whether the fetches are as wanted: side by side or not.
func overlap(tr trace, want bool) error {
	calls := tr.all("gateway", "CLIENT", "GET /fetch")
	if len(calls) != 4 {
		return fmt.Errorf("%d fetches of 4", len(calls))
	}
	found := false
	for i := range calls[1:] {
		found = found || calls[i+1].Timestamp < calls[i].end()
	}
	if found != want {
		return fmt.Errorf("fetches side by side: %t", found)
	}
	return nil
}

// TestEveryFaultDoesWhatItDeclares makes faulty visits and plain ones in turn,
// and prints what each fault moved.
func TestEveryFaultDoesWhatItDeclares(t *testing.T) {
	s := up(t)
	for range 30 {
		s.visit("GET", "/visit", "") // until all is warm
	}
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "fault\tdeclared\tplain\tfaulty\tadded\ttrue cost\tspans\terrors\ttrace")
	for _, f := range faults.Catalogue() {
		t.Run(f.Name, func(t *testing.T) {
			s := &stack{s.Stack, t, s.third, s.debug, s.pid}
			sh, ok := table[f.Name]
			if !ok {
				t.Fatal("the test does not know how its trace looks")
			}
			fmt.Fprintln(w, s.measure(f, sh))
		})
	}
	w.Flush()
	t.Logf("median of each, %d ms asked for where a fault takes them\n%s", amount, &out)
}

func (s *stack) measure(f *faults.Fault, sh shows) string {
	spec := f.Service + "=" + f.Name
	switch {
	case f.Name == "clock-skew":
		spec += fmt.Sprintf(";ms=%d", 50*amount) // takes no time, and has to stand out from the time that the way takes
	case f.Adds(map[string]int{"ms": 1}) > 0 && hasMS(f):
		spec += fmt.Sprintf(";ms=%d", amount)
	}
	asks, err := faults.Parse(spec)
	if err != nil {
		s.t.Fatal(err)
	}
	args := asks[0].Args
	if sh.method == "" {
		sh.method, sh.path = "GET", "/visit"
	}
	path := sh.path
	if len(sh.urls) > 0 {
		path += s.urls(sh.urls...)
	}
	plainStatus := 200
	if sh.method == "POST" {
		plainStatus = 202
	}
	if sh.status == 0 {
		sh.status = 200
	}
	const times = 5
	var plain, faulty []visit
	for range times {
		p, q := s.visit(sh.method, path, ""), s.visit(sh.method, path, spec)
		if p.Status != plainStatus || q.Status != sh.status {
			s.t.Errorf("%s: answers %d and, without, %d: %s %s", f.Name, q.Status, p.Status, q.Detail, p.Detail)
		}
		plain, faulty = append(plain, p), append(faulty, q)
	}
	verdict, alike := "as declared", 0
	for i, v := range faulty {
		if _, err := s.awaitTrace(v.TraceID, func(tr trace) error { return sh.trace(tr, args) }); err != nil {
			s.t.Errorf("%s: trace %s: %v", f.Name, v.TraceID, err)
			verdict = err.Error()
		}
		if f.Name == "slow-queue" {
			continue
		}
		plainTrace, err := s.awaitTrace(plain[i].TraceID, func(tr trace) error {
			if sh.plain != nil {
				return sh.plain(tr)
			}
			if len(tr) < 10 {
				return fmt.Errorf("%d spans", len(tr))
			}
			return nil
		})
		if err != nil {
			s.t.Errorf("%s: a plain trace %s: %v", f.Name, plain[i].TraceID, err)
		}
		if sh.plain == nil && sh.trace(plainTrace, args) == nil && f.Name != "cold-connections" {
			alike++ // a busy machine is slow, too
		}
	}
	if alike > times/2 {
		s.t.Errorf("%s: %d of %d traces without the fault look like those with it: the check is blind", f.Name, alike, times)
	}
	tr, plainTrace := s.trace(faulty[0].TraceID), s.trace(plain[0].TraceID) // whole by now
	declared := f.Truth.State
	if declared == "" {
		declared = "shape"
	}
	added := median(faulty) - median(plain)
	costs := s.costs(f, faulty)
	if least := args.Duration("ms"); sh.method == "GET" && f.Name != "clock-skew" && fastest(faulty) < least {
		s.t.Errorf("%s: a visit took %s, less than the %s that were asked for", f.Name, fastest(faulty), least)
	}
	return fmt.Sprintf("%s\t%s\t%s\t%s\t%s\t%s\t%d → %d\t%d → %d\t%s", spec, declared, round(median(plain)), round(median(faulty)), round(added),
		costs, len(plainTrace), len(tr), plainTrace.errors(), tr.errors(), verdict)
}

// costs is the median of what the services say a fault really cost, which is
// told nowhere but on their debug ports.
func (s *stack) costs(f *faults.Fault, faulty []visit) string {
	var took []time.Duration
	for _, v := range faulty {
		var costLog struct {
			Costs []costs.Cost
		}
		s.json("GET", s.debug[f.Service]+"/debug/faults?trace="+v.TraceID, "", &costLog)
		for _, c := range costLog.Costs {
			if c.Fault == f.Name {
				took = append(took, time.Duration(c.Took)*time.Microsecond)
			}
		}
	}
	if len(took) < len(faulty) {
		s.t.Errorf("%s: the log has %d costs for %d requests", f.Name, len(took), len(faulty))
		return "none"
	}
	slices.Sort(took)
	return round(took[len(took)/2]).String()
}

func hasMS(f *faults.Fault) bool {
	return slices.ContainsFunc(f.Params, func(p faults.Param) bool { return p.Name == "ms" })
}

func fastest(all []visit) time.Duration {
	return slices.MinFunc(all, func(a, b visit) int { return cmp.Compare(a.Took, b.Took) }).Took
}

func median(all []visit) time.Duration {
	took := make([]time.Duration, len(all))
	for i, v := range all {
		took[i] = v.Took
	}
	slices.Sort(took)
	return took[len(took)/2]
}

func round(d time.Duration) time.Duration { return d.Round(100 * time.Microsecond) }

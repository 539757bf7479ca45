package clients

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"example.com/tracelab/internal/testbed/stacktest"
	"example.com/tracelab/internal/testbed/zipkintest"
)

// said is what a client's program prints of its call.
type said struct {
	TraceID, SpanID string // of the client's CLIENT span
	Status          int
	Traceresponse   string
	Answer          struct {
		TraceID string
		Sampled bool
	}
}

func TestClientsOfOtherLanguagesJoin(t *testing.T) {
	zipkin := zipkintest.Start(t)
	gateways := map[string]string{}
	for _, sampler := range []string{"always", "never"} {
		gateways[sampler] = stacktest.Up(t, "--zipkin", zipkin.URL, "--sampler", sampler).Gateway
	}
	var table strings.Builder
	results := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(results, "client\tformat\tids\tclient says\tour sampler\tresult")
	for _, c := range clients {
		if len(c.calls) == 0 {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			defer func() {
				if t.Skipped() {
					fmt.Fprintf(results, "%s\t\t\t\t\tskipped\n", c.name)
				}
			}()
			installed := c.install(t)
			for _, how := range c.calls {
				t.Run(how.String(), func(t *testing.T) {
					result, err := c.judge(t, installed, gateways[how.sampler], zipkin.URL, how)
					if err != nil {
						t.Error(err)
						result = "FAILED"
					}
					fmt.Fprintf(results, "%s\t%s\t%d\t%s\t%s\t%s\n", c.name, how.format, how.bits, how.decision, how.sampler, result)
				})
			}
			if err := linked(zipkin.URL, c.name, "gateway"); err != nil {
				t.Error(err)
			}
		})
	}
	results.Flush()
	t.Logf("\n%s", table.String())
}

func (c call) String() string {
	return fmt.Sprintf("%s %d %s %s", c.format, c.bits, c.decision, c.sampler)
}

// judge has the client make its call and says in a few words what became of it.
func (c client) judge(t *testing.T, installed, gateway, zipkin string, how call) (string, error) {
	t.Helper()
	out, err := c.visit(t, installed, gateway, zipkin, how)
	if err != nil {
		return "", err
	}
	var s said
	if err := json.Unmarshal([]byte(out), &s); err != nil {
		return "", fmt.Errorf("the client printed %q: %w", out, err)
	}
	if err := answered(s, how); err != nil {
		return "", fmt.Errorf("%w; the client says %+v", err, s)
	}
	if how.decision == no {
		return "not recorded", absent(gateway, zipkin, s.TraceID)
	}
	// Zipkin is asked for the id that the gateway answered, as people do: for one
	// of 64 bits that is the padded form.
	err = trace(zipkin, s.Answer.TraceID, func(spans []span) error { return c.joined(spans, s, how) })
	switch {
	case how.format == newSpan:
		return "one trace of 11 spans, ours below the one not reported", err
	case how.decision == debug:
		return "one trace of 12 spans, ours marked debug", err
	}
	return "one trace of 12 spans", err
}

// answered checks what the gateway said of the trace. It writes 32 digits
// always, as W3C wants it, and passes the flag for random ids on: of the clients that
// send traceparent here, OpenTelemetry for Python, all set it.
func answered(s said, how call) error {
	flags := 1
	if how.decision == no {
		flags = 0
	}
	if how.format == "w3c" {
		flags |= 2
	}
	padded := fmt.Sprintf("%032s", s.TraceID)
	response := regexp.MustCompile(fmt.Sprintf("^00-%s-[0-9a-f]{16}-%02x$", padded, flags))
	switch {
	case s.Status != http.StatusOK:
		return fmt.Errorf("status %d; want 200", s.Status)
	case len(s.TraceID) != how.bits/4:
		return fmt.Errorf("the client's trace id %q is not of %d bits", s.TraceID, how.bits)
	case s.Answer.TraceID != padded:
		return fmt.Errorf("the gateway answers the trace %q; want the client's", s.Answer.TraceID)
	case !response.MatchString(s.Traceresponse):
		return fmt.Errorf("traceresponse %q; want %s", s.Traceresponse, response)
	case s.Answer.Sampled != (how.decision != no):
		return fmt.Errorf("the gateway answers sampled=%t to %s", s.Answer.Sampled, how.decision)
	}
	return nil
}

// joined checks that the client's spans and ours are one trace, which the
// client began.
func (c client) joined(spans []span, s said, how call) error {
	reported, missing := 2, ""
	if how.format == newSpan {
		reported, missing = 1, s.SpanID
	}
	if err := count(spans, c.name, reported); err != nil {
		return err
	}
	root, err := tree(spans, s.TraceID, missing)
	if err != nil {
		return err
	}
	server, err := find(spans, "gateway", "SERVER")
	switch {
	case err != nil:
		return err
	case root.LocalEndpoint.ServiceName != c.name:
		return fmt.Errorf("the root is %v; want one of %s", root, c.name)
	case server.ParentID != s.SpanID:
		return fmt.Errorf("the gateway's span is %v; want it below the client's call %s", server, s.SpanID)
	}
	if missing == "" {
		client, err := find(spans, c.name, "CLIENT")
		if err != nil {
			return err
		}
		if client.ID != s.SpanID || client.ParentID != root.ID {
			return fmt.Errorf("the client's call is %v; want %s below the root %s", client, s.SpanID, root.ID)
		}
	}
	for _, span := range spans {
		if marked := how.decision == debug; span.LocalEndpoint.ServiceName != c.name && span.Debug != marked {
			return fmt.Errorf("span %v has debug=%t; want %t", span, span.Debug, marked)
		}
	}
	return nil
}

// absent checks that Zipkin has nothing of the trace id. What our services had
// to report of it they reported before the spans of a later visit: it makes
// one, under a sampler that records it, and first awaits that one's.
func absent(gateway, zipkin, id string) error {
	_, body, err := get(gateway + "/visit")
	if err != nil {
		return err
	}
	var later said
	if err := json.Unmarshal(body, &later.Answer); err != nil {
		return fmt.Errorf("a visit without headers: %w: %s", err, body)
	}
	if err := trace(zipkin, later.Answer.TraceID, func(spans []span) error { return count(spans, "", 0) }); err != nil {
		return err
	}
	status, stored, err := get(zipkin + "/api/v2/trace/" + id)
	if err != nil {
		return err
	}
	if status != http.StatusNotFound {
		return fmt.Errorf("Zipkin answers %d for a trace that the client did not sample: %s", status, stored)
	}
	return nil
}

// linked checks that Zipkin's dependency graph has an edge.
func linked(zipkin, parent, child string) error {
	status, body, err := get(fmt.Sprintf("%s/api/v2/dependencies?endTs=%d&lookback=3600000", zipkin, time.Now().UnixMilli()+1000))
	if err != nil {
		return err
	}
	var links []struct{ Parent, Child string }
	if err := json.Unmarshal(body, &links); err != nil {
		return fmt.Errorf("dependencies: %d: %w: %s", status, err, body)
	}
	for _, l := range links {
		if l.Parent == parent && l.Child == child {
			return nil
		}
	}
	return fmt.Errorf("no edge from %s to %s in %s", parent, child, body)
}

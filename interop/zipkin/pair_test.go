package zipkin

import (
	"cmp"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
	"example.com/tracelab/internal/testbed/zipkintest"
)

// pair is the released server and ours, both with the same settings, which get
// the same requests.
type pair struct {
	zipkin, ours string // host:port
	scenes       int    // played so far
	tally        *tally
}

// startPair starts both with the same variables.
func startPair(t *testing.T, env []string, counted *tally) *pair {
	t.Helper()
	ours := stacktest.StartStore(t, env)
	zipkin := zipkintest.Start(t, env...)
	return &pair{
		zipkin: strings.TrimPrefix(zipkin.URL, "http://"),
		ours:   strings.TrimPrefix(ours.UI, "http://"),
		tally:  counted,
	}
}

// newNames are names that no scene of this pair had before.
func (p *pair) newNames() names {
	p.scenes++
	return names{p.scenes}
}

// run plays the scenes of a family.
func (p *pair) run(t *testing.T, f family) {
	t.Run(f.name, func(t *testing.T) {
		for _, s := range f.scenes {
			t.Run(s.name, func(t *testing.T) { p.play(t, s) })
		}
	})
}

func (p *pair) play(t *testing.T, s scene) {
	n := p.newNames()
	for _, spans := range s.given {
		p.keep(t, n.text(spans))
	}
	for _, c := range s.checks {
		if err := p.check(c, n); err != nil {
			name := c.name
			if name == "" {
				name = c.send.in(n).String()
			}
			t.Errorf("%s: %v", name, err)
		}
	}
}

// both makes a request to both.
func (p *pair) both(r request) (zipkin, ours reply, err error) {
	p.tally.requests += 2
	if ours, err = r.send(p.ours); err != nil {
		return zipkin, ours, fmt.Errorf("our server: %w", err)
	}
	if zipkin, err = r.send(p.zipkin); err != nil {
		return zipkin, ours, fmt.Errorf("Zipkin: %w", err)
	}
	return zipkin, ours, nil
}

// storing is how long Zipkin may take to store what it has accepted: it is another
// process, which a busy machine may keep from running.
const storing = time.Minute

func (p *pair) check(c check, n names) error {
	c.send, c.want, c.keeps = c.send.in(n), n.text(c.want), n.text(c.keeps)
	limit := time.Duration(0)
	if c.settles {
		limit = storing
	}
	var accepted bool
	err := testbed.Within(limit, func() (err error) {
		accepted, err = p.compare(c, n)
		return err
	})
	p.tally.count(c, err)
	if err != nil || !accepted {
		return err
	}
	for _, id := range strings.Fields(c.keeps) {
		if err := p.kept(id); err != nil {
			return err
		}
	}
	return nil
}

// compare compares the answers to a check, and reports whether both accepted
// spans.
func (p *pair) compare(c check, n names) (accepted bool, err error) {
	zipkin, ours, err := p.both(c.send)
	if err != nil {
		return false, err
	}
	if c.loose != nil {
		zipkin, ours = zipkin.only(c.loose, n), ours.only(c.loose, n)
	}
	if err := c.stated(zipkin); err != nil {
		return false, fmt.Errorf("Zipkin: %w", err)
	}
	if c.where {
		zipkin, ours = zipkin.where(), ours.where()
	}
	right := zipkin
	if c.differs != nil {
		if unlike(zipkin, ours) == "" {
			return false, fmt.Errorf("we answer %d as Zipkin does, but docs/zipkin-differences.md says that we differ: %s", ours.status, c.differs.key)
		}
		right = c.differs.ours(exchange{c.send, zipkin, n, p})
	}
	if difference := unlike(right, ours); difference != "" {
		return false, fmt.Errorf("%s\nhas the answer%s", c.send, difference)
	}
	return zipkin.status == http.StatusAccepted && ours.status == http.StatusAccepted, nil
}

// stated holds Zipkin's answer to what the check says of it.
func (c check) stated(zipkin reply) error {
	if status := cmp.Or(c.status, http.StatusOK); (c.want != "" || c.status != 0) && zipkin.status != status {
		return fmt.Errorf("status %d, not %d: %s", zipkin.status, status, excerpt(zipkin.body, c.want))
	}
	if c.want != "" && zipkin.body != c.want {
		return fmt.Errorf("%s\nwhich should be %s", excerpt(zipkin.body, c.want), excerpt(c.want, zipkin.body))
	}
	for _, line := range c.headers {
		name, value, _ := strings.Cut(line, ": ")
		if got := zipkin.header.Get(name); got != value {
			return fmt.Errorf("%s is %q, not %q", name, got, value)
		}
	}
	return nil
}

// keep has both store spans, in this order and whole.
func (p *pair) keep(t *testing.T, spans string) {
	t.Helper()
	accepted, err := p.compare(check{send: post(spans)}, names{})
	if err == nil && !accepted {
		err = fmt.Errorf("%.200s is not accepted", spans)
	}
	if err != nil {
		t.Fatal(err)
	}
	// Zipkin stores a list in one step: when the last trace is there, all are.
	ids := traceIDs.FindAllStringSubmatch(spans, -1)
	if err := p.kept(ids[len(ids)-1][1]); err != nil {
		t.Fatal(err)
	}
}

var traceIDs = regexp.MustCompile(`"traceId":"([0-9a-f]+)"`)

// kept waits until Zipkin has stored a trace as we have: it answers 202 before
// it does, we after.
func (p *pair) kept(id string) error {
	return testbed.Within(storing, func() error {
		question := get("/api/v2/trace/" + id)
		zipkin, ours, err := p.both(question)
		if err == nil && zipkin.status != http.StatusOK {
			err = fmt.Errorf("trace %s was accepted, and Zipkin answers %d %s", id, zipkin.status, zipkin.body)
		}
		if difference := unlike(zipkin, ours); err == nil && difference != "" {
			err = fmt.Errorf("%s\nhas the answer%s", question, difference)
		}
		return err
	})
}

package faults

import (
	"cmp"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/testbed"
)

// late is how long after a visit it is asked for when the recorders have forgotten it.
const late = labapi.RecorderWindow + time.Second

// matrix is how visits with each fault, and without one, were explained.
type matrix struct {
	once, later *column
	waiting     []question
}

// column is how they were explained that were asked for at one time.
type column struct {
	name  string
	of    map[string]*judged // by fault
	plain *judged
	sum   judged // of those with a fault
}

func newColumn(name string) *column {
	return &column{name: name, of: map[string]*judged{}, plain: &judged{}}
}

// judged is where a visit with a fault, or without one, is judged.
func (c *column) judged(f *faults.Fault) *judged {
	if f == nil {
		return c.plain
	}
	if c.of[f.Name] == nil {
		c.of[f.Name] = &judged{}
	}
	return c.of[f.Name]
}

// question is a visit that is asked for later.
type question struct {
	fault *faults.Fault
	spec  string
	visit visit
	due   time.Time
}

// matrix has visits with all faults explained, so many of each at once and as many later.
// Without -long two are enough of a fault that is named by then.
func (s *stack) matrix(times int) *matrix {
	m := &matrix{once: newColumn("asked at once"), later: newColumn(fmt.Sprintf("asked after %s", late))}
	for _, f := range faults.Catalogue() {
		method, path, asks := request(s, f)
		for n := range times {
			if !*long && n >= 2 && m.once.of[f.Name].named > 0 {
				break
			}
			s.judge(f, asks, s.visit(method, path, asks), m.once.judged(f))
			s.judge(nil, "", s.visit("GET", "/visit", ""), m.once.plain)
			m.wait(f, asks, s.visit(method, path, asks))
			m.wait(nil, "", s.visit("GET", "/visit", ""))
			s.askLater(m)
		}
	}
	testbed.Within(2*late, func() error {
		if s.askLater(m); len(m.waiting) > 0 {
			return fmt.Errorf("%d are to be asked for", len(m.waiting))
		}
		return nil
	})
	for _, c := range []*column{m.once, m.later} {
		for _, j := range c.of {
			c.sum.add(j)
		}
	}
	return m
}

// request is that for a fault.
func request(s *stack, f *faults.Fault) (method, path, asks string) {
	sh := table[f.Name]
	method, path = "GET", "/visit"
	if sh.method != "" {
		method, path = sh.method, sh.path
	}
	if len(sh.urls) > 0 {
		path += s.urls(sh.urls...)
	}
	asks = f.Service + "=" + f.Name
	if hasMS(f) {
		asks += fmt.Sprintf(";ms=%d", amount)
	}
	return method, path, asks
}

func (m *matrix) wait(f *faults.Fault, spec string, v visit) {
	m.waiting = append(m.waiting, question{f, spec, v, time.Now().Add(late)})
}

// askLater asks for what is due.
func (s *stack) askLater(m *matrix) {
	for len(m.waiting) > 0 && time.Now().After(m.waiting[0].due) {
		q := m.waiting[0]
		m.waiting = m.waiting[1:]
		s.judge(q.fault, q.spec, q.visit, m.later.judged(q.fault))
	}
}

// String is a table. Of answers it counts those that are right, not known and wrong.
func (m *matrix) String() string {
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "fault\tdeclared\tat once: right, not known, wrong\tms off, of\texplained\tvisit\tanswer after\tsaid else\tafter %s\tsaid else\n", late)
	for _, f := range faults.Catalogue() {
		fmt.Fprintf(w, "%s\t%s\t%v\n", m.once.of[f.Name].row(f.Name, cmp.Or(f.Truth.State, "no state")), m.later.of[f.Name], m.later.of[f.Name].wrong)
	}
	fmt.Fprintf(w, "%s\t%s\t%v\n", m.once.plain.row("none", "nobody"), m.later.plain, m.later.plain.wrong)
	w.Flush()
	return out.String()
}

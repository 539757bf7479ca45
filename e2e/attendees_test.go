package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/proof"
	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkin/codec"
)

// caller is somebody on another machine who has nothing but a server's URL, a shell and curl.
type caller struct {
	ui    string
	debug map[string]string // the debug ports of the services, which know the truth
}

func newCaller(t testing.TB) caller {
	t.Helper()
	if _, err := exec.LookPath("curl"); err != nil {
		testbed.Missing(t, "curl", "apt-get install curl")
	}
	s := up(t)
	c := caller{s.ui, map[string]string{}}
	for _, name := range labapi.Services() {
		c.debug[name] = s.process(name, 0).DebugAddr
	}
	return c
}

// post sends a form, as curl -d does, and decodes the answer.
func (c caller) post(path string, form url.Values, answer any) error {
	req, err := http.NewRequest(http.MethodPost, c.ui+path, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("X-Forwarded-For", "192.0.2.1") // not from this machine, and without the token
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %v: %s %s %v", path, form, resp.Status, body, err)
	}
	return json.Unmarshal(body, answer)
}

// spans are those of a trace that have been stored.
func (c caller) spans(id string) ([]zipkin.Span, error) {
	resp, err := client.Get(c.ui + "/api/v2/trace/" + id)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s %v", resp.Status, body, err)
	}
	return codec.DecodeSpans(string(body))
}

var traceIDs = regexp.MustCompile(`"traceId": "([0-9a-f]{32})"`)

// paste runs a printed command line, and returns the ids of its traces.
func (c caller) paste(line string) (ids []string, err error) {
	out, err := exec.Command("sh", "-c", line).CombinedOutput()
	for _, id := range traceIDs.FindAllStringSubmatch(string(out), -1) {
		ids = append(ids, id[1])
	}
	if err == nil && len(ids) == 0 {
		err = errors.New("no trace id in the answer")
	}
	if err != nil {
		err = fmt.Errorf("%s: %w: %s", line, err, out)
	}
	return ids, err
}

// visit runs a printed command line, and waits until one of its traces shows the fault.
func (c caller) visit(line string, i faults.Injection) error {
	ids, err := c.paste(line)
	if err != nil {
		return err
	}
	return testbed.Within(3*time.Second, func() error {
		err := fmt.Errorf("%s: of %d traces none shows %s", line, len(ids), i)
		for _, id := range ids {
			spans, missing := c.spans(id)
			_, shows := proof.Of(i, spans)
			if shows && c.happened(i, id) {
				return nil
			}
			err = errors.Join(err, missing)
		}
		return err
	})
}

// happened reports whether a fault happened in a trace, as its service says: a busy
// machine's may look alike.
func (c caller) happened(i faults.Injection, id string) bool {
	resp, err := client.Get("http://" + c.debug[i.Service] + "/debug/faults?trace=" + id)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return err == nil && strings.Contains(string(body), `"fault": "`+i.Name+`"`)
}

// visitPlain runs the line for somebody to whom nothing happens, and fails if the trace,
// once it is whole, shows the fault.
func (c caller) visitPlain(line string, i faults.Injection) error {
	ids, err := c.paste(line)
	if err != nil {
		return err
	}
	var spans []zipkin.Span
	err = testbed.Eventually(func() error {
		if spans, err = c.spans(ids[0]); err == nil && len(spans) < 9 {
			err = fmt.Errorf("%d spans", len(spans))
		}
		return err
	})
	if e, shows := proof.Of(i, spans); err == nil && shows {
		err = fmt.Errorf("%s: a trace that it did not happen in shows %+v", line, e)
	}
	return err
}

// visitUntil is visit, again while the gateway may still have to be told of the switch.
func (c caller) visitUntil(line string, i faults.Injection) error {
	return testbed.Eventually(func() error { return c.visit(line, i) })
}

// TestThePrintedVisitShowsTheFault, each of them, when it is run as it is printed; that
// of somebody else does not.
func TestThePrintedVisitShowsTheFault(t *testing.T) {
	t.Parallel()
	c := newCaller(t)
	for _, f := range faults.Catalogue() {
		t.Run(f.Name, func(t *testing.T) {
			injections, err := faults.Parse(f.Service + "=" + f.Name)
			if err != nil {
				t.Fatal(err)
			}
			var on labapi.Faults
			form := url.Values{"faults": {injections[0].String()}, "attendee": {"O'Brien & " + f.Name}}
			if err := c.post(labapi.FaultsPath, form, &on); err != nil {
				t.Fatal(err)
			}
			if err := c.visitUntil(on.Visit, injections[0]); err != nil {
				t.Error(err)
			}
			other := strings.Replace(on.Visit, "Brien", "Brian", 1)
			plain := testbed.Eventually(func() error { // a busy machine is slow, too
				return c.visitPlain(other, injections[0])
			})
			if plain != nil || other == on.Visit {
				t.Errorf("%s: %v", other, plain)
			}
		})
	}
}

// TestThirtyAttendees have a mystery each, and nothing but the API: a wrong diagnosis is
// refused, and the right one is proved by their own requests.
func TestThirtyAttendees(t *testing.T) {
	c := newCaller(t)
	var all sync.WaitGroup
	var seen sync.Map
	for i := range 30 {
		name := fmt.Sprintf("attendee %d's \"name\" & more", i+1)
		all.Go(func() {
			evidence, err := c.play(name, i%faults.Levels+1)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			for _, e := range evidence {
				if other, twice := seen.LoadOrStore(e.TraceID, name); twice {
					t.Errorf("%s and %s are shown the trace %s", name, other, e.TraceID)
				}
			}
		})
	}
	all.Wait()
}

// truth is what an attendee's mystery is, as the instructor sees it on this machine.
func (c caller) truth(m labapi.Mystery) (truth faults.Injection, err error) {
	resp, err := client.Get(c.ui + labapi.RoomPath)
	if err != nil {
		return truth, err
	}
	defer resp.Body.Close()
	var room labapi.Room
	if err := json.NewDecoder(resp.Body).Decode(&room); err != nil {
		return truth, err
	}
	for _, one := range room.Mysteries {
		if one.Attendee == m.Attendee {
			asked, err := faults.Parse(one.Asked)
			if err != nil {
				return truth, err
			}
			return asked[0], nil
		}
	}
	return truth, fmt.Errorf("the room has no mystery of %q", m.Attendee)
}

// play is one attendee's mystery, from its start to the right answer.
func (c caller) play(name string, level int) ([]labapi.Evidence, error) {
	var m labapi.Mystery
	if err := c.post(labapi.MysteryPath, url.Values{"attendee": {name}, "level": {fmt.Sprint(level)}}, &m); err != nil {
		return nil, err
	}
	truth, err := c.truth(m)
	if err != nil {
		return nil, err
	}
	if m.Seed != 0 {
		return nil, fmt.Errorf("an attendee is told the seed %d, and may start the same under another name", m.Seed)
	}
	if err := c.visitUntil(m.Visit, truth); err != nil {
		return nil, err
	}
	v, err := c.answer(m, truth.Service, "slow-queue") // which no mystery is
	if err != nil || v.Over || v.Grade.Cause || v.Truth != nil || v.Evidence != nil {
		return nil, fmt.Errorf("a wrong answer: %+v, %v", v, err)
	}
	v, err = c.answer(m, truth.Service, truth.Name)
	if err != nil || !v.Over || v.Asked != truth.String() || len(v.Evidence) == 0 {
		return nil, fmt.Errorf("the right answer, %s: %+v, %v", truth, v, err)
	}
	for _, e := range v.Evidence {
		err = errors.Join(err, c.checkEvidence(m, e))
	}
	return v.Evidence, err
}

func (c caller) answer(m labapi.Mystery, service, cause string) (v labapi.MysteryVerdict, err error) {
	err = c.post(labapi.MysteryAnswerPath, url.Values{"id": {m.ID}, "service": {service}, "cause": {cause}}, &v)
	return v, err
}

// checkEvidence wants a request of the attendee since the start.
func (c caller) checkEvidence(m labapi.Mystery, e labapi.Evidence) error {
	spans, err := c.spans(e.TraceID)
	for _, sp := range spans {
		if name, _ := sp.Tag("attendee"); name == m.Attendee && sp.Timestamp >= m.Since.UnixMicro() {
			return nil
		}
	}
	return fmt.Errorf("no request of %s since %s is in %+v (%v)", m.Attendee, m.Since, e, err)
}

package flight

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/stacktest"
)

// TestFromRequestToExplanation measures how long it takes from the end of a visit
// until it is explained, by the command and by the server alone, at rest and beside
// other visits.
func TestFromRequestToExplanation(t *testing.T) {
	n, rates := 2, []float64{0, 40}
	if *rounds > 0 {
		n, rates = *rounds, []float64{0, 300, 600}
	}
	s := up(t, "TRACELAB_SLOW=never") // what is explained unasked is TestUnaskedCost's
	s.visits(50, 100, 1)
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "visits/s beside\ttracelab why: median\tp90\tthe server: median\tp90\tits CPU for one\texplained\t")
	for _, rate := range rates {
		stop := testbed.Steadily(rate, s.visit)
		command, known := s.explanations(n, s.byCommand)
		visits := s.serverCPUWhile(func() { time.Sleep(2 * time.Second) }).Seconds() / 2 // what they alone take, of a processor
		var spent, within time.Duration
		server, more := s.explanations(n, func(trace string) (text []byte) {
			began := time.Now()
			spent += s.serverCPUWhile(func() { text = s.byServer(trace) })
			within += time.Since(began)
			return text
		})
		one := (spent - time.Duration(visits*float64(within))) / time.Duration(n)
		stop()
		known = slices.Sorted(slices.Values(append(known, more...)))
		fmt.Fprintf(w, "%.0f\t%s\t%s\t%s\t%s\t%.1f ms\t%.2f %%\t\n", rate, ms(command, 0.5), ms(command, 0.9), ms(server, 0.5), ms(server, 0.9), float64(one.Microseconds())/1000, quantile(known, 0.5))
		if *rounds == 0 {
			continue
		}
		most := 250 * time.Millisecond
		if rate == 0 {
			most = 50 * time.Millisecond
		}
		if median := quantile(command, 0.5); median > most {
			t.Errorf("beside %.0f visits a second the median is %v; want at most %v", rate, median, most)
		}
		if share := quantile(known, 0.5); share < 99.8 {
			t.Errorf("beside %.0f visits a second %.2f %% of the time are explained at the median", rate, share)
		}
	}
	w.Flush()
	t.Logf("from the end of a visit to its explanation, %d times each\n%s", n, &out)
}

// serverCPUWhile is what the server has of the processors meanwhile.
func (s *stack) serverCPUWhile(do func()) time.Duration {
	before := s.serverCPU()
	do()
	return s.serverCPU() - before
}

func ms(sorted []time.Duration, q float64) string {
	return fmt.Sprintf("%.1f ms", float64(quantile(sorted, q).Microseconds())/1000)
}

// explanations makes visits, so far apart that none waits for the pace of snapshots,
// and has each explained. It returns how long that took, in order of length, and what share of each visit's
// time is known, in percent.
func (s *stack) explanations(n int, explain func(trace string) []byte) (took []time.Duration, known []float64) {
	pace := time.NewTicker(700 * time.Millisecond)
	defer pace.Stop()
	for range n {
		<-pace.C
		var visit struct{ TraceID string }
		if err := json.Unmarshal(s.get(s.Gateway+"/visit"), &visit); err != nil {
			s.t.Fatal(err)
		}
		began := time.Now()
		text := explain(visit.TraceID)
		took = append(took, time.Since(began))
		var answer struct {
			TotalUS   int64 `json:"total_us"`
			UnknownUS int64 `json:"unknown_us"`
		}
		if err := json.Unmarshal(text, &answer); err != nil || answer.TotalUS == 0 {
			s.t.Fatalf("trace %s is explained by %s (%v)", visit.TraceID, text, err)
		}
		known = append(known, 100*float64(answer.TotalUS-answer.UnknownUS)/float64(answer.TotalUS))
	}
	slices.Sort(took)
	return took, known
}

func (s *stack) byServer(trace string) []byte { return s.get(s.UI + "/tracelab/v1/why/" + trace) }

func (s *stack) byCommand(trace string) []byte {
	var wrong bytes.Buffer
	cmd := exec.Command(stacktest.Program, "why", trace, "--json", "--server", s.UI)
	cmd.Stderr = &wrong
	out, err := cmd.Output()
	if err != nil {
		s.t.Fatalf("tracelab why: %v: %s", err, &wrong)
	}
	return out
}

// visit makes one that nobody judges.
func (s *stack) visit() {
	resp, err := client.Get(s.Gateway + "/visit")
	if err != nil {
		return
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, resp.Body)
}

package compare

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.com/tracelab/internal/zipkin/codec"
)

// durations are those of the requests, in µs, ascending.
func (s side) durations() []float64 {
	all := make([]float64, len(s))
	for i, tr := range s {
		all[i] = float64(rootOf(tr).Duration)
	}
	slices.Sort(all)
	return all
}

// usual is the mean of the requests' durations without the twentieth that is fastest,
// and the one that is slowest: what else the machine did is no effect of a fault.
func usual(s side) float64 {
	all := s.durations()
	cut := len(all) / 20
	return mean(all[cut : len(all)-cut])
}

func mean(all []float64) float64 {
	sum := 0.0
	for _, v := range all {
		sum += v
	}
	return sum / float64(max(1, len(all)))
}

// effect is by how much the requests of b took longer than those of a, in µs and as a
// share.
func (p pair) effect() (us, share float64) {
	before, after := usual(p.a), usual(p.b)
	return after - before, (after - before) / before
}

// keep writes a scenario and its traces to files of dir: Zipkin's JSON of either side,
// and a line for each thing that is known.
func keep(dir string, s scenario, p pair) error {
	us, share := p.effect()
	known := fmt.Sprintf("about: %s\nfault: %s\nservice: %s\noperation: %s\nasked: %g\neffectUs: %.0f\neffectPercent: %.1f\nmeanDifferenceUs: %.0f\nusualUs: %.0f\nn: %d %d\nrate: %g\nquery: %s\n",
		s.about, s.fault, s.truth.service, s.truth.operation, s.effect, us, 100*share,
		math.Round(mean(p.b.durations())-mean(p.a.durations())), usual(p.a), len(p.a), len(p.b), s.plan.rate, s.plan.query)
	for suffix, text := range map[string][]byte{
		"-a.json": codec.AppendTraces(nil, p.a),
		"-b.json": codec.AppendTraces(nil, p.b),
		".txt":    []byte(known),
	} {
		if err := os.WriteFile(filepath.Join(dir, s.name+suffix), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// kept reads what keep has written of all scenarios, by name, and calls with for each.
func kept(t *testing.T, dir string, with func(scenario, pair)) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(dir, "*.txt"))
	if len(files) == 0 {
		t.Fatalf("no traces are kept in %s", dir)
	}
	for _, file := range files {
		readKept(t, file, with)
	}
}

func readKept(t testing.TB, file string, with func(scenario, pair)) {
	t.Helper()
	s, err := readScenario(file)
	if err != nil {
		t.Fatal(err)
	}
	base := strings.TrimSuffix(file, ".txt")
	with(s, pair{readSide(t, base+"-a.json"), readSide(t, base+"-b.json")})
}

func readScenario(file string) (s scenario, err error) {
	f, err := os.Open(file)
	if err != nil {
		return s, err
	}
	defer f.Close()
	known := map[string]string{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		key, value, _ := strings.Cut(lines.Text(), ": ")
		known[key] = value
	}
	s = scenario{name: strings.TrimSuffix(filepath.Base(file), ".txt"), about: known["about"], fault: known["fault"],
		plan: plan{query: known["query"]}, truth: truth{known["service"], known["operation"]}}
	s.plan.rate, _ = strconv.ParseFloat(known["rate"], 64)
	s.effect, err = strconv.ParseFloat(known["asked"], 64)
	return s, err
}

func readSide(t testing.TB, file string) side {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	traces, err := codec.DecodeTraces(string(text))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return side(traces).inOrder()
}

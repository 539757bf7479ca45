package exectrace_test

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	rt "runtime/trace"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.opencensus.io/trace"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/tracing/tracetest"
)

// Sleeps here are waits that the tests inject, and find again in a trace.

// Measurements are short unless they are asked for.
var rounds = flag.Int("rounds", 0, "measure explanations in so many rounds each")

// times is how often something is measured.
func times(short int) int {
	if *rounds > 0 {
		return *rounds
	}
	return short
}

// childVariable has this test be another program.
const childVariable = "EXECTRACE_TEST_CHILD"

var children = map[string]func(){
	"hog": func() {
		for {
		}
	},
	"backend": backend,
}

func TestMain(m *testing.M) {
	if run, ok := children[os.Getenv(childVariable)]; ok {
		go func() { // until the parent ends, however it does
			io.Copy(io.Discard, os.Stdin)
			os.Exit(0)
		}()
		run()
	}
	os.Exit(m.Run())
}

// start starts a child, and returns what it says, if it says something.
func start(t testing.TB, name string) (out *bufio.Reader) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), childVariable+"="+name)
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		c.Wait()
	})
	return bufio.NewReader(stdout)
}

// injected is how long what is injected lasts.
const injected = 20 * time.Millisecond

// backend answers requests slowly, with how long that took it. It says where it is.
func backend() {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(ln.Addr())
	http.Serve(ln, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		time.Sleep(injected)
		io.WriteString(w, time.Since(start).String())
	}))
}

// recorder is a flight recorder of this process, which makes spans.
type recorder struct {
	t  testing.TB
	fr *rt.FlightRecorder
}

func record(t testing.TB, age time.Duration) recorder {
	t.Helper()
	tracetest.Start(t, "always")
	fr := rt.NewFlightRecorder(rt.FlightRecorderConfig{MinAge: age, MaxBytes: 256 << 20})
	if err := fr.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fr.Stop)
	return recorder{t, fr}
}

// snapshot is what has been recorded.
func (r recorder) snapshot() *exectrace.Trace {
	r.t.Helper()
	var b bytes.Buffer
	if _, err := r.fr.WriteTo(&b); err != nil {
		r.t.Fatal(err)
	}
	f, err := exectrace.FromBytes(b.Bytes())
	if err != nil {
		r.t.Fatal(err)
	}
	x, err := exectrace.Read(f)
	if err != nil {
		r.t.Fatal(err)
	}
	return x
}

// within runs do in a span, and returns the ids of it.
func within(name string, do func(ctx context.Context)) trace.SpanContext {
	ctx, span := trace.StartSpan(context.Background(), name)
	defer span.End()
	do(ctx)
	return span.SpanContext()
}

// task is the task of a span. A recorder drops what is older than it is to keep: where a
// machine lets the rest of a round take that long, the span has to be measured again.
func task(x *exectrace.Trace, sc trace.SpanContext) (exectrace.Task, error) {
	for _, s := range x.SpansOf(sc.TraceID) {
		if s.ID != sc.SpanID {
			continue
		}
		if k, ok := x.Task(s.Task); ok && k.Begun && k.Ended {
			return k, nil
		}
	}
	return exectrace.Task{}, fmt.Errorf("the trace has only a part of span %s", sc.SpanID)
}

// unhurried is for tests that hold what is said against the time that things
// took: the race detector is most of that.
func unhurried(t *testing.T) {
	t.Helper()
	if testbed.Race {
		t.Skip("times are judged without the race detector")
	}
}

// spin computes for as long.
func spin(d time.Duration) {
	var sum uint64
	for start := time.Now(); time.Since(start) < d; {
		for i := range uint64(2000) {
			sum += i * i
		}
	}
	sink.Store(sum)
}

// sink keeps what is computed from being optimized away.
var sink atomic.Uint64

// sums adds up segments by states.
func sums(segments []exectrace.Segment) map[exectrace.SegmentState]time.Duration {
	sums := map[exectrace.SegmentState]time.Duration{}
	for _, segment := range segments {
		sums[segment.State] += segment.End.Sub(segment.Start)
	}
	return sums
}

// clip is the part of segments from one moment to another.
func clip(segments []exectrace.Segment, from, to exectrace.Time) (part []exectrace.Segment) {
	for _, segment := range segments {
		segment.Start, segment.End = max(segment.Start, from), min(segment.End, to)
		if segment.Start < segment.End {
			part = append(part, segment)
		}
	}
	return part
}

// quantile is of shares, in percent.
func quantile(shares []float64, q float64) float64 {
	shares = slices.Sorted(slices.Values(shares))
	return shares[min(int(q*float64(len(shares))), len(shares)-1)]
}

func firstLine(t testing.TB, r *bufio.Reader) string {
	line, err := r.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

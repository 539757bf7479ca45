package flight

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"runtime/pprof"
	rt "runtime/trace"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opencensus.io/trace"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/userlog"
	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/tracing"
)

// record starts a recorder of this process, until the test ends.
func record(t testing.TB, url string) *Recorder {
	t.Helper()
	r := New(Config{Service: "test", Instance: "1", ServerURL: url, Token: "secret"})
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Stop(context.Background()) })
	return r
}

func parse(t testing.TB, body []byte) *exectrace.Trace {
	t.Helper()
	file, err := exectrace.FromBytes(body)
	if err != nil {
		t.Fatal(err)
	}
	x, err := exectrace.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func takeNow(t testing.TB, r *Recorder) *exectrace.Trace {
	t.Helper()
	body, err := r.Take(background)
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, body)
}

// TestFromTheLineToTheServer has a server ask over a real line for a request that
// this process has served, and look for it in what comes.
func TestFromTheLineToTheServer(t *testing.T) {
	s, hub := &server{}, control.NewServer("secret")
	mux := http.NewServeMux()
	mux.Handle("POST "+control.Path, hub)
	mux.Handle("POST "+labapi.SnapshotsPath, s)
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	t.Cleanup(hub.Close)
	r := record(t, srv.URL)
	tr, err := tracing.Start(tracing.Config{Service: "test", RootObserver: r})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tr.Shutdown(background) })
	ctx, hangUp := context.WithCancel(background)
	ended := make(chan error, 1)
	go func() {
		ended <- control.Run(ctx, control.Config{ServerURL: srv.URL, Token: "secret", OnMessage: r.Heard,
			Describe: func() control.Registration {
				return control.Registration{Service: "test", Instance: "1", Recorder: r.Recording()}
			}})
	}()
	t.Cleanup(func() { hangUp(); <-ended })

	var served trace.SpanContext
	began := time.Now()
	handler := tracing.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		served = trace.FromContext(r.Context()).SpanContext()
	}))
	req := httptest.NewRequest("GET", "/", nil)
	req.Header.Set("traceparent", "00-00000000000000000000000000000003-0000000000000004-01")
	handler.ServeHTTP(httptest.NewRecorder(), req)
	for {
		if err := hub.Send("1", labapi.SnapshotRequested, labapi.SnapshotRequest{Trace: served.TraceID.String()}); err == nil {
			break
		} else if time.Since(began) > 20*time.Second {
			t.Fatal(err)
		}
		runtime.Gosched()
	}
	d := s.await(t, func(d delivery) bool { return true })
	if d.Refused != "" || d.Reason != labapi.ReasonAsked || d.Service != "test" || d.Instance != "1" || d.TookUS <= 0 {
		t.Errorf("it handed over %+v", d.Upload)
	}
	if p := d.Traces[0]; p.Trace != served.TraceID.String() || p.StartUS < began.UnixMicro() || p.EndUS < p.StartUS || p.EndUS > d.TakenAt.UnixMicro() {
		t.Errorf("its part is %+v", p)
	}
	spans := parse(t, d.body).SpansOf(served.TraceID)
	if len(spans) != 1 || spans[0].ID != served.SpanID || spans[0].Parent != [8]byte{7: 4} {
		t.Errorf("the execution trace tells of %+v; want %+v", spans, served)
	}
}

// TestOthersTraceToo takes snapshots while the execution trace and CPU profiles
// are taken by others, as behind /debug/pprof/.
func TestOthersTraceToo(t *testing.T) {
	r := record(t, "")
	done := make(chan struct{})
	var others sync.WaitGroup
	others.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			var taken bytes.Buffer
			if err := rt.Start(&taken); err != nil {
				t.Error(err)
				return
			}
			runtime.GC()
			rt.Stop()
			if _, err := exectrace.FromBytes(taken.Bytes()); err != nil {
				t.Errorf("of the trace beside it: %v", err)
			}
		}
	})
	for range 4 {
		takeNow(t, r)
	}
	close(done)
	others.Wait()
	if !rt.IsEnabled() {
		t.Error("the recorder has ended with the last trace beside it")
	}
}

// TestProfilesLandInTheSnapshot looks for the samples of a CPU profile.
func TestProfilesLandInTheSnapshot(t *testing.T) {
	r := record(t, "")
	if err := pprof.StartCPUProfile(io.Discard); err != nil {
		t.Skip("a CPU profile is being taken already: ", err)
	}
	defer pprof.StopCPUProfile()
	samples := 0
	for began := time.Now(); samples == 0; {
		burn(200 * time.Millisecond)
		x := takeNow(t, r)
		for s := range x.Samples() {
			for _, f := range x.SampleStack(s) {
				if strings.HasSuffix(f.Func, "flight.burn") {
					samples++
				}
			}
		}
		if time.Since(began) > 20*time.Second {
			t.Fatal("no sample is in the snapshot")
		}
	}
}

// burn keeps a CPU busy.
func burn(d time.Duration) (n int) {
	for began := time.Now(); time.Since(began) < d; n++ {
	}
	return n
}

// TestOneAtATime starts a second recorder, and another after the first.
func TestOneAtATime(t *testing.T) {
	for range 3 {
		r := New(Config{})
		if err := r.Start(); err != nil {
			t.Fatal(err)
		}
		second := New(Config{})
		if err := second.Start(); err == nil {
			t.Error("two recorders run")
		}
		if _, err := second.Take(background); err == nil {
			t.Error("a recorder that does not run has a snapshot")
		}
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() { takeNow(t, r) })
		}
		both.Wait()
		if c := r.Counts(); c.Taken[reasonRead] > 2 || c.Bytes == 0 || c.Seconds == 0 {
			t.Errorf("it counts %+v", c)
		}
		r.Stop(background)
		if rt.IsEnabled() {
			t.Error("it records on")
		}
	}
}

// TestManyAtOnce has requests of all kinds, asks and readers at work while the
// recorder stops: for the race detector.
func TestManyAtOnce(t *testing.T) {
	s := &server{}
	srv := httptest.NewServer(s)
	defer srv.Close()
	r := New(Config{Service: "test", Instance: "1", ServerURL: srv.URL, Token: "secret"})
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			for i := range 300 {
				n := 1000*g + i
				request(r, n, time.Duration(i)*time.Millisecond, func(root *tracing.Root) { root.Debug = i%7 == 0 })
				ask(r, n)
				if i == 150 {
					r.Take(background)
				}
			}
		})
	}
	all.Wait()
	r.Stop(background)
	c, got := r.Counts(), answers(s.deliveries())
	if c.Sent == 0 || c.Waiting != 0 || c.Sent+total(c.Dropped) != total(c.Taken)-c.Taken[reasonRead] {
		t.Errorf("it counts %+v", c)
	}
	unanswered := 0
	for g := range 4 {
		for i := range 300 {
			if got[hexID(1000*g+i)] == 0 {
				unanswered++
			}
		}
	}
	if uint64(unanswered) > c.Unanswered {
		t.Errorf("%d traces were not answered, and it says %d; %+v", unanswered, c.Unanswered, c)
	}
}

// samples are the kernel's times of a thread, one for each message with it.
func samples(t *testing.T, x *exectrace.Trace, tid int) (ran []uint64) {
	t.Helper()
	for l := range x.Logs() {
		if l.Category != userlog.ThreadsCategory {
			continue
		}
		for thread := range userlog.Threads(l.Message) {
			if thread.ID == int64(tid) {
				ran = append(ran, uint64(thread.Ran))
			}
		}
	}
	return ran
}

// TestTheKernelsTimes holds a thread busy during a request, and then has none.
func TestTheKernelsTimes(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells how long a thread waited for a CPU")
	}
	r := record(t, "")
	tid := os.Getpid() // the first thread, which a process always has
	for n := 1; n <= 3; n++ {
		// Only those for snapshots: they are taken with a pause between them.
		if got := len(samples(t, takeNow(t, r), tid)); got != n {
			t.Fatalf("%d samples with %d snapshots and no request", got, n)
		}
	}
	root := tracing.Root{TraceID: id(1), Start: time.Now()}
	r.RootStarted(root)
	burn(250 * time.Millisecond)
	r.RootEnded(root)
	x := takeNow(t, r)
	ran := samples(t, x, tid)
	if len(ran) < 7 { // four for snapshots, the request's beginning and end, and one between
		t.Errorf("%d samples with a request of 250 ms", len(ran))
	}
	for i := range ran[1:] {
		if ran[i+1] < ran[i] {
			t.Errorf("the thread's time goes back: %v", ran)
		}
	}
	if !x.KnowsCPU() {
		t.Error("the reader does not understand them")
	}
}

// BenchmarkSample is one sample of all threads in a row of them; %core is what they
// take of a core at most. In a process that does other work meanwhile a sample
// takes several times as long: see tracelab_flight_sample_seconds_total.
func BenchmarkSample(b *testing.B) {
	r := record(b, "")
	b.Run(fmt.Sprintf("threads=%d", len(r.sampler.threads.read())), func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r.sampler.sample()
		}
		b.ReportMetric(100*float64(b.Elapsed())/float64(b.N)/float64(samplePeriod), "%core")
	})
}

var goroutines = flag.Int("goroutines", 5000, "that idle while snapshots are taken") // the race detector allows 8128

// TestIdleGoroutines has a server answer while everybody wants a snapshot with all
// goroutines of the process, most of which do nothing.
func TestIdleGoroutines(t *testing.T) {
	r := record(t, "")
	wake := make(chan struct{})
	defer close(wake)
	for range *goroutines {
		go func() { <-wake }()
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "here") }))
	defer srv.Close()
	askFor := func(lasts time.Duration) (took []time.Duration) {
		for began := time.Now(); time.Since(began) < lasts; {
			sent := time.Now()
			resp, err := srv.Client().Get(srv.URL)
			if err != nil {
				t.Error(err)
				break
			}
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			took = append(took, time.Since(sent))
		}
		slices.Sort(took)
		return took
	}
	const lasts = 3 * time.Second
	before := askFor(lasts)
	ctx, stop := context.WithCancel(background)
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for ctx.Err() == nil {
				if body, err := r.Take(ctx); err == nil && len(body) == 0 {
					t.Error("a snapshot is empty")
				}
			}
		})
	}
	began := time.Now()
	during := askFor(lasts)
	stop()
	readers.Wait()
	seconds, c := time.Since(began).Seconds(), r.Counts()
	n := float64(c.Taken[reasonRead])
	t.Logf("%d idle goroutines: %.1f snapshots a second, each %.1f ms and %.0f kB", *goroutines, n/seconds, 1e3*c.Seconds/n, float64(c.Bytes)/n/1e3)
	for what, took := range map[string][]time.Duration{"without": before, "with": during} {
		t.Logf("%8s snapshots: %d requests, p50 %v, p99 %v, longest %v", what, len(took), took[len(took)/2], took[len(took)*99/100], took[len(took)-1])
	}
	if n < 1 || n > 5*seconds+1 {
		t.Errorf("%.0f snapshots in %.1f s; want at most 5 a second", n, seconds)
	}
	if longest := during[len(during)-1]; longest > 5*time.Second {
		t.Errorf("a request waited for %s", longest)
	}
}

// BenchmarkRoot is what the recorder adds to a request.
func BenchmarkRoot(b *testing.B) {
	r := New(Config{ServerURL: "http://127.0.0.1:9"})
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		root := tracing.Root{TraceID: id(n), Name: "GET /visit", Start: time.Now()}
		r.RootStarted(root)
		root.Duration = time.Millisecond
		r.RootEnded(root)
	}
}

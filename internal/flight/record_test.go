package flight

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"runtime/pprof"
	rt "runtime/trace"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opencensus.io/trace"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/tracing"
)

// record starts a recorder of this process, until the test ends.
func record(t testing.TB, url string) *Recorder {
	t.Helper()
	slow, err := ParseSlow("never")
	if err != nil {
		t.Fatal(err)
	}
	r := New(Config{Service: "test", Instance: "1", ServerURL: url, Token: "secret", Slow: slow})
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

// TestFromAControlMessageToTheServer has a server ask over a real line for a request that
// this process has served, and look for it in what comes.
func TestFromAControlMessageToTheServer(t *testing.T) {
	s, processes := &server{}, control.NewServer("secret")
	mux := http.NewServeMux()
	mux.Handle("POST "+control.Path, processes)
	mux.Handle("POST "+labapi.SnapshotsPath, s)
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	t.Cleanup(processes.Close)
	r := record(t, srv.URL)
	tr, err := tracing.Start(tracing.Config{Service: "test", RootObserver: r})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tr.Shutdown(background) })
	ctx, hangUp := context.WithCancel(background)
	ended := make(chan error, 1)
	go func() {
		ended <- control.Run(ctx, control.Config{ServerURL: srv.URL, Token: "secret", OnMessage: r.OnMessage,
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
		if err := processes.Send("1", labapi.SnapshotRequested, labapi.SnapshotRequest{TraceID: served.TraceID.String()}); err == nil {
			break
		} else if time.Since(began) > 20*time.Second {
			t.Fatal(err)
		}
		runtime.Gosched()
	}
	d := s.await(t, func(d delivery) bool { return true })
	if d.Refused != "" || d.Reason != labapi.ReasonAsked || d.Service != "test" || d.Instance != "1" || d.TookUS <= 0 {
		t.Errorf("it delivered %+v", d.Upload)
	}
	if p := d.Traces[0]; p.TraceID != served.TraceID.String() || p.StartUS < began.UnixMicro() || p.EndUS < p.StartUS || p.EndUS > d.TakenAt.UnixMicro() {
		t.Errorf("its part is %+v", p)
	}
	spans := parse(t, d.body).SpansOf(served.TraceID)
	if len(spans) != 1 || spans[0].ID != served.SpanID || spans[0].Parent != [8]byte{7: 4} {
		t.Errorf("the execution trace has %+v; want %+v", spans, served)
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
		if c := r.Stats(); c.Taken[reasonRead] > 2 || c.Bytes == 0 || c.Seconds == 0 {
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
	c, got := r.Stats(), answers(s.deliveries())
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

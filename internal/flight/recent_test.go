package flight

import (
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/tracing"
)

// TestTheServerAsks requests a trace that is here, was here, or never was.
func TestTheServerAsks(t *testing.T) {
	absent, forgotten := errAbsent.text, errForgotten.text
	for name, test := range map[string]struct {
		do   func(r *Recorder)
		want labapi.Upload // of the part 1, in ms after the start
		at   time.Duration
	}{
		"it has ended": {
			do:   func(r *Recorder) { request(r, 1, time.Second, nil); time.Sleep(9 * time.Second); ask(r, 1) },
			want: labapi.Upload{Traces: []labapi.Part{{StartUS: -1000, EndUS: 0}}}, at: 9 * time.Second,
		},
		"it has ended long ago": {
			do:   func(r *Recorder) { request(r, 1, time.Second, nil); time.Sleep(window); ask(r, 1) },
			want: labapi.Upload{Traces: []labapi.Part{{StartUS: -1000, EndUS: 0}}, Refused: forgotten}, at: window,
		},
		"it has ended, and the server has it": {
			do: func(r *Recorder) {
				request(r, 1, time.Second, nil)
				time.Sleep(window)
				askSince(r, 1, time.Now().Add(-time.Second))
			},
			want: labapi.Upload{Traces: []labapi.Part{{StartUS: -1000, EndUS: 0}}, Refused: errUnchanged.text}, at: window,
		},
		"it has ended since the server had it": {
			do: func(r *Recorder) {
				request(r, 1, time.Second, nil)
				time.Sleep(time.Second)
				askSince(r, 1, time.Now().Add(-2*time.Second))
			},
			want: labapi.Upload{Traces: []labapi.Part{{StartUS: -1000, EndUS: 0}}}, at: time.Second,
		},
		"another part of it began before the snapshot was taken": {
			do: func(r *Recorder) {
				request(r, 2, 0, debugged) // so that the next has to wait
				synctest.Wait()
				request(r, 1, time.Second, nil)
				ask(r, 1)
				r.RootStarted(tracing.Root{TraceID: id(1), Start: time.Now()})
				time.Sleep(pause)
			},
			want: labapi.Upload{Traces: []labapi.Part{{StartUS: -1000, EndUS: pause.Milliseconds(), Open: true}}}, at: pause,
		},
		"it never was here": {
			do:   func(r *Recorder) { request(r, 2, time.Second, nil); ask(r, 1) },
			want: labapi.Upload{Traces: []labapi.Part{{}}, Refused: absent},
		},
		"its end is awaited": {
			do: func(r *Recorder) {
				root := tracing.Root{TraceID: id(1), Start: time.Now()}
				r.RootStarted(root)
				ask(r, 1)
				ask(r, 1)
				time.Sleep(3 * time.Second)
				root.Duration = 3 * time.Second
				r.RootEnded(root)
			},
			want: labapi.Upload{Traces: []labapi.Part{{StartUS: 0, EndUS: 3000}}}, at: 3 * time.Second,
		},
		"the end of all of it is awaited": {
			do: func(r *Recorder) {
				one := tracing.Root{TraceID: id(1), Start: time.Now()}
				r.RootStarted(one)
				ask(r, 1)
				time.Sleep(time.Second)
				two := tracing.Root{TraceID: id(1), Start: time.Now(), Duration: time.Second}
				r.RootStarted(two)
				one.Duration = time.Second
				r.RootEnded(one)
				time.Sleep(time.Second)
				r.RootEnded(two)
			},
			want: labapi.Upload{Traces: []labapi.Part{{StartUS: 0, EndUS: 2000}}}, at: 2 * time.Second,
		},
		"it does not end": {
			do: func(r *Recorder) {
				r.RootStarted(tracing.Root{TraceID: id(1), Start: time.Now()})
				ask(r, 1)
				time.Sleep(awaitFor)
			},
			want: labapi.Upload{Traces: []labapi.Part{{StartUS: 0, EndUS: awaitFor.Milliseconds(), Open: true}}}, at: awaitFor,
		},
		"it may be forgotten": {
			do: func(r *Recorder) {
				for n := range maxRecent + 1 {
					request(r, 2+n, time.Second, nil)
				}
				time.Sleep(9 * time.Second)
				ask(r, 1)
			},
			want: labapi.Upload{Traces: []labapi.Part{{}}}, at: 9 * time.Second,
		},
		"what is forgotten was long ago": {
			do: func(r *Recorder) {
				for n := range maxRecent + 1 {
					request(r, 2+n, time.Second, nil)
				}
				time.Sleep(window)
				ask(r, 1)
			},
			want: labapi.Upload{Traces: []labapi.Part{{}}, Refused: absent}, at: window,
		},
		"it was forgotten while it was open": {
			do: func(r *Recorder) {
				root := tracing.Root{TraceID: id(1), Start: time.Now(), Duration: 9 * time.Second}
				r.RootStarted(root)
				for n := range maxRecent {
					request(r, 2+n, time.Second, nil)
				}
				time.Sleep(9 * time.Second)
				r.RootEnded(root)
				ask(r, 1)
			},
			want: labapi.Upload{Traces: []labapi.Part{{}}}, at: 9 * time.Second,
		},
		"it is open, and forgotten": {
			do: func(r *Recorder) {
				r.RootStarted(tracing.Root{TraceID: id(1), Start: time.Now().Add(-time.Minute)})
				for n := range maxRecent {
					request(r, 2+n, time.Minute, nil)
				}
				ask(r, 1)
			},
			want: labapi.Upload{Traces: []labapi.Part{{}}},
		},
		"the process ends first": {
			do: func(r *Recorder) {
				r.RootStarted(tracing.Root{TraceID: id(1), Start: time.Now()})
				ask(r, 1)
				r.Stop(background)
			},
			want: labapi.Upload{Traces: []labapi.Part{{Open: true}}, Refused: errEnding.text},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, s := &fakeSource{}, &server{}
				r := startFake(t, f, s, "never")
				began := time.Now()
				test.do(r)
				synctest.Wait()
				got := slices.DeleteFunc(s.deliveries(), func(d delivery) bool { return d.Reason == labapi.ReasonDebug })
				if len(got) != 1 {
					t.Fatalf("it was answered %d times", len(got))
				}
				want := test.want
				want.Service, want.Instance, want.Host, want.Reason, want.TakenAt = "test", "1", "here", labapi.ReasonAsked, got[0].TakenAt
				want.Absent = want.Refused == absent
				part := &want.Traces[0]
				part.TraceID, part.Asked, part.Plain = hexID(1), true, true
				if part.StartUS != 0 || part.EndUS != 0 || part.Open {
					part.StartUS = began.UnixMicro() + 1000*part.StartUS
				}
				if part.EndUS != 0 || part.StartUS != 0 {
					part.EndUS = began.UnixMicro() + 1000*part.EndUS
				}
				if !reflect.DeepEqual(got[0].Upload, want) {
					t.Errorf("the answer is %+v; want %+v", got[0].Upload, want)
				}
				if got[0].at.Sub(began) != test.at || (len(got[0].body) > 0) != (want.Refused == "") {
					t.Errorf("it came after %s, with %d bytes; want it after %s", got[0].at.Sub(began), len(got[0].body), test.at)
				}
			})
		})
	}
}

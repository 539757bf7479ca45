package flight

import (
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/tracing"
)

// TestTheServerAsks requests a trace that is here, was here, or never was.
func TestTheServerAsks(t *testing.T) {
	absent := errAbsent.text
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
			want: labapi.Upload{Traces: []labapi.Part{{StartUS: -1000, EndUS: 0}}, Refused: absent}, at: window,
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
			want: labapi.Upload{Traces: []labapi.Part{{StartUS: 0, EndUS: awaitFor.Milliseconds()}}}, at: awaitFor,
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
			want: labapi.Upload{Traces: []labapi.Part{{}}, Refused: errEnding.text},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, s := &fakeSource{}, &server{}
				r := startFake(t, f, s, "never")
				began := time.Now()
				test.do(r)
				synctest.Wait()
				got := s.deliveries()
				if len(got) != 1 {
					t.Fatalf("it was answered %d times", len(got))
				}
				want := test.want
				want.Service, want.Instance, want.Host, want.Reason, want.TakenAt = "test", "1", "here", labapi.ReasonAsked, got[0].TakenAt
				part := &want.Traces[0]
				part.TraceID = hexID(1)
				if part.StartUS != 0 || part.EndUS != 0 {
					part.StartUS = began.UnixMicro() + 1000*part.StartUS
				}
				if part.EndUS != 0 || name == "it has ended" || name == "it has ended long ago" {
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

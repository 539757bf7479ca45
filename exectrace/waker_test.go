package exectrace

import (
	"strings"
	"testing"
)

// TestWakerSegments asks, in scripts of a task 7, what was done while the first of its
// segments with a waker lasted.
func TestWakerSegments(t *testing.T) {
	for _, c := range []struct{ name, script, want string }{
		{"a mutex, whose waker waits for the one that has it before", `
			0 0 sync
			1 1 unknown>running
			1 2 unknown>running
			1 3 unknown>running
			5 2 begin task=20
			5 3 begin task=30
			10 1 begin task=7
			10 1 running>waiting reason=sync at=sync.(*Mutex).Lock<work
			10 2 running>waiting reason=sync at=sync.(*Mutex).Lock<two
			15 3 running>waiting reason=sleep at=time.Sleep<three
			20 3 waiting>runnable by=0
			21 3 runnable>running
			30 2 waiting>runnable by=3 at=sync.(*Mutex).Unlock<three
			31 2 runnable>running
			35 2 begin task=21 parent=20
			40 1 waiting>runnable by=2 at=sync.(*Mutex).Unlock<two
			41 1 runnable>running
			45 2 end task=21
			50 1 end task=7`, `
			10-15 running 3/30 hops 1
			15-20 sleep 3/30 hops 1
			20-21 runnable 3/30 hops 1
			21-30 running 3/30 hops 1
			30-31 runnable 2/20
			31-35 running 2/20
			35-40 running 2/21`},
		{"a worker without a task is at work for whom it wakes next", `
			0 0 sync
			1 1 unknown>running
			1 2 unknown>running
			1 3 unknown>running
			5 3 begin task=30
			6 3 running>waiting reason=chan_receive at=runtime.chanrecv1<three
			10 1 begin task=7
			10 1 running>waiting reason=chan_receive at=runtime.chanrecv1<work
			20 3 waiting>runnable by=2 at=runtime.chansend1<worker
			21 3 runnable>running
			30 1 waiting>runnable by=2 at=runtime.chansend1<worker
			31 1 runnable>running
			50 1 end task=7
			60 3 end task=30`, `
			10-20 running 2/30 ?
			20-30 running 2/7 ?`},
		{"a worker with a task of its own", `
			0 0 sync
			1 1 unknown>running
			1 2 unknown>running
			10 1 begin task=7
			10 1 running>waiting reason=chan_receive at=runtime.chanrecv1<work
			15 2 begin task=20
			20 2 end task=20
			30 1 waiting>runnable by=2 at=runtime.chansend1<worker
			31 1 runnable>running
			50 1 end task=7`, `
			10-15 running 2/7 ?
			15-20 running 2/20
			20-30 running 2/7 ?`},
		{"who lets go of a mutex, or takes what is sent, works for nobody by that", `
			0 0 sync
			1 1 unknown>running
			1 2 unknown>running
			1 3 unknown>running
			5 3 begin task=30
			6 3 running>waiting reason=chan_send at=runtime.chansend1<three
			10 1 begin task=7
			10 1 running>waiting reason=sync at=sync.(*Mutex).Lock<work
			20 3 waiting>runnable by=2 at=runtime.chanrecv1<clerk
			21 3 runnable>running
			30 1 waiting>runnable by=2 at=sync.(*Mutex).Unlock<clerk
			31 1 runnable>running
			50 1 end task=7
			60 3 end task=30`, `
			10-30 running 2/0`},
		{"whom a worker wakes a second later says nothing", `
			0 0 sync
			1 1 unknown>running
			1 2 unknown>running
			1 3 unknown>running
			10 1 begin task=7
			10 1 running>waiting reason=sync at=sync.(*WaitGroup).Wait<work
			20 3 running>waiting reason=chan_receive at=runtime.chanrecv1<three
			2000000000 1 waiting>runnable by=2 at=sync.(*WaitGroup).Done<worker
			2000000001 1 runnable>running
			2000000050 1 end task=7`, `
			10-1000000000 running 2/0
			1000000000-2000000000 running 2/7 ?`},
		{"before there was the waker, there was who created it, or nobody is known", `
			0 0 sync
			1 1 unknown>running
			1 2 unknown>running
			5 2 begin task=20
			10 1 begin task=7
			10 1 running>waiting reason=sync at=sync.(*Mutex).Lock<work
			20 3 none>runnable by=2 start=three
			21 3 runnable>running
			22 3 running>waiting reason=chan_receive at=runtime.chanrecv1<three
			25 4 none>runnable by=0 start=four
			26 4 runnable>running
			30 3 waiting>runnable by=4 at=runtime.chansend1<four
			31 3 runnable>running
			40 1 waiting>runnable by=3 at=sync.(*Mutex).Unlock<three
			41 1 runnable>running
			50 1 end task=7`, `
			20-21 runnable 3/20
			21-22 running 3/20
			22-25 sleep 3/20
			25-26 runnable 4/20 hops 1 ?
			26-30 running 4/20 hops 1 ?
			30-31 runnable 3/20
			31-40 running 3/20`},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := scripted(t, c.script)
			k, _ := x.Task(7)
			var held Segment
			for _, segment := range x.Breakdown(k) {
				if segment.WokenBy != 0 {
					held = segment
				}
			}
			if got, want := segments(x.WakerSegments(held)), trim(c.want); got != want {
				t.Errorf("of %s it is\n%s\nwant\n%s", segments([]Segment{held}), got, want)
			}
			if free := (Segment{Start: 10, End: 20}); x.WakerSegments(free) != nil {
				t.Error("there is something behind a segment without a waker")
			}
		})
	}
}

func TestSegmentStack(t *testing.T) {
	x := scripted(t, `
		0 0 sync
		1 1 unknown>running
		10 1 begin task=7
		10 1 running>syscall at=syscall.read<first<work<main
		15 1 syscall>running
		20 1 running>waiting reason=sync at=sync.(*Mutex).Lock<second<work<main
		30 1 waiting>runnable by=2 at=sync.(*Mutex).Unlock<other
		31 1 runnable>running
		40 1 running>runnable reason=preempted at=loop<work<main
		41 1 runnable>running
		50 1 end task=7
		50 1 running>waiting reason=network at=internal/poll.(*FD).Read<work<main
		60 0 sync`)
	k, _ := x.Task(7)
	var got []string
	for _, segment := range x.Breakdown(k) {
		var names []string
		for _, f := range x.SegmentStack(segment) {
			names = append(names, f.Func)
		}
		got = append(got, segment.State.String()+" "+strings.Join(names, "<"))
	}
	want := trim(`
		syscall syscall.read<first<work<main
		running work<main
		sync sync.(*Mutex).Lock<second<work<main
		runnable sync.(*Mutex).Lock<second<work<main
		running loop<work<main
		runnable loop<work<main
		running work<main`)
	if strings.Join(got, "\n") != want {
		t.Errorf("they are\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
}

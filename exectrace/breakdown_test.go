package exectrace

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/tracelab/exectrace/internal/container"
	"example.com/tracelab/exectrace/internal/eventstest"
	"example.com/tracelab/exectrace/internal/wiretest"
)

// scripted returns the index of a script.
func scripted(t *testing.T, text string) *Trace {
	t.Helper()
	x := newIndexer("go1.26")
	eventstest.Parse(t, text).Each(x)
	return x.finish()
}

// segments formats segments as "10-20 sync 1/7 by 2 hops 1 ?": of goroutine 1, which
// works for task 7 and is woken by goroutine 2, after one hop, inferred.
func segments(all []Segment) string {
	var lines []string
	for _, segment := range all {
		line := fmt.Sprintf("%d-%d %s %d/%d", segment.Start, segment.End, segment.State, segment.Goroutine, segment.Task)
		if segment.WokenBy != 0 {
			line += fmt.Sprintf(" by %d", segment.WokenBy)
		}
		if segment.Hops > 0 {
			line += fmt.Sprintf(" hops %d", segment.Hops)
		}
		if segment.Inferred {
			line += " ?"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func trim(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// Most scripts begin with task 7, which goroutine 1 begins at 10 ns; in some of them
// goroutine 2 runs besides.
const (
	begun = `
		0 0 sync
		1 1 unknown>running
		10 1 begin task=7`
	besides = `
		0 0 sync
		1 1 unknown>running
		1 2 unknown>running
		10 1 begin task=7`
)

// breakdowns are scripts with a task 7, and its segments.
var breakdowns = []struct{ name, script, want string }{
	{"the goroutine's own states", begun + `
		20 1 running>runnable reason=preempted at=work
		30 1 runnable>running
		40 1 running>syscall at=syscall.read<work
		50 1 syscall>running
		60 1 running>waiting reason=network at=internal/poll.(*FD).Read<work
		70 1 waiting>runnable by=0
		80 1 runnable>running
		90 1 running>waiting reason=sleep at=time.Sleep<work
		100 1 waiting>runnable by=0
		110 1 runnable>running
		120 1 end task=7`, `
		10-20 running 1/7
		20-30 runnable 1/7
		30-40 running 1/7
		40-50 syscall 1/7
		50-60 running 1/7
		60-70 network 1/7
		70-80 runnable 1/7
		80-90 running 1/7
		90-100 sleep 1/7
		100-110 runnable 1/7
		110-120 running 1/7`},
	{"what timers end", begun + `
		10 1 running>waiting reason=select at=runtime.selectgo<work
		20 1 waiting>runnable by=0
		21 1 runnable>running
		30 1 running>waiting reason=chan_receive at=runtime.chanrecv1<work
		40 1 waiting>runnable by=0
		41 1 runnable>running
		50 1 end task=7`, `
		10-20 select 1/7
		20-21 runnable 1/7
		21-30 running 1/7
		30-40 sleep 1/7
		40-41 runnable 1/7
		41-50 running 1/7`},
	{"what nothing has ended yet", begun + `
		10 1 running>waiting reason=chan_receive at=runtime.chanrecv1<work
		20 9 unknown>running`, `
		10-20 channel 1/7`},
	{"a call that has lost its processor", `
		0 0 sync
		1 1 unknown>syscall
		10 1 begin task=7
		20 1 syscall>runnable
		30 1 runnable>running
		40 1 end task=7`, `
		10-20 syscall 1/7
		20-30 runnable 1/7
		30-40 running 1/7`},
	{"a send by a goroutine of another task", besides + `
		10 1 running>waiting reason=chan_receive at=runtime.chanrecv1<work
		15 2 running>waiting reason=sleep at=time.Sleep<other
		25 2 waiting>runnable by=0
		26 2 runnable>running
		30 1 waiting>runnable by=2 at=runtime.chansend1<other
		31 1 runnable>running
		40 1 end task=7`, `
		10-30 channel 1/7 by 2
		30-31 runnable 1/7
		31-40 running 1/7`},
	{"a select that another goroutine has ended", besides + `
		10 1 running>waiting reason=select at=runtime.selectgo<work
		30 1 waiting>runnable by=2 at=runtime.chansend1<other
		31 1 runnable>running
		40 1 end task=7`, `
		10-30 channel 1/7 by 2
		30-31 runnable 1/7
		31-40 running 1/7`},
	{"others of package sync", besides + `
		10 1 running>waiting reason=sync at=sync.runtime_SemacquireWaitGroup<sync.(*WaitGroup).Wait<work
		20 1 waiting>runnable by=2 at=sync.(*WaitGroup).Add<other
		21 1 runnable>running
		22 1 running>waiting reason=sync.(*Cond).Wait at=sync.(*Cond).Wait<work
		30 1 waiting>runnable by=2 at=sync.(*Cond).Signal<other
		31 1 runnable>running
		40 1 end task=7`, `
		10-20 sync 1/7 by 2
		20-21 runnable 1/7
		21-22 running 1/7
		22-30 sync 1/7 by 2
		30-31 runnable 1/7
		31-40 running 1/7`},
	{"a goroutine of its own is looked through, as are those that it has started", begun + `
		11 2 none>runnable by=1 start=worker
		12 2 runnable>running
		13 3 none>runnable by=2 start=inner
		14 1 running>waiting reason=sync at=sync.(*WaitGroup).Wait<work
		16 2 running>waiting reason=chan_receive at=runtime.chanrecv1<worker
		17 3 runnable>running
		18 3 running>waiting reason=network at=internal/poll.(*FD).Read<inner
		40 3 waiting>runnable by=0
		41 3 runnable>running
		45 2 waiting>runnable by=3 at=runtime.chansend1<inner
		46 2 runnable>running
		50 1 waiting>runnable by=2 at=sync.(*WaitGroup).Done<worker
		51 1 runnable>running
		60 1 end task=7`, `
		10-14 running 1/7
		14-16 running 2/7 hops 1
		16-17 runnable 3/7 hops 2
		17-18 running 3/7 hops 2
		18-40 network 3/7 hops 2
		40-41 runnable 3/7 hops 2
		41-45 running 3/7 hops 2
		45-46 runnable 2/7 hops 1
		46-50 running 2/7 hops 1
		50-51 runnable 1/7
		51-60 running 1/7`},
	{"before a goroutine of its own is born there is its creator", begun + `
		11 2 none>runnable by=1 start=worker
		12 2 runnable>running
		14 1 running>waiting reason=chan_receive at=runtime.chanrecv1<work
		30 3 none>runnable by=2 start=inner
		31 3 runnable>running
		50 1 waiting>runnable by=3 at=runtime.chansend1<inner
		51 1 runnable>running
		60 1 end task=7`, `
		10-14 running 1/7
		14-30 running 2/7 hops 1
		30-31 runnable 3/7 hops 1
		31-50 running 3/7 hops 1
		50-51 runnable 1/7
		51-60 running 1/7`},
	{"a goroutine that it started before it began is not its own", `
		0 0 sync
		1 1 unknown>running
		5 2 none>runnable by=1 start=worker
		6 2 runnable>running
		10 1 begin task=7
		10 1 running>waiting reason=chan_receive at=runtime.chanrecv1<work
		30 1 waiting>runnable by=2 at=runtime.chansend1<worker
		31 1 runnable>running
		40 1 end task=7`, `
		10-30 channel 1/7 by 2
		30-31 runnable 1/7
		31-40 running 1/7`},
	{"a mutex stays one, whoever holds it", begun + `
		11 2 none>runnable by=1 start=worker
		12 2 runnable>running
		14 1 running>waiting reason=sync at=sync.(*Mutex).Lock<work
		30 1 waiting>runnable by=2 at=sync.(*Mutex).Unlock<worker
		31 1 runnable>running
		32 1 running>waiting reason=sync at=sync.(*RWMutex).RLock<work
		40 1 waiting>runnable by=2 at=sync.(*RWMutex).Unlock<worker
		41 1 runnable>running
		42 1 running>waiting reason=sync at=internal/poll.(*fdMutex).rwlock<work
		50 1 waiting>runnable by=2 at=internal/poll.(*fdMutex).rwunlock<worker
		51 1 runnable>running
		60 1 end task=7`, `
		10-14 running 1/7
		14-30 sync 1/7 by 2
		30-31 runnable 1/7
		31-32 running 1/7
		32-40 sync 1/7 by 2
		40-41 runnable 1/7
		41-42 running 1/7
		42-50 sync 1/7 by 2
		50-51 runnable 1/7
		51-60 running 1/7`},
	{"net/http's client is looked through, older than the task as it is", `
		0 0 sync
		1 1 unknown>running
		2 2 none>runnable by=1 start=net/http.(*persistConn).readLoop
		3 2 runnable>running
		4 2 running>waiting reason=network at=internal/poll.(*FD).Read<net/http.(*persistConn).readLoop
		10 1 begin task=7
		10 1 running>waiting reason=select at=runtime.selectgo<net/http.(*persistConn).roundTrip<work
		30 2 waiting>runnable by=0
		31 2 runnable>running
		35 1 waiting>runnable by=2 at=runtime.chansend1<net/http.(*persistConn).readLoop
		36 1 runnable>running
		40 1 end task=7`, `
		10-30 network 2/7 hops 1
		30-31 runnable 2/7 hops 1
		31-35 running 2/7 hops 1
		35-36 runnable 1/7
		36-40 running 1/7`},
	{"its server is not, nor is a pool of connections, nor who waits outside of net/http", `
		0 0 sync
		1 1 unknown>running
		2 2 none>runnable by=1 start=net/http.(*conn).serve
		2 3 none>runnable by=1 start=net/http.(*persistConn).readLoop
		3 2 runnable>running
		3 3 runnable>running
		10 1 begin task=7
		10 1 running>waiting reason=select at=runtime.selectgo<net/http.(*Client).do<work
		20 1 waiting>runnable by=2 at=runtime.chansend1<serve
		21 1 runnable>running
		22 1 running>waiting reason=select at=runtime.selectgo<net/http.(*Transport).getConn<work
		30 1 waiting>runnable by=3 at=runtime.chansend1<readLoop
		31 1 runnable>running
		32 1 running>waiting reason=select at=runtime.selectgo<work<net/http.(*persistConn).roundTrip
		40 1 waiting>runnable by=3 at=runtime.chansend1<readLoop
		41 1 runnable>running
		50 1 end task=7`, `
		10-20 channel 1/7 by 2
		20-21 runnable 1/7
		21-22 running 1/7
		22-30 channel 1/7 by 3
		30-31 runnable 1/7
		31-32 running 1/7
		32-40 channel 1/7 by 3
		40-41 runnable 1/7
		41-50 running 1/7`},
	{"a call that its timeout ends waited for the network, and not for who watched the time", begun + `
		11 3 none>runnable by=1 start=net/http.setRequestCancel.func4
		11 4 none>runnable by=1 start=net/http.awaitLegacyCancel
		12 3 runnable>running
		12 4 runnable>running
		13 3 running>waiting reason=select at=runtime.selectgo<net/http.setRequestCancel.func4
		13 4 running>waiting reason=select at=runtime.selectgo<net/http.awaitLegacyCancel
		15 1 running>waiting reason=select at=runtime.selectgo<net/http.(*persistConn).roundTrip<work
		30 3 waiting>runnable by=0
		31 3 runnable>running
		32 4 waiting>runnable by=3 at=runtime.closechan<net/http.setRequestCancel.func4
		33 4 runnable>running
		34 1 waiting>runnable by=4 at=runtime.closechan<context.(*cancelCtx).cancel<net/http.awaitLegacyCancel
		35 1 runnable>running
		40 1 end task=7`, `
		10-15 running 1/7
		15-34 network 1/7
		34-35 runnable 1/7
		35-40 running 1/7`},
	{"so does one that a timer ends, or that somebody cancels", besides + `
		15 1 running>waiting reason=select at=runtime.selectgo<net/http.(*persistConn).roundTrip<work
		20 3 none>runnable by=0 start=context.WithDeadlineCause.func2
		21 3 runnable>running
		22 1 waiting>runnable by=3 at=runtime.closechan<context.(*cancelCtx).cancel
		23 1 runnable>running
		25 1 running>waiting reason=select at=runtime.selectgo<net/http.(*http2ClientConn).roundTrip<work
		30 1 waiting>runnable by=2 at=runtime.closechan<context.(*cancelCtx).cancel
		31 1 runnable>running
		35 1 running>waiting reason=select at=runtime.selectgo<net/http.(*persistConn).roundTrip<work
		38 1 waiting>runnable by=0
		39 1 runnable>running
		40 1 end task=7`, `
		10-15 running 1/7
		15-22 network 1/7
		22-23 runnable 1/7
		23-25 running 1/7
		25-30 network 1/7
		30-31 runnable 1/7
		31-35 running 1/7
		35-38 network 1/7
		38-39 runnable 1/7
		39-40 running 1/7`},
	{"a connection that was not made in time was waited for, and one of the pool is in a select", begun + `
		11 3 none>runnable by=1 start=net/http.setRequestCancel.func4
		12 3 runnable>running
		13 3 running>waiting reason=select at=runtime.selectgo<net/http.setRequestCancel.func4
		14 4 none>runnable by=1 start=net/http.(*Transport).startDialConnForLocked.func1
		15 1 running>waiting reason=select at=runtime.selectgo<net/http.(*Transport).getConn<work
		16 4 runnable>running
		17 4 running>waiting reason=network at=internal/poll.(*FD).WaitWrite<net.(*netFD).connect
		30 1 waiting>runnable by=3 at=runtime.closechan<net/http.setRequestCancel.func4
		31 1 runnable>running
		32 4 waiting>runnable by=1
		33 4 runnable>running
		34 4 running>none
		35 1 running>waiting reason=select at=runtime.selectgo<net/http.(*Transport).getConn<work
		40 1 waiting>runnable by=3 at=runtime.closechan<net/http.setRequestCancel.func4
		41 1 runnable>running
		50 1 end task=7`, `
		10-15 running 1/7
		15-16 runnable 4/7 hops 1
		16-17 running 4/7 hops 1
		17-30 network 4/7 hops 1
		30-31 runnable 1/7
		31-35 running 1/7
		35-40 select 1/7
		40-41 runnable 1/7
		41-50 running 1/7`},
	{"a goroutine of net/http that somebody else's request has started meanwhile", besides + `
		10 1 running>waiting reason=select at=runtime.selectgo<net/http.(*Transport).getConn<work
		20 3 none>runnable by=2 start=net/http.(*Transport).startDialConnForLocked.func1
		21 3 runnable>running
		22 3 running>waiting reason=network at=internal/poll.(*FD).Connect<net.dial
		30 3 waiting>runnable by=0
		31 3 runnable>running
		35 1 waiting>runnable by=3 at=runtime.chansend1<net/http.(*Transport).dialConnFor
		36 1 runnable>running
		40 1 end task=7`, `
		10-20 channel 1/7 by 2
		20-21 runnable 3/7 hops 1
		21-22 running 3/7 hops 1
		22-30 network 3/7 hops 1
		30-31 runnable 3/7 hops 1
		31-35 running 3/7 hops 1
		35-36 runnable 1/7
		36-40 running 1/7`},
	{"a timer's goroutine: before there is one the timer is waited for", begun + `
		10 1 running>waiting reason=chan_receive at=runtime.chanrecv1<work
		30 2 none>runnable by=0 start=context.WithDeadline.func1
		31 2 runnable>running
		35 1 waiting>runnable by=2 at=runtime.closechan<cancel
		36 1 runnable>running
		37 1 running>waiting reason=select at=runtime.selectgo<work
		40 3 none>runnable by=0 start=context.WithDeadline.func1
		41 3 runnable>running
		45 1 waiting>runnable by=3 at=runtime.closechan<cancel
		46 1 runnable>running
		50 1 end task=7`, `
		10-30 sleep 1/7
		30-35 channel 1/7 by 2
		35-36 runnable 1/7
		36-37 running 1/7
		37-40 select 1/7
		40-45 channel 1/7 by 3
		45-46 runnable 1/7
		46-50 running 1/7`},
	{"network and sleep are never followed, whoever seems to end them", besides + `
		10 1 running>waiting reason=network at=internal/poll.(*FD).Read<work
		20 1 waiting>runnable by=2 at=runtime.startTheWorld
		21 1 runnable>running
		22 1 running>waiting reason=sleep at=time.Sleep<work
		30 1 waiting>runnable by=2 at=runtime.startTheWorld
		31 1 runnable>running
		40 1 end task=7`, `
		10-20 network 1/7
		20-21 runnable 1/7
		21-22 running 1/7
		22-30 sleep 1/7
		30-31 runnable 1/7
		31-40 running 1/7`},
	{"waits for the collector", besides + `
		10 1 running>waiting reason=sync at=runtime.semacquire1<runtime.GC<work
		20 1 waiting>runnable by=2 at=runtime.gcMarkTermination
		20 1 runnable>running
		20 1 running>waiting reason=preempted at=work
		30 1 waiting>runnable by=2
		30 1 runnable>running
		30 1 running>waiting reason=wait_until_GC_ends at=runtime.GC<work
		40 1 waiting>runnable by=2
		40 1 runnable>running
		40 1 running>waiting reason=GC_mark_assist_wait_for_work at=runtime.gcParkAssist<work
		50 1 waiting>runnable by=2
		51 1 runnable>running
		60 1 end task=7`, `
		10-20 gc-wait 1/7
		20-30 gc-wait 1/7
		30-40 gc-wait 1/7
		40-50 gc-assist 1/7
		50-51 runnable 1/7
		51-60 running 1/7`},
	{"assists, and stops of the world, which are above them", besides + `
		20 1 begin range=GC_mark_assist
		30 2 begin range=stop-the-world_(GC_mark_termination)
		32 2 begin range=GC_mark_assist
		35 1 running>runnable reason=preempted at=work
		40 2 end range=stop-the-world_(GC_mark_termination)
		45 1 runnable>running
		50 1 end range=GC_mark_assist
		55 1 running>waiting reason=sleep at=time.Sleep<work
		60 2 begin range=stop-the-world_(read_mem_stats)
		70 2 end range=stop-the-world_(read_mem_stats)
		75 1 waiting>runnable by=0
		76 1 runnable>running
		80 1 end task=7`, `
		10-20 running 1/7
		20-30 gc-assist 1/7
		30-40 stop-the-world 1/7
		40-50 gc-assist 1/7
		50-55 running 1/7
		55-75 sleep 1/7
		75-76 runnable 1/7
		76-80 running 1/7`},
	{"a coroutine is looked through, since when it may have been there", `
		0 0 sync
		1 1 unknown>running
		2 2 none>waiting by=1 start=corostart
		10 1 begin task=7
		20 2 waiting>runnable by=1
		20 1 running>waiting
		22 2 runnable>running
		30 2 running>waiting reason=network at=internal/poll.(*FD).Read<body
		40 2 waiting>runnable by=0
		41 2 runnable>running
		50 1 waiting>runnable by=2
		50 2 running>waiting
		52 1 runnable>running
		60 1 end task=7`, `
		10-20 running 1/7
		20-22 runnable 2/7 hops 1
		22-30 running 2/7 hops 1
		30-40 network 2/7 hops 1
		40-41 runnable 2/7 hops 1
		41-50 running 2/7 hops 1
		50-52 runnable 1/7
		52-60 running 1/7`},
	{"reasons that are lost: what it does next, where it is, and where it was woken from", `
		0 0 sync
		1 1 unknown>waiting
		1 5 unknown>running
		10 5 begin task=7
		20 1 waiting>runnable by=0
		21 1 runnable>running
		22 1 running>syscall at=syscall.read<internal/poll.(*FD).Read<work
		23 1 syscall>running
		40 1 end task=7`, `
		10-20 network 1/7 ?
		20-21 runnable 1/7
		21-22 running 1/7
		22-23 syscall 1/7
		23-40 running 1/7`},
	{"a reason that is lost, of one that waits all along", `
		0 0 sync
		1 1 unknown>waiting at=time.Sleep<work
		1 5 unknown>running
		10 5 begin task=7
		30 1 end task=7`, `
		10-30 sleep 1/7 ?`},
	{"a reason that is lost, and who let go of a mutex", `
		0 0 sync
		1 1 unknown>waiting
		1 5 unknown>running
		10 5 begin task=7
		20 1 waiting>runnable by=5 at=sync.(*Mutex).Unlock<work
		21 1 runnable>running
		22 1 running>waiting
		30 1 waiting>runnable by=9 at=runtime.chansend1<other
		31 1 runnable>running
		40 1 end task=7`, `
		10-20 sync 1/7 by 5 ?
		20-21 runnable 1/7
		21-22 running 1/7
		22-30 channel 1/7 by 9 ?
		30-31 runnable 1/7
		31-40 running 1/7`},
	{"a reason that is lost for good", `
		0 0 sync
		1 1 unknown>waiting
		1 5 unknown>running
		10 5 begin task=7
		20 1 waiting>runnable by=0
		21 1 runnable>running
		22 1 running>syscall at=syscall.read<work
		23 1 syscall>running
		40 1 end task=7`, `
		10-20 unknown 1/7 ?
		20-21 runnable 1/7
		21-22 running 1/7
		22-23 syscall 1/7
		23-40 running 1/7`},
	{"tasks within it, of its own goroutines too, while they are open", begun + `
		20 1 begin task=8 parent=7
		25 2 none>runnable by=1 start=worker
		26 2 runnable>running
		30 1 end task=8
		35 1 running>waiting reason=chan_receive at=runtime.chanrecv1<work
		40 2 begin task=9 parent=8
		45 2 end task=9
		50 1 waiting>runnable by=2 at=runtime.chansend1<worker
		51 1 runnable>running
		60 1 end task=7`, `
		10-20 running 1/7
		20-30 running 1/8
		30-35 running 1/7
		35-40 running 2/7 hops 1
		40-45 running 2/9 hops 1
		45-50 running 2/7 hops 1
		50-51 runnable 1/7
		51-60 running 1/7`},
	{"a task around it, and one that its goroutine has left open", `
		0 0 sync
		1 1 unknown>running
		2 1 begin task=5
		5 1 begin task=6
		10 1 begin task=7
		40 1 end task=7
		50 1 end task=5`, `
		10-40 running 1/7`},
	{"a goroutine works on after the task that it was started in", begun + `
		20 1 begin task=8 parent=7
		21 2 none>runnable by=1 start=worker
		22 2 runnable>running
		30 1 running>waiting reason=chan_receive at=runtime.chanrecv1<work
		35 2 end task=8
		50 1 waiting>runnable by=2 at=runtime.chansend1<worker
		51 1 runnable>running
		60 1 end task=7`, `
		10-20 running 1/7
		20-30 running 1/8
		30-35 running 2/8 hops 1
		35-50 running 2/7 hops 1
		50-51 runnable 1/7
		51-60 running 1/7`},
	{"net/http's goroutine works for whom waits for it, not for whom it was started for", `
		0 0 sync
		1 1 unknown>running
		1 5 unknown>running
		2 5 begin task=3
		2 2 none>runnable by=5 start=net/http.(*persistConn).readLoop
		3 2 runnable>running
		10 1 begin task=7
		12 1 begin task=8 parent=7
		15 1 running>waiting reason=select at=runtime.selectgo<net/http.(*persistConn).roundTrip<work
		35 1 waiting>runnable by=2 at=runtime.chansend1<readLoop
		36 1 runnable>running
		38 1 end task=8
		40 1 end task=7
		50 5 end task=3`, `
		10-12 running 1/7
		12-15 running 1/8
		15-35 running 2/8 hops 1
		35-36 runnable 1/8
		36-38 running 1/8
		38-40 running 1/7`},
	{"a task that another goroutine ends, which it started", begun + `
		20 2 none>runnable by=1 start=worker
		21 2 runnable>running
		40 2 end task=7`, `
		10-20 running 1/7
		20-21 runnable 2/7
		21-40 running 2/7`},
	{"a task that a timer's goroutine ends", begun + `
		15 1 running>waiting reason=sleep at=time.Sleep<work
		20 2 none>runnable by=0 start=expire
		21 2 runnable>running
		40 2 end task=7`, `
		10-15 running 1/7
		15-20 sleep 1/7
		20-21 runnable 2/7
		21-40 running 2/7`},
	{"a task that is handed over to an older goroutine, which waited for it", `
		0 0 sync
		1 1 unknown>running
		1 2 unknown>running
		5 2 running>waiting reason=chan_receive at=runtime.chanrecv1<worker
		10 1 begin task=7
		20 2 waiting>runnable by=1 at=runtime.chansend1<work
		21 2 runnable>running
		40 2 end task=7`, `
		10-20 running 1/7 hops 1
		20-21 runnable 2/7
		21-40 running 2/7`},
	{"a time of which the trace has no events", begun + `
		20 1 running>waiting reason=sleep at=time.Sleep<work
		gap
		30 0 sync
		30 1 unknown>running
		40 1 end task=7`, `
		10-20 running 1/7
		20-30 unknown 1/7
		30-40 running 1/7`},
	{"a goroutine without states", `
		0 0 sync
		10 1 begin task=7
		20 1 end task=7`, `
		10-20 unknown 1/7`},
	{"a task without an end", begun + `
		20 1 running>waiting reason=sleep at=time.Sleep<work
		30 1 waiting>runnable by=0`, `
		10-20 running 1/7
		20-30 sleep 1/7`},
	{"a task without a begin", `
		0 0 sync
		1 1 unknown>running
		20 1 end task=7`, `
		0-20 running 1/7`},
	{"a task that nobody has begun", `
		0 0 sync
		10 0 log=any text=00 task=7
		20 0 sync`, `
		0-20 unknown 0/7 ?`},
	{"goroutines with one number after another", `
		0 0 sync
		1 1 unknown>running
		2 17 none>syscall by=0
		3 17 syscall>running
		10 17 begin task=6
		20 17 running>waiting reason=sleep at=time.Sleep<first
		30 17 waiting>runnable by=0
		31 17 runnable>running
		35 17 end task=6
		36 17 running>syscall
		37 17 syscall>none
		40 17 none>syscall by=0
		41 17 syscall>running
		50 17 begin task=7
		60 17 running>waiting reason=sync at=sync.(*Mutex).Lock<work
		61 1 running>waiting reason=sleep at=time.Sleep<unlock
		70 1 waiting>runnable by=0
		71 1 runnable>running
		75 17 waiting>runnable by=1 at=sync.(*Mutex).Unlock<holds
		76 17 runnable>running
		80 17 end task=7
		81 17 running>syscall
		82 17 syscall>none
		90 17 none>syscall by=0
		91 17 syscall>running`, `
		50-60 running 17/7
		60-75 sync 17/7 by 1
		75-76 runnable 17/7
		76-80 running 17/7`},
	{"goroutines that wait for each other, as none can", begun + `
		10 2 none>runnable by=1 start=worker
		10 2 runnable>running
		11 1 running>waiting reason=chan_receive at=runtime.chanrecv1<work
		11 2 running>waiting reason=chan_receive at=runtime.chanrecv1<worker
		20 1 waiting>runnable by=2 at=runtime.chansend1<worker
		20 2 waiting>runnable by=1 at=runtime.chansend1<work
		21 1 runnable>running
		30 1 end task=7`, `
		10-11 running 1/7
		11-20 channel 1/7 by 2 hops 64
		20-21 runnable 1/7
		21-30 running 1/7`},
}

func TestBreakdown(t *testing.T) {
	for _, c := range breakdowns {
		t.Run(c.name, func(t *testing.T) {
			x := scripted(t, c.script)
			k, ok := x.Task(7)
			if !ok {
				t.Fatal("there is no task")
			}
			if got, want := segments(x.Breakdown(k)), trim(c.want); got != want {
				t.Errorf("it is\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestBreakdownGolden breaks down the tasks of traces of all releases of Go, those too
// that are wrong on purpose.
func TestBreakdownGolden(t *testing.T) {
	traces := map[string][]byte{}
	for _, name := range needGolden(t, "internal/tracev1/testdata/*_good") {
		traces[filepath.Base(name)] = readFile(t, name)
	}
	for _, name := range wiretest.Golden(t, "testdata/tests/*.test") {
		traces[filepath.Base(name)], _, _ = wiretest.GoldenTrace(t, name)
	}
	tasks := 0
	for name, b := range traces {
		f, err := FromBytes(b)
		if err != nil {
			t.Fatal(name, err)
		}
		x, err := Read(f)
		if err != nil {
			continue
		}
		n := 0
		for k := range x.Tasks() {
			if k.Begun {
				n++
			}
		}
		if _, err := breakDownAll(x, math.MaxInt); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		// Other goroutines have waits as well.
		for g := range x.Goroutines() {
			k := Task{ID: 1, Start: g.Created, End: x.until(g), BegunBy: g.ID, EndedBy: g.ID}
			if err := gapless(x.Breakdown(k), k.Start, k.End); err != nil {
				t.Errorf("%s: goroutine %+v: %v", name, g, err)
			}
		}
		tasks += n
	}
	t.Logf("%d tasks in %d traces", tasks, len(traces))
}

// TestBreakdownDamage breaks down what is left of traces that are cut or damaged.
func TestBreakdownDamage(t *testing.T) {
	b := record(t, "http", 5)
	random := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		damaged := bytes.Clone(b[:container.HeaderSize+random.IntN(len(b)-container.HeaderSize)])
		if len(damaged) > container.HeaderSize && random.IntN(2) == 0 {
			damaged[container.HeaderSize+random.IntN(len(damaged)-container.HeaderSize)] ^= 1 << random.IntN(8)
		}
		f, err := FromBytes(damaged)
		if err != nil {
			t.Fatal(err)
		}
		if x, err := Read(f); err == nil {
			if _, err := breakDownAll(x, 100); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestBreakdownRecorded breaks down all that programs did, in several goroutines at
// once. Little of it may be unknown.
func TestBreakdownRecorded(t *testing.T) {
	for _, kind := range []string{"http", "tasks"} {
		x := index(t, record(t, kind, 5))
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				var all, unknown time.Duration
				sums, err := breakDownAll(x, math.MaxInt)
				for state, d := range sums {
					if all += d; state == SegmentUnknown {
						unknown += d
					}
				}
				if err != nil || all == 0 || unknown > all/200 {
					t.Errorf("%s: %s of %s are unknown, %v", kind, unknown, all, err)
				}
			})
		}
		wg.Wait()
	}
}

// BenchmarkBreakdown breaks down all tasks of a trace.
func BenchmarkBreakdown(b *testing.B) {
	x := index(b, large(b))
	tasks, segments := 0, 0
	for b.Loop() {
		for k := range x.Tasks() {
			if k.Begun && k.Ended {
				tasks++
				segments += len(x.Breakdown(k))
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(tasks), "ns/task")
	b.ReportMetric(float64(segments)/float64(tasks), "segments/task")
}

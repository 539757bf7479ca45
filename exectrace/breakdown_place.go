package exectrace

import "strings"

// waitKind is what a goroutine waits for.
type waitKind uint8

const (
	waitUnknown waitKind = iota
	waitNetwork
	waitSleep
	waitSelect
	waitReceive
	waitSend
	waitSync
	waitMutex // or an RWMutex
	waitAssist
	waitGC
	waitCoroutine
)

// reasonKinds are by the runtime's words: see traceBlockReasonStrings in its
// traceruntime.go. The stack separates locks from the rest of package sync.
var reasonKinds = map[string]waitKind{
	"network":                      waitNetwork,
	"sleep":                        waitSleep,
	"select":                       waitSelect,
	"forever":                      waitSelect,
	"chan receive":                 waitReceive,
	"chan send":                    waitSend,
	"sync":                         waitSync,
	"sync.(*Cond).Wait":            waitSync,
	"synctest":                     waitSync,
	"GC mark assist wait for work": waitAssist,
	"GC background sweeper wait":   waitGC,
	"GC weak to strong wait":       waitGC,
	"wait until GC ends":           waitGC,
	"preempted":                    waitGC, // stopped while its stack is scanned
	"system goroutine wait":        waitGC,
}

// place is what a stack shows of a goroutine that waits there, or of one that
// ends the wait of another there.
type place struct {
	waits, ends waitKind // by the stack alone
	mutex       bool     // it locks or unlocks a Mutex or an RWMutex
	runtime     bool     // the runtime is called by the program itself, and not by package sync
	http        bool     // the innermost frame of the program is one of net/http
	pool        bool     // and waits for a connection there
	answer      bool     // or for the answer to a request
	poll        bool     // it reads or writes through the network poller
}

// newPlaces judges each frame once, and then the stacks.
func newPlaces(t *stackTable) []place {
	frames := make([]frameKind, len(t.Frames))
	for i, f := range t.Frames {
		frames[i] = frameKindOf(f.Func)
	}
	places := make([]place, len(t.Lists))
	for i, list := range t.Lists {
		places[i] = placeOf(list, frames)
	}
	return places
}

// placeOf looks at the frames up to the innermost of the program.
func placeOf(list []uint32, frames []frameKind) place {
	p := place{runtime: len(list) > 0}
	for _, i := range list {
		f := frames[i]
		if p.waits == waitUnknown {
			p.waits = f.waits
		}
		if p.ends == waitUnknown {
			p.ends = f.ends
		}
		p.mutex = p.mutex || f.mutex
		p.poll = p.poll || f.poll
		if f.layer == program {
			p.http, p.pool, p.answer = f.http, f.pool, f.answer
			break
		}
		p.runtime = p.runtime && f.layer == runtimes
	}
	if p.mutex {
		p.waits, p.ends = waitMutex, waitMutex
	}
	return p
}

// frameKind is what a frame contributes.
type frameKind struct {
	place
	layer layer
}

// layer is the layer that a function belongs to.
type layer uint8

const (
	program    layer = iota // also most of the standard library
	runtimes                // package runtime and those below it
	primitives              // what waits for its callers: sync and what is internal to the standard library
)

func frameKindOf(function string) (f frameKind) {
	switch {
	case strings.HasPrefix(function, "runtime."), strings.HasPrefix(function, "runtime/"):
		f.layer = runtimes
		f.waits, f.ends = runtimeKind(strings.TrimPrefix(function, "runtime."))
	case strings.HasPrefix(function, "sync."), strings.HasPrefix(function, "internal/"), strings.HasPrefix(function, "syscall."):
		f.layer = primitives
		f.primitive(function)
	case strings.HasPrefix(function, "net/http."):
		f.http = true
		f.pool = strings.HasPrefix(function, "net/http.(*Transport).getConn")
		f.answer = strings.HasPrefix(function, "net/http.(*persistConn).roundTrip") || strings.HasPrefix(function, "net/http.(*http2ClientConn).roundTrip")
	case function == "time.Sleep":
		f.waits = waitSleep
	}
	return f
}

func (f *frameKind) primitive(function string) {
	switch {
	case strings.HasPrefix(function, "internal/poll.(*fdMutex)"):
		f.mutex = true
	case strings.HasPrefix(function, "internal/poll."):
		f.waits, f.poll = waitNetwork, true
	case strings.Contains(function, "sync.(*Mutex)."), strings.Contains(function, "sync.(*RWMutex)."):
		f.mutex = true
	case strings.HasPrefix(function, "sync."), strings.HasPrefix(function, "internal/sync."):
		f.waits, f.ends = waitSync, waitSync
	}
}

// runtimeKind is what a goroutine waits for in a function of the runtime, and
// what one waited for whose wait is ended there.
func runtimeKind(function string) (waits, ends waitKind) {
	switch function {
	case "netpollblock":
		return waitNetwork, waitUnknown
	case "timeSleep":
		return waitSleep, waitUnknown
	case "selectgo", "block":
		return waitSelect, waitReceive
	case "chanrecv", "chanrecv1", "chanrecv2", "selectnbrecv":
		return waitReceive, waitSend
	case "chansend", "chansend1", "selectnbsend":
		return waitSend, waitReceive
	case "closechan":
		return waitUnknown, waitReceive
	case "gcParkAssist", "gcAssistAlloc", "gcAssistAlloc1":
		return waitAssist, waitUnknown
	case "gcFlushBgCredit", "gcWakeAllAssists":
		return waitUnknown, waitAssist
	}
	if strings.HasPrefix(function, "gc") {
		return waitGC, waitGC
	}
	return waitUnknown, waitUnknown
}

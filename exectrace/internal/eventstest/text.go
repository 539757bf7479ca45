package eventstest

import (
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/exp/trace"
)

// Parse makes a script of text. Its lines are
//
//	10 1 running>waiting reason=sync at=lock<work   goroutine 1 at 10 ns, on this stack
//	20 1 waiting>runnable by=2 at=unlock            who does it, where that one is
//	30 3 none>runnable by=1 start=work              of a goroutine that is started with work
//	40 1 begin region=parse task=7                  and end
//	50 1 begin task=7 parent=6 name=request         and end
//	60 1 begin range=GC_mark_assist task=0          and end; blanks are underscores
//	60 1 log=span text=0102 task=7                  in hexadecimal digits
//	60 0 sync
//	gap
//
// Functions have program counters by the order of their first letters, and zero
// the one of zero.
func Parse(t testing.TB, text string) *Script {
	t.Helper()
	s := &Script{T: t}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
		case line == "gap":
			s.gaps = append(s.gaps, len(s.Events))
		default:
			ev, err := event(line)
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			s.Events = append(s.Events, ev)
		}
	}
	return s
}

var states = map[string]trace.GoState{
	"none": trace.GoNotExist, "unknown": trace.GoUndetermined, "runnable": trace.GoRunnable,
	"running": trace.GoRunning, "waiting": trace.GoWaiting, "syscall": trace.GoSyscall,
}

func event(line string) (trace.Event, error) {
	words := strings.Fields(line)
	if len(words) < 3 {
		return trace.Event{}, fmt.Errorf("too few words")
	}
	at, _ := strconv.Atoi(words[0])
	id := number(words[1])
	say := map[string]string{}
	for _, w := range words[2:] {
		key, value, _ := strings.Cut(w, "=")
		say[key] = value
	}
	by := id
	if say["by"] != "" {
		by = number(say["by"])
	}
	when, who := trace.Time(at), trace.GoID(by)
	begin := words[2] == "begin"
	switch from, to, change := strings.Cut(words[2], ">"); {
	case change:
		return transition(when, who, id, from, to, say)
	case words[2] == "sync":
		return trace.MakeEvent(trace.EventConfig[trace.Sync]{Time: when, Kind: trace.EventSync})
	case say["region"] != "":
		kind := map[bool]trace.EventKind{true: trace.EventRegionBegin, false: trace.EventRegionEnd}[begin]
		r := trace.Region{Task: trace.TaskID(number(say["task"])), Type: say["region"]}
		return trace.MakeEvent(trace.EventConfig[trace.Region]{Time: when, Kind: kind, Goroutine: who, Details: r})
	case say["range"] != "":
		kind := map[bool]trace.EventKind{true: trace.EventRangeBegin, false: trace.EventRangeEnd}[begin]
		r := trace.Range{Name: strings.ReplaceAll(say["range"], "_", " "), Scope: trace.MakeResourceID(who)}
		return trace.MakeEvent(trace.EventConfig[trace.Range]{Time: when, Kind: kind, Goroutine: who, Details: r})
	case say["log"] != "":
		text, err := hex.DecodeString(say["text"])
		if err != nil {
			return trace.Event{}, err
		}
		l := trace.Log{Task: trace.TaskID(number(say["task"])), Category: say["log"], Message: string(text)}
		return trace.MakeEvent(trace.EventConfig[trace.Log]{Time: when, Kind: trace.EventLog, Goroutine: who, Details: l})
	default:
		kind := map[bool]trace.EventKind{true: trace.EventTaskBegin, false: trace.EventTaskEnd}[begin]
		k := trace.Task{ID: trace.TaskID(number(say["task"])), Parent: trace.TaskID(number(say["parent"])), Type: say["name"]}
		return trace.MakeEvent(trace.EventConfig[trace.Task]{Time: when, Kind: kind, Goroutine: who, Details: k})
	}
}

func transition(when trace.Time, who trace.GoID, id int, from, to string, say map[string]string) (trace.Event, error) {
	stack := stackOf(say["at"])
	st := trace.MakeGoStateTransition(trace.GoID(id), states[from], states[to])
	st.Reason, st.Stack = strings.ReplaceAll(say["reason"], "_", " "), stackOf(say["start"])
	if from == "unknown" || from == "running" {
		st.Stack = stack // of such an event it is its own
	}
	thread := trace.NoThread
	if say["thread"] != "" {
		thread = trace.ThreadID(number(say["thread"]))
	}
	if say["by"] == "0" {
		who = trace.NoGoroutine
	}
	return trace.MakeEvent(trace.EventConfig[trace.StateTransition]{
		Time: when, Kind: trace.EventStateTransition, Goroutine: who, Thread: thread, Stack: stack, Details: st,
	})
}

func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

func stackOf(text string) trace.Stack {
	if text == "" {
		return trace.NoStack
	}
	var frames []trace.StackFrame
	for name := range strings.SplitSeq(text, "<") {
		f := trace.StackFrame{Func: name, File: name + ".go", Line: 1}
		if name != "zero" {
			f.PC = uint64(name[0])<<32 | uint64(crc32.ChecksumIEEE([]byte(name)))
		}
		frames = append(frames, f)
	}
	return trace.MakeStack(frames)
}

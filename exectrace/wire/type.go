package wire

import (
	"fmt"
	"slices"
	"strings"

	"example.com/tracelab/exectrace/internal/container"
)

// Type is the type of an event: its first byte.
type Type uint8

// typeInfo is what is known of a type. Arguments are varints.
type typeInfo struct {
	name  string
	args  []string
	since int  // the minor version of Go that writes it first
	timed bool // its first argument is the time since the event before
}

// types are the types that the runtime of Go 1.22 to 1.26 writes, from
// internal/trace/tracev2/events.go and internal/trace/version/version.go of
// Go 1.26. An argument whose name ends with string or stack is the number of
// one in its generation's table.
var types = [...]typeInfo{
	1: structure("EventBatch", "gen m time size"),
	2: structure("Stacks", ""),
	3: structure("Stack", "id nframes"), // and the frames
	4: structure("Strings", ""),
	5: structure("String", "id"), // and the bytes
	6: structure("CPUSamples", ""),
	7: structure("CPUSample", "time m p g stack"),
	8: structure("Frequency", "freq"),

	9:  timed(22, "ProcsChange", "procs_value stack"),
	10: timed(22, "ProcStart", "p p_seq"),
	11: timed(22, "ProcStop", ""),
	12: timed(22, "ProcSteal", "p p_seq m"),
	13: timed(22, "ProcStatus", "p pstatus"),

	14: timed(22, "GoCreate", "new_g new_stack stack"),
	15: timed(22, "GoCreateSyscall", "new_g"),
	16: timed(22, "GoStart", "g g_seq"),
	17: timed(22, "GoDestroy", ""),
	18: timed(22, "GoDestroySyscall", ""),
	19: timed(22, "GoStop", "reason_string stack"),
	20: timed(22, "GoBlock", "reason_string stack"),
	21: timed(22, "GoUnblock", "g g_seq stack"),
	22: timed(22, "GoSyscallBegin", "p_seq stack"),
	23: timed(22, "GoSyscallEnd", ""),
	24: timed(22, "GoSyscallEndBlocked", ""),
	25: timed(22, "GoStatus", "g m gstatus"),

	26: timed(22, "STWBegin", "kind_string stack"),
	27: timed(22, "STWEnd", ""),

	28: timed(22, "GCActive", "gc_seq"),
	29: timed(22, "GCBegin", "gc_seq stack"),
	30: timed(22, "GCEnd", "gc_seq"),
	31: timed(22, "GCSweepActive", "p"),
	32: timed(22, "GCSweepBegin", "stack"),
	33: timed(22, "GCSweepEnd", "swept_value reclaimed_value"),
	34: timed(22, "GCMarkAssistActive", "g"),
	35: timed(22, "GCMarkAssistBegin", "stack"),
	36: timed(22, "GCMarkAssistEnd", ""),
	37: timed(22, "HeapAlloc", "heapalloc_value"),
	38: timed(22, "HeapGoal", "heapgoal_value"),

	39: timed(22, "GoLabel", "label_string"),
	40: timed(22, "UserTaskBegin", "task parent_task name_string stack"),
	41: timed(22, "UserTaskEnd", "task stack"),
	42: timed(22, "UserRegionBegin", "task name_string stack"),
	43: timed(22, "UserRegionEnd", "task name_string stack"),
	44: timed(22, "UserLog", "task key_string value_string stack"),

	45: timed(23, "GoSwitch", "g g_seq"),
	46: timed(23, "GoSwitchDestroy", "g g_seq"),
	47: timed(23, "GoCreateBlocked", "new_g new_stack stack"),
	48: timed(23, "GoStatusStack", "g m gstatus stack"),
	49: {name: "ExperimentalBatch", args: strings.Fields("exp gen m time"), since: 23}, // and the bytes
	50: {name: "Sync", since: 25},
	51: timed(25, "ClockSnapshot", "mono sec nsec"),
	52: {name: "EndOfGeneration", since: 26},

	// The experiment AllocFree, which GODEBUG=traceallocfree=1 starts.
	128: timed(23, "Span", "id npages_value kindclass"),
	129: timed(23, "SpanAlloc", "id npages_value kindclass"),
	130: timed(23, "SpanFree", "id"),
	131: timed(23, "HeapObject", "id type"),
	132: timed(23, "HeapObjectAlloc", "id type"),
	133: timed(23, "HeapObjectFree", "id"),
	134: timed(23, "GoroutineStack", "id order"),
	135: timed(23, "GoroutineStackAlloc", "id order"),
	136: timed(23, "GoroutineStackFree", "id"),
}

// The types that have more than arguments.
const (
	stacksType    Type = 2
	stackType     Type = 3
	stringsType   Type = 4
	stringType    Type = 5
	cpuSampleType Type = 7
)

func structure(name, args string) typeInfo {
	return typeInfo{name: name, args: strings.Fields(args), since: container.Generational}
}

func timed(since int, name, args string) typeInfo {
	return typeInfo{name: name, args: strings.Fields("dt " + args), since: since, timed: true}
}

func (t Type) known() *typeInfo {
	if int(t) >= len(types) {
		return &typeInfo{}
	}
	return &types[t]
}

// String returns the name of the type in internal/trace/tracev2 of Go, without "Ev".
func (t Type) String() string {
	if name := t.known().name; name != "" {
		return name
	}
	return fmt.Sprintf("Invalid(%d)", uint8(t))
}

// Args returns the names of the arguments of events of this type. The caller must not
// change them.
func (t Type) Args() []string { return t.known().args }

// Timed reports whether an event of this type happened at a time. All other types are
// structure: batches, tables and clocks.
func (t Type) Timed() bool { return t.known().timed || t == cpuSampleType }

// MarshalText returns the name of the type: see String.
func (t Type) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText sets t to the type with the given name. It returns an error if there is
// none.
func (t *Type) UnmarshalText(name []byte) error {
	for i := range types {
		if len(name) > 0 && string(name) == types[i].name {
			*t = Type(i)
			return nil
		}
	}
	return fmt.Errorf("there is no type of events %q", name)
}

// Types returns the types of events that a trace of this format can have. It returns nil
// for one of before Go 1.22.
func (f *File) Types() []Type {
	var list []Type
	for i := range types {
		if has(f.c.Minor, Type(i)) {
			list = append(list, Type(i))
		}
	}
	return list
}

// has reports whether the release writes the type.
func has(minor int, t Type) bool {
	known := t.known()
	return known.name != "" && known.since <= minor
}

// arg is the place of an argument, or -1.
func (t Type) arg(name string) int { return slices.Index(t.known().args, name) }

package decode

// Type is the type of an event, by its number in the format.
type Type uint8

// The types. Those that are not exported are of what a trace consists of beside events.
const (
	_ Type = iota
	batchType
	stacksType
	stackType
	stringsType
	stringType
	samplesType
	CPUSample
	frequencyType
	ProcsChange
	ProcStart
	ProcStop
	ProcSteal
	ProcStatus
	GoCreate
	GoCreateSyscall
	GoStart
	GoDestroy
	GoDestroySyscall
	GoStop
	GoBlock
	GoUnblock
	GoSyscallBegin
	GoSyscallEnd
	GoSyscallEndBlocked
	GoStatus
	STWBegin
	STWEnd
	GCActive
	GCBegin
	GCEnd
	GCSweepActive
	GCSweepBegin
	GCSweepEnd
	GCMarkAssistActive
	GCMarkAssistBegin
	GCMarkAssistEnd
	HeapAlloc
	HeapGoal
	GoLabel
	UserTaskBegin
	UserTaskEnd
	UserRegionBegin
	UserRegionEnd
	UserLog
	GoSwitch        // since Go 1.23
	GoSwitchDestroy // since Go 1.23
	GoCreateBlocked // since Go 1.23
	GoStatusStack   // since Go 1.23
	experimentalBatchType
	syncType            // since Go 1.25
	clockSnapshotType   // since Go 1.25
	endOfGenerationType // since Go 1.26
)

// The types of the experiment AllocFree.
const (
	Span Type = 128 + iota
	SpanAlloc
	SpanFree
	HeapObject
	HeapObjectAlloc
	HeapObjectFree
	GoroutineStack
	GoroutineStackAlloc
	GoroutineStackFree
)

// Types that no file has.
const (
	ProcTransition Type = 253 // of a processor's state, where it is not known by what
	GoTransition   Type = 254 // the same of a goroutine
	Sync           Type = 255 // a generation begins, or the trace has ended
)

// Limits of the format.
const (
	maxFrames = 128
	maxString = 1 << 10
)

const no = 0xff

// shape says what follows the type and the time of an event: how many numbers, and which
// of them are what. no: none is, or the type is none of an event.
type shape struct {
	args    uint8
	stack   uint8 // of who does it
	of      uint8 // the stack of whom it is about
	subject uint8 // whom it is about, if that is not who does it
	text    uint8 // a string: the reason, a name
	text2   uint8
	kind    Kind
}

var shapes = func() (t [256]shape) {
	for i := range t {
		t[i] = shape{no, no, no, no, no, no, 0}
	}
	t[CPUSample] = shape{no, 0, no, no, no, no, StackSampleKind}
	t[ProcsChange] = shape{2, 1, no, no, no, no, MetricKind}
	t[ProcStart] = shape{2, no, no, 0, no, no, TransitionKind}
	t[ProcStop] = shape{0, no, no, no, no, no, TransitionKind}
	t[ProcSteal] = shape{3, no, no, 0, no, no, TransitionKind}
	t[ProcStatus] = shape{2, no, no, 0, no, no, TransitionKind}
	t[GoCreate] = shape{3, 2, 1, 0, no, no, TransitionKind}
	t[GoCreateSyscall] = shape{1, no, no, 0, no, no, TransitionKind}
	t[GoStart] = shape{2, no, no, 0, no, no, TransitionKind}
	t[GoDestroy] = shape{0, no, no, no, no, no, TransitionKind}
	t[GoDestroySyscall] = shape{0, no, no, no, no, no, TransitionKind}
	t[GoStop] = shape{2, 1, 1, no, 0, no, TransitionKind}
	t[GoBlock] = shape{2, 1, 1, no, 0, no, TransitionKind}
	t[GoUnblock] = shape{3, 2, no, 0, no, no, TransitionKind}
	t[GoSyscallBegin] = shape{2, 1, 1, no, no, no, TransitionKind}
	t[GoSyscallEnd] = shape{0, no, no, no, no, no, TransitionKind}
	t[GoSyscallEndBlocked] = shape{0, no, no, no, no, no, TransitionKind}
	t[GoStatus] = shape{3, no, no, 0, no, no, TransitionKind}
	t[STWBegin] = shape{2, 1, no, no, 0, no, RangeBeginKind}
	t[STWEnd] = shape{0, no, no, no, no, no, RangeEndKind}
	t[GCActive] = shape{1, no, no, no, no, no, RangeActiveKind}
	t[GCBegin] = shape{2, 1, no, no, no, no, RangeBeginKind}
	t[GCEnd] = shape{1, no, no, no, no, no, RangeEndKind}
	t[GCSweepActive] = shape{1, no, no, 0, no, no, RangeActiveKind}
	t[GCSweepBegin] = shape{1, 0, no, no, no, no, RangeBeginKind}
	t[GCSweepEnd] = shape{2, no, no, no, no, no, RangeEndKind}
	t[GCMarkAssistActive] = shape{1, no, no, 0, no, no, RangeActiveKind}
	t[GCMarkAssistBegin] = shape{1, 0, no, no, no, no, RangeBeginKind}
	t[GCMarkAssistEnd] = shape{0, no, no, no, no, no, RangeEndKind}
	t[HeapAlloc] = shape{1, no, no, no, no, no, MetricKind}
	t[HeapGoal] = shape{1, no, no, no, no, no, MetricKind}
	t[GoLabel] = shape{1, no, no, no, 0, no, LabelKind}
	t[UserTaskBegin] = shape{4, 3, no, no, 2, no, TaskBeginKind}
	t[UserTaskEnd] = shape{2, 1, no, no, no, no, TaskEndKind}
	t[UserRegionBegin] = shape{3, 2, no, no, 1, no, RegionBeginKind}
	t[UserRegionEnd] = shape{3, 2, no, no, 1, no, RegionEndKind}
	t[UserLog] = shape{4, 3, no, no, 1, 2, LogKind}
	t[GoSwitch] = shape{2, no, no, 0, no, no, TransitionKind}
	t[GoSwitchDestroy] = shape{2, no, no, 0, no, no, TransitionKind}
	t[GoCreateBlocked] = shape{3, 2, 1, 0, no, no, TransitionKind}
	t[GoStatusStack] = shape{4, 3, 3, 0, no, no, TransitionKind}
	for typ, x := range experiments {
		t[typ] = shape{uint8(len(x.args)), no, no, no, no, no, ExperimentalKind}
	}
	t[ProcTransition] = shape{no, no, no, 0, no, no, TransitionKind}
	t[GoTransition] = shape{no, 3, 2, 0, 1, no, TransitionKind}
	t[Sync] = shape{no, no, no, no, no, no, SyncKind}
	return t
}()

// argsOf is args of shapes, where a cache keeps it.
var argsOf = func() (t [256]uint8) {
	for i := range t {
		t[i] = shapes[i].args
	}
	return t
}()

// experiment is an event of an experiment.
type experiment struct {
	name string
	args []string
}

var experiments = map[Type]experiment{
	Span:                {"Span", []string{"id", "npages_value", "kindclass"}},
	SpanAlloc:           {"SpanAlloc", []string{"id", "npages_value", "kindclass"}},
	SpanFree:            {"SpanFree", []string{"id"}},
	HeapObject:          {"HeapObject", []string{"id", "type"}},
	HeapObjectAlloc:     {"HeapObjectAlloc", []string{"id", "type"}},
	HeapObjectFree:      {"HeapObjectFree", []string{"id"}},
	GoroutineStack:      {"GoroutineStack", []string{"id", "order"}},
	GoroutineStackAlloc: {"GoroutineStackAlloc", []string{"id", "order"}},
	GoroutineStackFree:  {"GoroutineStackFree", []string{"id"}},
}

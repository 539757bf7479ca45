package timeline

import (
	"strconv"

	"example.com/tracelab/exectrace/lanes"
)

// id names a lane: p0, g17, t4711, k42, or one of the extra ones.
type id struct {
	lanes.Lane
	extra string // what is drawn above the lanes; empty: it is a lane
}

// What is drawn above the lanes. all is the mean of all processors, for the minimap.
const (
	goroutineCounts = "goroutines"
	heapSizes       = "heap"
	threadCounts    = "threads"
	marking         = "gc"
	stopping        = "stw"
	allProcessors   = "all"
)

// kinds are how the lanes are chosen, and what begins their ids.
var kinds = []struct {
	by     string
	letter byte
	kind   lanes.Kind
}{
	{"processor", 'p', lanes.Processor},
	{"goroutine", 'g', lanes.Goroutine},
	{"thread", 't', lanes.Thread},
	{"task", 'k', lanes.Task},
}

// ways are the values of by in an address.
var ways = []string{"processor", "goroutine", "thread", "task"}

// examples says in errors what ids of lanes are like.
const examples = "such as p0 (a processor), g17 (a goroutine), t4711 (a thread) or k42 (a task)"

func parseID(text string) (id, bool) {
	switch text {
	case goroutineCounts, heapSizes, threadCounts, marking, stopping, allProcessors:
		return id{extra: text}, true
	case "":
		return id{}, false
	}
	for _, k := range kinds {
		if text[0] != k.letter {
			continue
		}
		n, err := strconv.ParseUint(text[1:], 10, 64)
		l := id{Lane: lanes.Lane{Kind: k.kind, ID: int64(n)}}
		if err != nil || l.number() != text[1:] {
			return id{}, false
		}
		return l, true
	}
	return id{}, false
}

func (l id) String() string {
	if l.extra != "" {
		return l.extra
	}
	for _, k := range kinds {
		if k.kind == l.Kind {
			return string(k.letter) + l.number()
		}
	}
	return ""
}

// number is that of what the lane is of. Those of tasks may be larger than an int64.
func (l id) number() string {
	if l.Kind == lanes.Task {
		return strconv.FormatUint(uint64(l.ID), 10)
	}
	return strconv.FormatInt(l.ID, 10)
}

// by is how lanes of its kind are chosen.
func (l id) by() string {
	for _, k := range kinds {
		if k.kind == l.Kind {
			return k.by
		}
	}
	return ""
}

func goroutineID(g int64) id { return id{Lane: lanes.Lane{Kind: lanes.Goroutine, ID: g}} }

package timeline

import (
	"strconv"

	"example.com/tracelab/exectrace/lanes"
)

// id names a lane: p0, g17, t4711, or one of the extra ones.
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
}

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
		n, err := strconv.ParseInt(text[1:], 10, 64)
		if err != nil || n < 0 || strconv.FormatInt(n, 10) != text[1:] {
			return id{}, false
		}
		return id{Lane: lanes.Lane{Kind: k.kind, ID: n}}, true
	}
	return id{}, false
}

func (l id) String() string {
	if l.extra != "" {
		return l.extra
	}
	for _, k := range kinds {
		if k.kind == l.Kind {
			return string(k.letter) + strconv.FormatInt(l.ID, 10)
		}
	}
	return ""
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

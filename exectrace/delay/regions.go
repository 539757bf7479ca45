package delay

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/exectrace/internal/table"
)

// regionTimes is the filter for regions of a type. Of nested ones the outermost
// counts.
type regionTimes struct {
	kind     string
	min, max time.Duration
	asGoTool bool
	open     map[int64][]openRegion
	found    map[int64][]window
	begin    exectrace.Time // of what is known
	now      exectrace.Time
	any      bool // begin is set
	ever     bool // there was such a region
}

type openRegion struct {
	kind  string
	start exectrace.Time
}

func newRegionTimes(o Options) *regionTimes {
	return &regionTimes{
		kind: o.Region, min: o.RegionMin, max: cmp.Or(o.RegionMax, math.MaxInt64), asGoTool: o.AsGoTool,
		open: map[int64][]openRegion{}, found: map[int64][]window{},
	}
}

func (r *regionTimes) Event(t *decode.Tables, ev *decode.Event) {
	r.now = exectrace.Time(ev.Time)
	if !r.any {
		r.begin, r.any = r.now, true
	}
	switch ev.Kind() {
	case decode.RegionBeginKind:
		_, kind := ev.Region()
		r.open[ev.Goroutine] = append(r.open[ev.Goroutine], openRegion{t.Text(kind), r.now})
	case decode.RegionEndKind:
		_, kind := ev.Region()
		r.end(ev.Goroutine, t.Text(kind))
	case decode.TransitionKind:
		if id, ok := ev.OfGoroutine(); ok && ev.To == decode.NotExist {
			r.close(id)
		}
	}
}

// end closes the innermost region of the goroutine. One whose beginning is not
// known began before.
func (r *regionTimes) end(id int64, kind string) {
	region := openRegion{kind, r.begin}
	if list := r.open[id]; len(list) > 0 {
		region, r.open[id] = list[len(list)-1], list[:len(list)-1]
	}
	r.add(id, region)
}

func (r *regionTimes) add(id int64, region openRegion) {
	if region.kind != r.kind {
		return
	}
	r.ever = true
	w := window{Start: region.start, End: r.now}
	if took := w.Duration(); r.min <= took && took <= r.max {
		r.found[id] = append(r.found[id], w)
	}
}

// close ends the regions of a goroutine that ends.
func (r *regionTimes) close(id int64) {
	for _, region := range r.open[id] {
		r.add(id, region)
	}
	delete(r.open, id)
}

func (r *regionTimes) Gap() {
	for id := range r.open {
		r.close(id)
	}
	r.any = false
}

func (r *regionTimes) times() (goroutineTimes, error) {
	r.Gap()
	if !r.ever {
		return nil, fmt.Errorf("the trace has no region of type %q", r.kind)
	}
	times := goroutineTimes{}
	for id, list := range r.found {
		if r.asGoTool {
			times[id] = firstOfOverlapping(list)
		} else {
			times[id] = table.Union(list)
		}
	}
	return times, nil
}

// firstOfOverlapping is what the tool takes for the outermost regions. Of those
// that began before the trace it takes the shortest, though.
func firstOfOverlapping(list []window) (first windows) {
	slices.SortFunc(list, func(a, b window) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	for _, w := range list {
		if n := len(first); n == 0 || first[n-1].End <= w.Start {
			first = append(first, w)
		}
	}
	return first
}

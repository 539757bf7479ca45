package decode

import (
	"fmt"
	"slices"
)

// annotation is an event that needs no more than a goroutine that it is of.
func (d *Decoder) annotation(m *thread, e *Event) outcome {
	if !m.has() {
		return d.fail(noGoroutine)
	}
	if !d.texts(e) {
		return failed
	}
	return done
}

// name is a string that outlives its generation.
func (d *Decoder) name(id uint64) uint64 {
	if id < uint64(len(d.nameOf)) && d.nameOf[id] != 0 {
		return d.nameOf[id]
	}
	name := d.names.id(string(d.gen.Tables.bytes(id)))
	if id < uint64(len(d.nameOf)) {
		d.nameOf[id] = name
	}
	return name
}

func (d *Decoder) userTask(m *thread, e *Event) outcome {
	if !m.has() {
		return d.fail(noGoroutine)
	}
	i := d.taskIDs.find(int64(e.Args[0]))
	if e.Type == UserTaskBegin {
		if i >= 0 {
			return d.fail("the task that it begins has begun")
		}
		if (e.Args[2] > d.gen.strings.all || e.Args[3] > d.gen.stacks.all) && !d.texts(e) {
			return failed
		}
		if e.Args[1] == 0 {
			e.Args[1] = NoTask
		}
		if i = d.taskIDs.index(int64(e.Args[0])); int(i) == len(d.tasks) {
			d.tasks = append(d.tasks, task{})
		}
		d.tasks[i] = task{e.Args[1], d.name(e.Args[2])}
		return done
	}
	if e.Args[1] > d.gen.stacks.all && !d.texts(e) {
		return failed
	}
	e.Args[2], e.Args[3] = NoTask, 0
	if i >= 0 {
		e.Args[2], e.Args[3] = d.tasks[i].parent, d.tasks[i].name
		d.taskIDs.remove(i)
	}
	return done
}

func (d *Decoder) userRegion(m *thread, e *Event) outcome {
	if !m.has() {
		return d.fail(noGoroutine)
	}
	if (e.Args[1] > d.gen.strings.all || e.Args[2] > d.gen.stacks.all) && !d.texts(e) {
		return failed
	}
	r := region{e.Args[0], d.name(e.Args[1])}
	g := &d.gs[m.g]
	if e.Type == UserRegionBegin {
		if g.regions == 0 {
			g.regions = d.newRegions()
		}
		open := &d.regions[g.regions-1]
		*open = append(*open, r)
		return done
	}
	if g.regions == 0 || len(d.regions[g.regions-1]) == 0 {
		return done // it began before the trace
	}
	open := &d.regions[g.regions-1]
	last := len(*open) - 1
	if (*open)[last] != r {
		return d.misused(m.goroutine, r, *open)
	}
	*open = (*open)[:last]
	return done
}

// misused says what is wrong with the end of a region: the program did that, and so the
// event is left out, without doubt about others.
func (d *Decoder) misused(goroutine int64, r region, open []region) outcome {
	what := "twice"
	if slices.Contains(open, r) {
		what = "before one that began in it"
	}
	innermost := d.names.text(open[len(open)-1].name)
	d.misuse = fmt.Errorf("goroutine %d ends the region %q of task %d %s: the innermost that has not ended is %q", goroutine, d.names.text(r.name), r.task, what, innermost)
	return failed
}

func (d *Decoder) newRegions() int32 {
	if k := len(d.spare); k > 0 {
		i := d.spare[k-1]
		d.spare = d.spare[:k-1]
		return i
	}
	d.regions = append(d.regions, nil)
	return int32(len(d.regions))
}

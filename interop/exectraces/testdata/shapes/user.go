package main

import (
	"bytes"
	"context"
	"fmt"
	"runtime/trace"
	"strings"
)

func init() {
	shape("tasks", tasks)
	shape("regions-deep", regionsDeep)
	shape("logs", logs)
	shape("strings", manyStrings)
	shape("tasks-ended-twice", tasksEndedTwice)
	shape("regions-misused", regionsMisused)
	shapes["across"] = across
}

// tasks has tasks in tasks, over several goroutines; some do not end.
func tasks() error {
	return atOnce(4, func(int) error {
		for i := 0; i < 50; i++ {
			ctx, request := trace.NewTask(context.Background(), "request")
			err := atOnce(3, func(me int) error {
				ctx, query := trace.NewTask(ctx, fmt.Sprint("query ", me))
				trace.WithRegion(ctx, "fetch", func() {
					trace.Log(ctx, "row", fmt.Sprint(i))
					trace.WithRegion(ctx, "decode", func() {})
				})
				query.End()
				return nil
			})
			if err != nil {
				return err
			}
			if i%10 != 9 {
				request.End()
			}
		}
		return nil
	})
}

func regionsDeep() error {
	return atOnce(3, func(int) error {
		ctx, task := trace.NewTask(context.Background(), "deep")
		defer task.End()
		var open []*trace.Region
		for i := 0; i < 1000; i++ {
			open = append(open, trace.StartRegion(ctx, fmt.Sprint("level ", i%50)))
		}
		for i := len(open) - 1; i >= 0; i-- {
			open[i].End()
		}
		return nil
	})
}

// logs has messages of all lengths, and such as are no text.
func logs() error {
	ctx, task := trace.NewTask(context.Background(), "")
	defer task.End()
	for size := 0; size < 4000; size += 101 {
		trace.Log(ctx, "size", strings.Repeat("ж", size/2))
		trace.Log(context.Background(), "", string(bytes.Repeat([]byte{0xff, 0}, size/4)))
		trace.Logf(ctx, "printed\n", "%q %d", "a", size)
	}
	return nil
}

// manyStrings has more strings than a table has room for at once.
func manyStrings() error {
	return atOnce(4, func(me int) error {
		for i := 0; i < 500; i++ {
			name := fmt.Sprintf("%d of %d, %s", i, me, strings.Repeat("x", i))
			ctx, task := trace.NewTask(context.Background(), name)
			trace.WithRegion(ctx, name+" region", func() { trace.Log(ctx, name, "") })
			task.End()
		}
		return nil
	})
}

func tasksEndedTwice() error {
	return atOnce(4, func(int) error {
		for i := 0; i < 100; i++ {
			ctx, task := trace.NewTask(context.Background(), "request")
			_, child := trace.NewTask(ctx, "child")
			task.End()
			child.End()
			if i%3 == 0 {
				task.End()
				child.End()
			}
			trace.Log(ctx, "after", "the end")
		}
		return nil
	})
}

// regionsMisused has regions that end twice, and in the wrong order: the runtime writes
// it as it is told to.
func regionsMisused() error {
	ctx := context.Background()
	return atOnce(4, func(me int) error {
		for i := 0; i < 50; i++ {
			outer := trace.StartRegion(ctx, "outer")
			inner := trace.StartRegion(ctx, "inner")
			inner.End()
			if me == 2 && i == 20 {
				inner.End()
			}
			outer.End()
			outer.End() // none is open
		}
		a, b := trace.StartRegion(ctx, "a"), trace.StartRegion(ctx, "b")
		a.End()
		b.End()
		return nil
	})
}

// across has what begins in one trace and ends in another, or in none.
func across(r *recorder) error {
	ctx, task := trace.NewTask(context.Background(), "before")
	region := trace.StartRegion(ctx, "before")
	var open []*trace.Region
	err := r.record("-1", func() error {
		task.End()
		region.End()
		open = append(open, trace.StartRegion(ctx, "open"), trace.StartRegion(ctx, "never ended"))
		ctx, task = trace.NewTask(ctx, "open")
		return tasks()
	})
	if err != nil {
		return err
	}
	return r.record("-2", func() error {
		open[0].End()
		trace.Log(ctx, "of the first", "")
		task.End()
		return tasks()
	})
}

package faults

import (
	"context"
	"time"
)

// Here is In for one fault.
func Here(ctx context.Context, name string) (Args, bool) {
	o := In(ctx).At(name)
	if o == nil {
		return nil, false
	}
	return o.Args, true
}

// Measure is Occurrence.Measure for the fault of that name.
func Measure(ctx context.Context, name string) (end func()) {
	if o := In(ctx).At(name); o != nil {
		return o.Measure(ctx)
	}
	return func() {}
}

// Record is Occurrence.Record for the fault of that name.
func Record(ctx context.Context, name string, began time.Time, took time.Duration) {
	if o := In(ctx).At(name); o != nil {
		o.Record(ctx, began, took)
	}
}

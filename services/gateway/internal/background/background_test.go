package background_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"example.com/tracelab/services/gateway/internal/background"
)

type key struct{}

// TestATaskOutlivesItsRequest has the request end before the task does.
func TestATaskOutlivesItsRequest(t *testing.T) {
	tasks := background.New()
	ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), key{}, "value"), time.Hour)
	gone, seen := make(chan struct{}), make(chan error, 1)
	err := tasks.Start(ctx, func(ctx context.Context) {
		<-gone
		_, limited := ctx.Deadline()
		if limited || ctx.Value(key{}) != "value" {
			t.Errorf("the task has a deadline: %t, and the value %v", limited, ctx.Value(key{}))
		}
		seen <- ctx.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	close(gone)
	if err := <-seen; err != nil {
		t.Errorf("the task's context: %v", err)
	}
}

// TestTasksEndWithTheService starts one before the end, and one after it.
func TestTasksEndWithTheService(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tasks := background.New()
		var ended bool
		if err := tasks.Start(t.Context(), func(ctx context.Context) {
			<-ctx.Done()
			time.Sleep(time.Second) // it takes its time, in the bubble's clock
			ended = true
		}); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, stop)
		began := time.Now()
		if err := tasks.Run(ctx); err != nil || !ended {
			t.Errorf("it returns %v, and the task has ended: %t", err, ended)
		}
		if took := time.Since(began); took != time.Minute+time.Second {
			t.Errorf("it took %s", took)
		}
		if err := tasks.Start(t.Context(), func(context.Context) { t.Error("it was started after the end") }); !errors.Is(err, background.ErrEnded) {
			t.Errorf("a start after the end: %v", err)
		}
	})
}

package redistrace_test

import (
	"testing"
	"time"

	"example.com/tracelab/internal/testbed/redistest"
)

// TestAnAutoPipelineLeavesNoSpan, as the documentation says; a command that it sends by
// itself, here one that blocks, does.
func TestAnAutoPipelineLeavesNoSpan(t *testing.T) {
	f := follow(t)
	c := connect(t, redistest.Start(t).Addr)
	auto, err := c.AutoPipeline()
	if err != nil {
		t.Fatal(err)
	}
	if err := auto.Set(f.ctx, "key", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if spans := f.spans(); len(spans) != 0 {
		t.Errorf("the documentation says that it leaves no span: %s", text(spans...))
	}
	if auto.BLPop(f.ctx, 10*time.Millisecond, "empty").Err() == nil {
		t.Fatal("an answer came")
	}
	f.check(f.only(), "BLPOP", nil)
}

package exectraces

import (
	"path/filepath"
	"testing"
)

// onOneThread are shapes that end where a goroutine keeps the only thread until it waits.
var onOneThread = []string{
	"across", "blocked-forever", "channels", "channels-buffered", "cond", "contexts", "coroutines", "cpu-profile", "finalizers", "gc", "generations", "goexit",
	"locked-threads", "once", "panics", "preempted", "regions-misused", "select", "tasks", "tasks-ended-twice", "timers", "weak", "yield",
}

// TestSystems compares what is read from the traces of programs for other systems. Where
// words are shorter, or bytes in another order, the decoders run as well.
func TestSystems(t *testing.T) {
	here := target{}.same(t)
	const qemu = "apt-get install qemu-user-static"
	for _, c := range []struct {
		goos, goarch string
		runner       []string
		how          string // to get the runner
		decodes      bool   // whether the decoders run there
		long         bool   // only then
		shapes       []string
	}{
		{"linux", "386", nil, "", true, false, some},
		{"linux", "s390x", []string{"qemu-s390x-static"}, qemu, true, false, some},
		{"linux", "arm64", []string{"qemu-aarch64-static"}, qemu, false, true, some},
		{"js", "wasm", []string{"node", "--stack-size=8192", filepath.Join(goroot(t), "lib/wasm/wasm_exec_node.js")}, "apt-get install nodejs", false, false, onOneThread},
	} {
		t.Run(c.goos+"-"+c.goarch, func(t *testing.T) {
			if c.long && !*long {
				t.Skip("run it with -long")
			}
			t.Parallel()
			if c.runner != nil {
				needs(t, c.runner[0], c.how)
			}
			system := target{goos: c.goos, goarch: c.goarch, plain: true, runner: c.runner}
			traces := system.program(t).record(t, c.shapes)
			same(t, here, traces, false)
			if c.decodes {
				t.Run("there", func(t *testing.T) { same(t, system.same(t), smallest(t, traces, 12), false) })
			}
		})
	}
}

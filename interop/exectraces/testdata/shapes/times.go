package main

import (
	"io"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
	"strconv"
	"time"
)

func init() {
	shapes["already-running"] = alreadyRunning
	shapes["start-stop"] = startStop
	shape("generations", func() error { return generations(1200 * time.Millisecond) })
	shape("generations-long", func() error { return generations(5200 * time.Millisecond) })
	shapes["cpu-profile"] = cpuProfile
	shape("goroutine-labels", labels)
}

// everything is what a busy program does.
var everything = []func() error{
	channels, selects, convoy, tasks, timers, func() error { return many(1000) }, func() error { return collect(50, 8, 10) },
}

// busy does a bit of everything until stop is called.
func busy() (stop func()) {
	return background(len(everything), func(me int) { everything[me](); time.Sleep(200 * time.Microsecond) })
}

// alreadyRunning begins and ends the trace in the midst of everything.
func alreadyRunning(r *recorder) error {
	defer busy()()
	time.Sleep(20 * time.Millisecond)
	return r.record("", func() error { time.Sleep(20 * time.Millisecond); return nil })
}

// startStop records many short traces of a busy program.
func startStop(r *recorder) error {
	defer busy()()
	for i := 1; i <= 5; i++ {
		time.Sleep(time.Millisecond)
		err := r.record("-"+strconv.Itoa(i), func() error { time.Sleep(time.Duration(i) * 300 * time.Microsecond); return nil })
		if err != nil {
			return err
		}
	}
	return nil
}

// generations lasts longer than the runtime lets a generation last. In each, some
// goroutines do nothing.
func generations(d time.Duration) error {
	stop := make(chan int)
	defer close(stop)
	for i := 0; i < 1000; i++ {
		go func() { <-stop }()
	}
	defer background(3, func(me int) {
		tasks := []func() error{tasks, channels, func() error { return collect(50, 8, 2) }}
		tasks[me]()
		time.Sleep(250 * time.Millisecond)
	})()
	time.Sleep(d)
	return nil
}

// cpuProfile has samples of a CPU profile in the trace.
func cpuProfile(r *recorder) error {
	runtime.SetCPUProfileRate(0)
	if err := pprof.StartCPUProfile(io.Discard); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	return r.record("", func() error {
		return atOnce(4, func(me int) error {
			defer trace.StartRegion(bg, "compute").End()
			deep(me*20, func() { spin(150 * time.Millisecond) })
			return nil
		})
	})
}

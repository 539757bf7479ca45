package main

import (
	"runtime"
	"sync"
	"time"
)

func init() {
	shape("idle", func() error { time.Sleep(20 * time.Millisecond); return nil })
	shape("goroutines", func() error { return many(20000) })
	shape("goroutines-long", func() error { return many(1000000) })
	shape("parked", parked)
	shape("blocked-forever", blockedForever)
	shape("yield", yield)
	shape("preempted", preempted)
	shape("panics", panics)
	shape("goexit", goexit)
	shape("locked-threads", lockedThreads)
	shape("gomaxprocs", gomaxprocs)
	shape("deep-stacks", func() error { return atOnce(8, func(me int) error { deep(me*40, nap); return nil }) })
	shape("trees", func() error { return descend(9) })
}

// many starts goroutines that end soon.
func many(n int) error {
	for ; n > 0; n -= 1000 {
		err := atOnce(1000, func(me int) error {
			if me%100 == 0 {
				runtime.Gosched()
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// parked has goroutines that live and do nothing.
func parked() error {
	stop := make(chan int)
	for i := 0; i < 5000; i++ {
		go func() { <-stop }()
	}
	time.Sleep(10 * time.Millisecond)
	close(stop)
	return nil
}

// blockedForever leaves goroutines behind, in all ways there are to wait.
func blockedForever() error {
	var mu sync.Mutex
	mu.Lock()
	var wg sync.WaitGroup
	wg.Add(1)
	cond := sync.NewCond(new(sync.Mutex))
	for _, wait := range []func(){
		func() { select {} },
		func() { <-make(chan int) },
		func() { make(chan int) <- 1 },
		func() { var none chan int; <-none },
		func() { var none chan int; none <- 1 },
		mu.Lock, wg.Wait,
		func() { cond.L.Lock(); cond.Wait() },
		func() { time.Sleep(time.Hour) },
		func() {
			select {
			case <-make(chan int):
			case <-time.After(time.Hour):
			}
		},
	} {
		go wait()
	}
	time.Sleep(5 * time.Millisecond)
	return nil
}

func yield() error {
	return atOnce(6, func(int) error {
		for i := 0; i < 1000; i++ {
			runtime.Gosched()
		}
		return nil
	})
}

// preempted has more to compute than there are processors.
func preempted() error {
	return atOnce(2*runtime.GOMAXPROCS(0), func(int) error { spin(30 * time.Millisecond); return nil })
}

func panics() error {
	return atOnce(8, func(int) error {
		for i := 0; i < 50; i++ {
			func() {
				defer func() { recover(); runtime.Gosched() }()
				deep(5, func() { panic("on purpose") })
			}()
		}
		return nil
	})
}

func goexit() error {
	var ended sync.WaitGroup
	for i := 0; i < 500; i++ {
		ended.Add(1)
		go func() {
			defer ended.Done()
			deep(3, runtime.Goexit)
		}()
	}
	ended.Wait()
	return nil
}

// lockedThreads has goroutines that own their thread, and some that take it with them.
func lockedThreads() error {
	ping, pong := make(chan int), make(chan int)
	err := atOnce(2, func(me int) error {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		for i := 0; i < 100; i++ {
			if me == 0 {
				ping <- i
				<-pong
			} else {
				pong <- <-ping
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return atOnce(10, func(int) error {
		runtime.LockOSThread()
		time.Sleep(time.Millisecond)
		return nil
	})
}

// gomaxprocs changes how many processors there are, while all of them are busy.
func gomaxprocs() error {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	defer background(8, func(int) {
		spin(10 * time.Microsecond)
		time.Sleep(10 * time.Microsecond)
	})()
	for i := 0; i < 20; i++ {
		runtime.GOMAXPROCS(1 + i*5%7)
		time.Sleep(time.Millisecond)
	}
	return nil
}

// deep calls do so many calls down. It takes stack, which grows.
func deep(calls int, do func()) {
	var room [128]byte
	if calls == 0 {
		do()
		return
	}
	deep(calls-1, do)
	runtime.KeepAlive(&room)
}

func nap() {
	for i := 0; i < 20; i++ {
		time.Sleep(50 * time.Microsecond)
	}
}

// descend starts two goroutines that start two goroutines each.
func descend(depth int) error {
	if depth == 0 {
		return nil
	}
	return atOnce(2, func(int) error { return descend(depth - 1) })
}

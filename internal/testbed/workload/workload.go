// Package workload makes programs' execution traces for tests: it runs what a
// name says and records itself.
package workload

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"runtime/trace"
	"sync"
	"syscall"
	"time"
)

// Kinds are what Record can run.
func Kinds() []string {
	return []string{"idle", "network", "sync", "gc", "goroutines", "tasks", "syscall", "http"}
}

// runs are what there is to run, Kinds and such as are of use when there are many.
var runs = map[string]func(size int) error{
	"idle": idle, "network": network, "sync": mutexes, "gc": garbage, "goroutines": goroutines, "tasks": tasks, "syscall": syscalls, "http": requests,
	"jobs": jobs,
}

// Record runs a workload in this process, size times as much as it takes to be
// seen, and returns its execution trace. Only one can run at a time, and none in
// a process that is traced already.
func Record(kind string, size int) ([]byte, error) {
	run, err := program(kind)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := trace.Start(&b); err != nil {
		return nil, err
	}
	err = run(size)
	trace.Stop()
	return b.Bytes(), err
}

func program(kind string) (run func(size int) error, err error) {
	run, ok := runs[kind]
	if !ok {
		return nil, fmt.Errorf("there is no workload %q: want one of %v", kind, Kinds())
	}
	return run, nil
}

// idle sleeps, while goroutines wait for each other and for nothing.
func idle(size int) error {
	never := make(chan int)
	defer close(never)
	for range 10 {
		go func() { <-never }()
	}
	time.Sleep(time.Duration(size) * 20 * time.Millisecond)
	return nil
}

// network has clients and a server send each other a line.
func network(size int) error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	var servers sync.WaitGroup
	defer servers.Wait()
	defer ln.Close()
	servers.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			servers.Go(func() {
				defer conn.Close()
				io.Copy(conn, conn)
			})
		}
	})
	return atOnce(8, func(int) error {
		conn, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			return err
		}
		defer conn.Close()
		line := make([]byte, 16)
		for range 50 * size {
			if _, err := conn.Write(line); err != nil {
				return err
			}
			if _, err := io.ReadFull(conn, line); err != nil {
				return err
			}
		}
		return nil
	})
}

// mutexes uses all that goroutines wait for each other with.
func mutexes(size int) error {
	var mu sync.Mutex
	var shared sync.RWMutex
	cond := sync.NewCond(&mu)
	ready := false
	ping, pong := make(chan int), make(chan int)
	work := make(chan int, 4)
	return atOnce(7, func(me int) error {
		for n := range 100 * size {
			switch me {
			case 0:
				ping <- n
				<-pong
			case 1:
				<-ping
				pong <- n
			case 2:
				select {
				case work <- n:
				case <-time.After(time.Second):
				}
			case 3:
				select {
				case <-work:
				case <-time.After(time.Second):
				}
			case 4, 5:
				mu.Lock()
				ready = !ready
				spin(20 * time.Microsecond)
				runtime.Gosched()
				mu.Unlock()
				cond.Broadcast()
				shared.RLock()
				spin(5 * time.Microsecond)
				shared.RUnlock()
			case 6:
				shared.Lock()
				spin(5 * time.Microsecond)
				shared.Unlock()
			}
		}
		return nil
	})
}

// garbage has the collector run, also when runtime.GC is called.
func garbage(size int) error {
	err := atOnce(4, func(int) error {
		var kept [64][]*[128]byte
		for n := range 400 * size {
			list := make([]*[128]byte, 200)
			for i := range list {
				list[i] = new([128]byte)
			}
			kept[n%len(kept)] = list
		}
		runtime.KeepAlive(&kept)
		return nil
	})
	runtime.GC()
	return err
}

// goroutines starts thousands that live a short time.
func goroutines(size int) error {
	for range size {
		err := atOnce(2000, func(me int) error {
			if me%10 == 0 {
				time.Sleep(time.Microsecond)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// tasks has tasks with children, regions and logs; some do not end.
func tasks(size int) error {
	return atOnce(4, func(me int) error {
		for n := range 50 * size {
			ctx, task := trace.NewTask(context.Background(), "request")
			trace.Log(ctx, "order", fmt.Sprint(n))
			trace.WithRegion(ctx, "parse", func() { spin(10 * time.Microsecond) })
			done := make(chan int)
			go func() {
				defer close(done)
				ctx, child := trace.NewTask(ctx, "query")
				defer child.End()
				trace.WithRegion(ctx, "fetch", func() {
					time.Sleep(50 * time.Microsecond)
					trace.WithRegion(ctx, "decode", func() { spin(5 * time.Microsecond) })
				})
			}()
			<-done
			if n%25 != 24 {
				task.End()
			}
		}
		return nil
	})
}

// syscalls sleeps in the kernel and writes to a file.
func syscalls(size int) error {
	file, err := os.CreateTemp("", "workload-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	return atOnce(4, func(int) error {
		for range 10 * size {
			ts := syscall.NsecToTimespec(int64(200 * time.Microsecond))
			if err := syscall.Nanosleep(&ts, nil); err != nil && err != syscall.EINTR {
				return err
			}
			if _, err := file.Write(make([]byte, 512)); err != nil {
				return err
			}
		}
		return nil
	})
}

// atOnce runs do in n goroutines and returns the first error.
func atOnce(n int, do func(me int) error) error {
	errs := make(chan error, n)
	for me := range n {
		go func() { errs <- do(me) }()
	}
	var first error
	for range n {
		if err := <-errs; first == nil {
			first = err
		}
	}
	return first
}

func spin(d time.Duration) {
	for start := time.Now(); time.Since(start) < d; {
	}
}

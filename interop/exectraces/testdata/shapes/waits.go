package main

import (
	"context"
	"io"
	"sync"
	"time"
)

func init() {
	shape("channels", channels)
	shape("channels-buffered", buffered)
	shape("select", selects)
	shape("mutex-convoy", convoy)
	shape("rwmutex", rwmutex)
	shape("cond", cond)
	shape("waitgroup", waitgroup)
	shape("once", once)
	shape("timers", timers)
	shape("contexts", contexts)
	shape("pipe-in-memory", memoryPipe)
}

// channels has pairs of goroutines that hand something to and fro.
func channels() error {
	return atOnce(4, func(int) error {
		there, back := make(chan int), make(chan int)
		go func() {
			for v := range there {
				back <- v
			}
		}()
		for i := 0; i < 250; i++ {
			there <- i
			<-back
		}
		close(there)
		return nil
	})
}

func buffered() error {
	work := make(chan int, 16)
	go func() {
		for i := 0; i < 2000; i++ {
			work <- i
		}
		close(work)
	}()
	return atOnce(5, func(int) error {
		for range work {
			spin(5 * time.Microsecond)
		}
		return nil
	})
}

func selects() error {
	a, b, c := make(chan int), make(chan int), make(chan int)
	return atOnce(6, func(me int) error {
		for i := 0; i < 200; i++ {
			in, out := a, b
			if me%2 == 0 {
				in, out = b, a
			}
			select {
			case <-in:
			case out <- i:
			case <-time.After(200 * time.Microsecond):
			}
			select {
			case c <- i:
			case <-c:
			default:
			}
		}
		return nil
	})
}

// convoy has one mutex that all want, also for longer than it takes to starve.
func convoy() error {
	var mu sync.Mutex
	return atOnce(16, func(me int) error {
		for i := 0; i < 60; i++ {
			mu.Lock()
			spin(10 * time.Microsecond)
			if i == 30 && me%8 == 0 {
				time.Sleep(2 * time.Millisecond)
			}
			mu.Unlock()
		}
		return nil
	})
}

func rwmutex() error {
	var mu sync.RWMutex
	return atOnce(10, func(me int) error {
		for i := 0; i < 100; i++ {
			if me < 2 {
				mu.Lock()
				spin(20 * time.Microsecond)
				mu.Unlock()
			} else {
				mu.RLock()
				spin(5 * time.Microsecond)
				mu.RUnlock()
			}
		}
		return nil
	})
}

func cond() error {
	var mu sync.Mutex
	turned := sync.NewCond(&mu)
	turn := 0
	return atOnce(5, func(me int) error {
		for i := 0; i < 100; i++ {
			mu.Lock()
			for turn%5 != me {
				turned.Wait()
			}
			turn++
			mu.Unlock()
			turned.Broadcast()
		}
		return nil
	})
}

func waitgroup() error {
	for i := 0; i < 100; i++ {
		var wg sync.WaitGroup
		wg.Add(10)
		for k := 0; k < 10; k++ {
			go func() { spin(time.Microsecond); wg.Done() }()
		}
		wg.Wait()
	}
	return nil
}

func once() error {
	for i := 0; i < 50; i++ {
		var one sync.Once
		err := atOnce(5, func(int) error {
			one.Do(func() { time.Sleep(20 * time.Microsecond) })
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func timers() error {
	return atOnce(6, func(me int) error {
		ticks := time.NewTicker(time.Duration(100+me*30) * time.Microsecond)
		defer ticks.Stop()
		for i := 0; i < 50; i++ {
			<-ticks.C
			rang := make(chan bool)
			time.AfterFunc(20*time.Microsecond, func() { close(rang) })
			<-rang
			timer := time.NewTimer(time.Hour)
			timer.Reset(10 * time.Microsecond)
			<-timer.C
			time.Sleep(time.Duration(me) * 10 * time.Microsecond)
		}
		return nil
	})
}

func contexts() error {
	return atOnce(10, func(int) error {
		for i := 0; i < 20; i++ {
			parent, cancel := context.WithCancel(context.Background())
			child, cancelChild := context.WithTimeout(parent, 100*time.Microsecond)
			stop := context.AfterFunc(child, func() {})
			<-child.Done()
			stop()
			cancelChild()
			cancel()
		}
		return nil
	})
}

func memoryPipe() error {
	return atOnce(4, func(int) error {
		r, w := io.Pipe()
		go func() {
			for i := 0; i < 100; i++ {
				w.Write(make([]byte, 100))
			}
			w.Close()
		}()
		_, err := io.Copy(io.Discard, r)
		return err
	})
}

//go:build unix

package main

import (
	"io"
	"os"
	"syscall"
	"time"
)

func init() {
	shape("syscalls", syscalls)
	shape("syscalls-blocking", blocking)
	shape("files", files)
	shape("pipes", pipes)
	shape("pipes-raw", rawPipes)
	shape("processes", processes)
}

// syscalls are too short for anybody to take the processor meanwhile.
func syscalls() error {
	return atOnce(4, func(int) error {
		for i := 0; i < 1000; i++ {
			if _, err := os.Stat("."); err != nil {
				return err
			}
		}
		return nil
	})
}

// blocking has calls that last until their processor is taken.
func blocking() error {
	defer background(2, func(int) { spin(20 * time.Microsecond) })()
	return atOnce(6, func(me int) error {
		for i := 0; i < 20; i++ {
			ts := syscall.NsecToTimespec(int64(time.Duration(50+200*(me%2)) * time.Microsecond))
			syscall.Nanosleep(&ts, nil)
		}
		return nil
	})
}

func files() error {
	return atOnce(4, func(int) error {
		f, err := os.CreateTemp("", "shapes-*")
		if err != nil {
			return err
		}
		defer os.Remove(f.Name())
		defer f.Close()
		block := make([]byte, 4096)
		for i := 0; i < 100; i++ {
			if _, err := f.WriteAt(block, int64(i%16)*4096); err != nil {
				return err
			}
			if _, err := f.ReadAt(block, 0); err != nil {
				return err
			}
		}
		return f.Sync()
	})
}

// pipes are waited for by the poller.
func pipes() error {
	return atOnce(4, func(int) error {
		r, w, err := os.Pipe()
		if err != nil {
			return err
		}
		defer r.Close()
		go func() {
			for i := 0; i < 100; i++ {
				w.Write(make([]byte, 100))
				time.Sleep(10 * time.Microsecond)
			}
			w.Close()
		}()
		_, err = io.Copy(io.Discard, r)
		return err
	})
}

// rawPipes are waited for within a system call. One is still read when the trace ends.
func rawPipes() error {
	var never [2]int
	if err := syscall.Pipe(never[:]); err != nil {
		return err
	}
	go syscall.Read(never[0], make([]byte, 1))
	return atOnce(4, func(int) error {
		var p [2]int
		if err := syscall.Pipe(p[:]); err != nil {
			return err
		}
		defer syscall.Close(p[0])
		go func() {
			defer syscall.Close(p[1])
			for i := 0; i < 20; i++ {
				time.Sleep(100 * time.Microsecond)
				syscall.Write(p[1], []byte{1})
			}
		}()
		for {
			n, err := syscall.Read(p[0], make([]byte, 1))
			if n == 0 || err != nil && err != syscall.EINTR {
				return err
			}
		}
	})
}

func processes() error {
	return atOnce(4, func(int) error {
		p, err := os.StartProcess("/bin/sh", []string{"sh", "-c", ":"}, &os.ProcAttr{})
		if err != nil {
			return err
		}
		_, err = p.Wait()
		return err
	})
}

package flight

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
	"unsafe"

	"example.com/tracelab/exectrace/userlog"
)

const taskDir = "/proc/self/task"

// checkEvery is how many times files are read before it is looked for new ones.
const checkEvery = 10

// threads reads the kernel's times of this process's threads. It keeps the files
// open, since opening them would be most of the cost.
type threads struct {
	files map[int]int // descriptors of schedstat, by thread id
	links uint64      // of taskDir when it was last listed: two, and one a thread
	reads int
	times []userlog.Thread
	text  [128]byte
}

// read returns the times of all threads. They are valid until the next call.
func (t *threads) read() []userlog.Thread {
	if t.isStale() || !t.readAll() {
		t.list()
		t.readAll()
	}
	return t.times
}

// isStale reports, at every checkEvery-th call, whether there are more threads or
// fewer.
func (t *threads) isStale() bool {
	t.reads++
	if t.reads%checkEvery != 1 {
		return false
	}
	var dir syscall.Stat_t
	if syscall.Stat(taskDir, &dir) != nil {
		return false
	}
	before := t.links
	t.links = uint64(dir.Nlink)
	return t.links != before
}

// readAll reports whether every file that is open could be read: that of a thread
// that has ended cannot.
func (t *threads) readAll() bool {
	t.times = t.times[:0]
	for tid, fd := range t.files {
		text := t.pread(fd)
		ran, text, _ := bytes.Cut(text, []byte(" "))
		waited, _, ok := bytes.Cut(text, []byte(" "))
		if !ok {
			return false
		}
		t.times = append(t.times, userlog.Thread{ID: int64(tid), Ran: number(ran), Waited: number(waited)})
	}
	return true
}

// pread reads a file by a raw system call, which Go's scheduler does not see: such a
// file is read at once, and the two events of a usual call would take more of the
// execution trace than the times themselves.
func (t *threads) pread(fd int) []byte {
	n, _, errno := syscall.RawSyscall6(syscall.SYS_PREAD64, uintptr(fd), uintptr(unsafe.Pointer(&t.text)), uintptr(len(t.text)), 0, 0, 0)
	if errno != 0 {
		return nil
	}
	return t.text[:n]
}

// number reads nanoseconds.
func number(digits []byte) (n time.Duration) {
	for _, d := range digits {
		n = 10*n + time.Duration(d-'0')
	}
	return n
}

// list opens the files of new threads, and closes those of threads that have
// ended.
func (t *threads) list() {
	now := map[int]int{}
	entries, _ := os.ReadDir(taskDir)
	for _, entry := range entries {
		tid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		fd, ok := t.files[tid]
		if !ok {
			fd, err = syscall.Open(filepath.Join(taskDir, entry.Name(), "schedstat"), syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
		}
		if err == nil {
			now[tid] = fd
			delete(t.files, tid)
		}
	}
	t.close()
	t.files = now
}

// close closes all files.
func (t *threads) close() {
	for _, fd := range t.files {
		syscall.Close(fd)
	}
	t.files = nil
}

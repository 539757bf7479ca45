package testbed

import (
	"bytes"
	"sync"
)

// Output keeps what a process says, while others read it. Its zero value is
// ready.
type Output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write keeps more.
func (l *Output) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String is what was said so far.
func (l *Output) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

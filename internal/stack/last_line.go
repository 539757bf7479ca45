package stack

import (
	"bytes"
	"io"
	"strings"
	"sync"
)

// lastLine passes on what is written, and keeps the last line of it. What a
// program prints to say where to read more is no reason, and is not kept.
type lastLine struct {
	to io.Writer

	mu   sync.Mutex
	rest []byte // of a line that has not ended
	last string
}

// maxLine bounds what is kept of a line, in bytes.
const maxLine = 1 << 10

func (l *lastLine) Write(text []byte) (int, error) {
	l.mu.Lock()
	l.rest = append(l.rest, text...)
	for {
		line, rest, ended := bytes.Cut(l.rest, []byte("\n"))
		if !ended {
			break
		}
		l.rest = rest
		l.keep(line)
	}
	l.rest = append([]byte(nil), l.rest[:min(len(l.rest), maxLine)]...)
	l.mu.Unlock()
	return l.to.Write(text)
}

func (l *lastLine) keep(line []byte) {
	text := strings.TrimSpace(string(line[:min(len(line), maxLine)]))
	if text != "" && !strings.HasPrefix(text, "Try: ") {
		l.last = text
	}
}

// String is the last line, or says that there is none.
func (l *lastLine) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last == "" {
		return "it wrote nothing to its log"
	}
	return l.last
}

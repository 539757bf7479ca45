package stack

import (
	"bytes"
	"io"
	"strings"
	"sync"
)

// lastLine passes on what a child writes, and keeps the line that says why it
// ended: the last one, or of a panic the first, since a stack trace follows.
// "Try: … --help" after wrong use is no reason, and is not kept.
type lastLine struct {
	to io.Writer

	mu   sync.Mutex
	rest []byte // of a line that has not ended
	ending
}

// ending is what the child has said since its start.
type ending struct {
	last     string
	panicked bool
	usage    bool // package cli has said that the child was used wrongly
}

// begin forgets what was said before the child's next start.
func (l *lastLine) begin() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest, l.ending = nil, ending{}
}

// saysUsage reports whether the child said that it was used wrongly. Its exit
// status does not: a panic has the same.
func (l *lastLine) saysUsage() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.usage
}

// maxLine bounds what is stored of a line, in bytes.
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
	switch {
	case text == "" || l.panicked:
	case strings.HasPrefix(text, "Try: "):
		l.usage = true
	default:
		l.ending = ending{last: text, panicked: isPanic(text)}
	}
}

// isPanic reports whether a line is the first that Go's runtime prints of a
// panic, or of an error that cannot be recovered from.
func isPanic(line string) bool {
	return strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ")
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

package why

import (
	"fmt"
	"path"
	"strings"

	"example.com/tracelab/exectrace"
)

// maxFrames bounds a stack that is shown.
const maxFrames = 12

// frames are where the goroutine of a segment was, as "function (file:line)".
func (p *segment) frames() []string {
	if p.process == nil {
		return nil
	}
	return Frames(p.process.Trace.SegmentStack(p.recorded))
}

// Frames are the calls of a stack, as "function (file:line)", without the runtime's own up to
// the first that is not.
func Frames(stack []exectrace.Frame) []string {
	for len(stack) > 1 && strings.HasPrefix(stack[0].Func, "runtime.") && !public(stack[0].Func) {
		stack = stack[1:]
	}
	var text []string
	for _, f := range stack[:min(len(stack), maxFrames)] {
		text = append(text, fmt.Sprintf("%s (%s:%d)", f.Func, path.Base(f.File), f.Line))
	}
	return text
}

// public reports whether programs call a function of package runtime.
func public(name string) bool {
	name = strings.TrimPrefix(name, "runtime.")
	return name != "" && name[0] >= 'A' && name[0] <= 'Z'
}

func join(frames []string) string { return strings.Join(frames, "\n") }

// Place is the innermost frame that is the program's own, or else the innermost,
// without the path of its package.
func Place(frames []string) string {
	for _, f := range frames {
		if first, _, ok := strings.Cut(f, "/"); ok && strings.Contains(first, ".") || strings.HasPrefix(f, "main.") {
			return shorten(f)
		}
	}
	return shorten(frames[0])
}

// shorten leaves out the path of a function's package.
func shorten(f string) string {
	end := strings.IndexAny(f, "([ ")
	if end < 0 {
		end = len(f)
	}
	return f[strings.LastIndexByte(f[:end], '/')+1:]
}

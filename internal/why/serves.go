package why

import (
	"encoding/hex"
	"strings"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/labapi"
)

// spanAround is the innermost span around a task. It reports false if there is none.
func (p *process) spanAround(id exectrace.TaskID) (exectrace.Span, exectrace.Task, bool) {
	for range maxDepth {
		task, ok := p.Trace.Task(id)
		if id == 0 || !ok {
			break
		}
		if s, ok := p.Trace.SpanOf(id); ok {
			return s, task, true
		}
		id = task.Parent
	}
	return exectrace.Span{}, exectrace.Task{}, false
}

// serves says which request a task is a part of, and in which operation.
func (p *process) serves(l *labapi.Wait, id exectrace.TaskID) {
	if s, task, ok := p.spanAround(id); ok {
		l.TraceID, l.Operation = traceText(s.TraceID), task.Name
	}
}

// traceText is an id as Zipkin writes it.
func traceText(id [16]byte) string {
	text := hex.EncodeToString(id[:])
	if short, ok := strings.CutPrefix(text, "0000000000000000"); ok {
		return short
	}
	return text
}

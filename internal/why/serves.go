package why

import (
	"encoding/hex"
	"strings"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/labapi"
)

// serves says which request a task is a part of, and in which operation.
func (p *process) serves(l *labapi.Wait, id exectrace.TaskID) {
	for range maxDepth {
		if id == 0 {
			return
		}
		task, ok := p.Trace.Task(id)
		if !ok {
			return
		}
		if s, ok := p.Trace.SpanOf(id); ok {
			l.TraceID, l.Operation = traceText(s.TraceID), task.Name
			return
		}
		id = task.Parent
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

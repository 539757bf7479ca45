package decode

import (
	"strconv"
	"time"
)

// Append appends the event as go tool trace -d=parsed prints it.
func (t *Tables) Append(b []byte, e *Event) []byte {
	b = appendInt(b, "M=", e.Thread)
	b = appendInt(b, " P=", int64(e.P))
	b = appendInt(b, " G=", e.Goroutine)
	b = append(append(append(b, ' '), e.Kind().String()...), " Time="...)
	b = strconv.AppendInt(b, e.Time, 10)
	b = t.details(b, e)
	if id := e.Stack(); id != 0 {
		b = t.appendStack(b, "Stack=", id)
	}
	return b
}

func appendInt(b []byte, name string, n int64) []byte {
	return strconv.AppendInt(append(b, name...), n, 10)
}

func appendQuoted(b []byte, name, text string) []byte {
	return strconv.AppendQuote(append(b, name...), text)
}

func (t *Tables) details(b []byte, e *Event) []byte {
	switch e.Kind() {
	case MetricKind:
		name, value := e.Metric()
		return appendValue(append(appendQuoted(b, " Name=", name), " Value="...), value)
	case LabelKind:
		return append(appendInt(appendQuoted(b, " Label=", t.Text(e.Label())), " Resource=Goroutine(", e.Goroutine), ')')
	case RangeBeginKind, RangeActiveKind, RangeEndKind:
		return t.appendRange(b, e)
	case TaskBeginKind, TaskEndKind:
		id, parent, name := e.Task()
		b = strconv.AppendUint(append(b, " ID="...), id, 10)
		b = strconv.AppendUint(append(b, " Parent="...), parent, 10)
		return appendQuoted(b, " Type=", t.Text(name))
	case RegionBeginKind, RegionEndKind:
		task, name := e.Region()
		return appendQuoted(strconv.AppendUint(append(b, " Task="...), task, 10), " Type=", t.Text(name))
	case LogKind:
		task, category, message := e.Log()
		b = strconv.AppendUint(append(b, " Task="...), task, 10)
		return appendQuoted(appendQuoted(b, " Category=", t.Text(category)), " Message=", t.Text(message))
	case TransitionKind:
		return t.appendTransition(b, e)
	case ExperimentalKind:
		return appendExperimental(b, e)
	case SyncKind:
		return t.appendSync(b, e)
	}
	return b
}

// appendValue appends a number as Go's decoder prints one.
func appendValue(b []byte, value uint64) []byte {
	return append(strconv.AppendUint(append(b, "Value{Uint64("...), value, 10), ")}"...)
}

func (t *Tables) appendRange(b []byte, e *Event) []byte {
	b = append(appendQuoted(b, " Name=", t.RangeName(e)), " Scope="...)
	b = append(b, RangeScope(e)...)
	if e.Kind() != RangeEndKind {
		return b
	}
	b = append(b, " Attributes=["...)
	for i, a := range e.Swept() {
		if i > 0 {
			b = append(b, ' ')
		}
		b = appendValue(append(appendQuoted(b, "", a.Name), '='), a.Value)
	}
	return append(b, ']')
}

// Attribute is a number that the end of a range tells.
type Attribute struct {
	Name  string
	Value uint64
}

// Swept returns what the end of a sweep tells of it, and nothing of another range.
func (e *Event) Swept() []Attribute {
	if e.Type != GCSweepEnd {
		return nil
	}
	return []Attribute{{"bytes swept", e.Args[0]}, {"bytes reclaimed", e.Args[1]}}
}

// RangeScope returns whose range it is, such as Goroutine(7).
func RangeScope(e *Event) string {
	scope, id := e.Range()
	switch scope {
	case OfGoroutine:
		return "Goroutine(" + strconv.FormatInt(id, 10) + ")"
	case OfProc:
		return "Proc(" + strconv.FormatInt(id, 10) + ")"
	}
	return "None"
}

func (t *Tables) appendTransition(b []byte, e *Event) []byte {
	if id, ok := e.OfGoroutine(); ok {
		b = appendInt(b, " GoID=", id)
	} else {
		b = appendInt(b, " ProcID=", int64(e.Of))
	}
	b = append(append(append(append(b, ' '), e.From.String()...), "->"...), e.To.String()...)
	b = appendQuoted(b, " Reason=", t.Text(e.Reason()))
	// Go's decoder begins a stack here that is none.
	if id := e.TransitionStack(); id != 0 || e.Type == GoCreate || e.Type == GoCreateBlocked {
		b = t.appendStack(b, "TransitionStack=", id)
	}
	return b
}

func appendExperimental(b []byte, e *Event) []byte {
	name, args := e.Experimental()
	b = append(append(append(b, " Name="...), name...), " Args=["...)
	for i, arg := range args {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = appendValue(append(append(b, arg...), '='), e.Args[i])
	}
	return append(b, ']')
}

func (t *Tables) appendSync(b []byte, e *Event) []byte {
	b = strconv.AppendUint(append(b, " N="...), e.Args[0], 10)
	if c := t.Clock; c != nil {
		b = appendInt(b, " Trace=", c.Trace)
		b = strconv.AppendUint(append(b, " Mono="...), c.Mono, 10)
		b = c.Wall.AppendFormat(append(b, " Wall="...), time.RFC3339Nano)
	}
	return b
}

func (t *Tables) appendStack(b []byte, name string, id uint64) []byte {
	b = append(append(append(b, '\n'), name...), '\n')
	for _, f := range t.Frames(id) {
		b = append(append(append(b, '\t'), f.Func...), " @ 0x"...)
		b = append(strconv.AppendUint(b, f.PC, 16), "\n\t\t"...)
		b = append(strconv.AppendUint(append(append(b, f.File...), ':'), f.Line, 10), '\n')
	}
	return b
}

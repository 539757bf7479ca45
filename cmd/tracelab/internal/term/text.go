package term

import (
	"bytes"
	"io"
	"strings"

	"charm.land/lipgloss/v2"

	"example.com/tracelab/internal/display"
)

// Text returns a writer for what people read: lines are wrapped to the width of the
// terminal, and styles are left out where they would not show. What it is given ends
// with a line's end: it writes whole lines.
func Text(out io.Writer) io.Writer { return &text{out: out, width: display.Width(out)} }

type text struct {
	out   io.Writer
	width int
	line  []byte // that has no end yet
}

// Width is how wide its lines are.
func (t *text) Width() int { return t.width }

func (t *text) Write(b []byte) (int, error) {
	end := bytes.LastIndexByte(b, '\n') + 1
	if end == 0 {
		t.line = append(t.line, b...)
		return len(b), nil
	}
	lines := display.WrapLines(string(t.line)+string(b[:end]), t.width)
	t.line = append(t.line[:0], b[end:]...)
	write := io.WriteString
	if strings.Contains(lines, "\x1b") {
		write = func(out io.Writer, text string) (int, error) { return lipgloss.Fprint(out, text) }
	}
	if _, err := write(t.out, lines); err != nil {
		return 0, err
	}
	return len(b), nil
}

package archive

import (
	"bufio"
	"io"

	"example.com/tracelab/internal/zipkin/codec"
)

// Write writes spans as one list, a span to a line, and returns how many it
// wrote. After an error the list is not closed, so that it is not taken for
// whole.
func Write(w io.Writer, spans Spans) (n int, err error) {
	out := bufio.NewWriterSize(w, 64<<10)
	out.WriteByte('[')
	var line []byte
	for some, err := range spans {
		if err != nil {
			out.Flush()
			return n, err
		}
		for i := range some {
			line = line[:0]
			if n > 0 {
				line = append(line, ",\n"...)
			}
			line = codec.AppendSpan(line, &some[i])
			if _, err := out.Write(line); err != nil {
				return n, err
			}
			n++
		}
	}
	out.WriteString("]\n")
	return n, out.Flush()
}

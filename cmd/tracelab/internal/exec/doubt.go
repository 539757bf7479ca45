package exec

import (
	"fmt"
	"io"
)

// marked has a mark behind what lies in a time in which states may be wrong.
func marked(text string, doubtful bool) string {
	if doubtful {
		return text + "*"
	}
	return text
}

// printDoubt says what the mark means, if it is there.
func printDoubt(out io.Writer, marked bool) error {
	if !marked {
		return nil
	}
	_, err := fmt.Fprintln(out, "* doubtful: states may be wrong then, since a part of the trace is lost")
	return err
}

package exec

import (
	"fmt"
	"io"
)

// topOf returns the first rows, as many as --top asks for, and how many it leaves out.
func topOf[T any](rows []T, top int) (some []T, left int) {
	if top > 0 && len(rows) > top {
		return rows[:top], len(rows) - top
	}
	return rows, 0
}

// printLeft says how many rows were left out, if any.
func printLeft(out io.Writer, left int) error {
	if left == 0 {
		return nil
	}
	_, err := fmt.Fprintf(out, "and %d more: --top 0 shows all\n", left)
	return err
}

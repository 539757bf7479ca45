// Package wiretest makes execution traces of text, and finds those that Go itself
// is tested with.
package wiretest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"example.com/tracelab/exectrace/wire"
)

// Assemble makes a trace of text: a line "Trace Go1.N", then events as
// wire.Event.String prints them. It is the format of internal/trace/raw, which
// Go's own test data is in.
func Assemble(text string) ([]byte, error) {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	minor, ok := strings.CutPrefix(strings.TrimSpace(lines[0]), "Trace Go1.")
	if !ok {
		return nil, fmt.Errorf("the first line is %q", lines[0])
	}
	b := fmt.Appendf(nil, "go 1.%s trace\x00\x00\x00", minor)
	for _, line := range lines[1:] {
		var err error
		if b, err = assembleLine(b, strings.TrimSpace(line)); err != nil {
			return nil, fmt.Errorf("%q: %w", line, err)
		}
	}
	return b, nil
}

func assembleLine(b []byte, line string) ([]byte, error) {
	if quoted, ok := strings.CutPrefix(line, "data="); ok {
		data, err := strconv.Unquote(quoted)
		// The length stands there already if there are no bytes: 0.
		return append(binary.AppendUvarint(b[:len(b)-1], uint64(len(data))), data...), err
	}
	words := strings.Fields(line)
	if len(words) == 0 || words[0][0] == '#' {
		return b, nil
	}
	args := words
	if !strings.HasPrefix(line, "pc=") {
		var typ wire.Type
		if err := typ.UnmarshalText([]byte(words[0])); err != nil {
			return nil, err
		}
		b, args = append(b, byte(typ)), words[1:]
		if len(args) != len(typ.Args()) {
			return nil, fmt.Errorf("it has %d arguments, want %d", len(args), len(typ.Args()))
		}
		if typ.String() == "String" || typ.String() == "ExperimentalBatch" {
			args = append(args, "length=0")
		}
	}
	for _, arg := range args {
		_, value, _ := strings.Cut(arg, "=")
		v, err := strconv.ParseUint(value, 10, 64)
		if err != nil {
			return nil, err
		}
		b = binary.AppendUvarint(b, v)
	}
	return b, nil
}

// Disassemble is what Assemble takes.
func Disassemble(t testing.TB, b []byte) string {
	t.Helper()
	f, err := wire.NewFile(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	fmt.Fprintf(&text, "Trace Go%s\n", strings.TrimPrefix(f.Format(), "go"))
	for ev, err := range f.Events() {
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&text, ev)
	}
	return text.String()
}

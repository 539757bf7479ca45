package exectrace

import (
	"encoding/hex"
	"regexp"
	"strings"
	"testing"
)

var hexLine = regexp.MustCompile(`(?m)^    ((?:[0-9a-f]{2} )+) +([A-Z]\w+ .*)$`)

// TestPageOfTheFormat reads the bytes that the page shows, which must be what
// stands beside them.
func TestPageOfTheFormat(t *testing.T) {
	lines := hexLine.FindAllStringSubmatch(string(readFile(t, "../docs/trace-format.md")), -1)
	if len(lines) != 7 {
		t.Fatalf("there are %d lines of bytes", len(lines))
	}
	f, err := FromBytes([]byte("go 1.26 trace\x00\x00\x00"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		b, err := hex.DecodeString(strings.ReplaceAll(line[1], " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		r := wireReader{f: f}
		if b[0] == eventBatch {
			header, err := f.parseBatch(b, 0)
			if err != nil || header.data != int64(len(b)) {
				t.Fatal(header, err)
			}
			r.ev = WireEvent{Type: eventBatch, Args: []uint64{header.generation, header.thread, header.ticks, uint64(header.size)}}
		} else if n, err := r.decode(b); err != nil || n != len(b) {
			t.Fatalf("%s: %d, %v", line[1], n, err)
		}
		if got := r.ev.String(); got != line[2] {
			t.Errorf("%s is %q, the page says %q", line[1], got, line[2])
		}
	}
}

package wire

import (
	"encoding/hex"
	"os"
	"regexp"
	"strings"
	"testing"

	"example.com/tracelab/exectrace/internal/container"
)

var hexLine = regexp.MustCompile(`(?m)^    ((?:[0-9a-f]{2} )+) +([A-Z]\w+ .*)$`)

// TestPageOfTheFormat reads the bytes that the page shows, which must be what
// stands beside them.
func TestPageOfTheFormat(t *testing.T) {
	page, err := os.ReadFile("../../docs/trace-format.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := hexLine.FindAllStringSubmatch(string(page), -1)
	if len(lines) != 7 {
		t.Fatalf("there are %d lines of bytes", len(lines))
	}
	f, err := container.New(strings.NewReader("go 1.26 trace\x00\x00\x00"), container.HeaderSize)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		b, err := hex.DecodeString(strings.ReplaceAll(line[1], " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		r := reader{f: f}
		if b[0] == container.EventBatch {
			header, err := f.ParseBatch(b, 0)
			if err != nil || header.Data != int64(len(b)) {
				t.Fatal(header, err)
			}
			r.ev = Event{Type: container.EventBatch, Args: []uint64{header.Generation, header.Thread, header.Ticks, uint64(header.Size)}}
		} else if n, err := r.decode(b); err != nil || n != len(b) {
			t.Fatalf("%s: %d, %v", line[1], n, err)
		}
		if got := r.ev.String(); got != line[2] {
			t.Errorf("%s is %q, the page says %q", line[1], got, line[2])
		}
	}
}

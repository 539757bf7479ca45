package reporter

import (
	"strings"
	"testing"
)

// TestParts divides a batch at every place: both parts are arrays, and together
// the whole.
func TestParts(t *testing.T) {
	spans := []string{`{"a":1}`, `{}`, `{"text":",[]"}`, `{"b":2}`}
	whole := &batch{}
	for _, s := range spans {
		whole.add([]byte(s))
	}
	for i := range len(spans) + 1 {
		for part, want := range map[*batch][]string{whole.part(0, i): spans[:i], whole.part(i, len(spans)): spans[i:]} {
			if got, want := string(part.array()), "["+strings.Join(want, ",")+"]"; part.len() > 0 && got != want || part.len() > len(spans) {
				t.Errorf("divided at %d: %s; want %s", i, got, want)
			}
		}
	}
	if got := string(whole.array()); got != "["+strings.Join(spans, ",")+"]" {
		t.Errorf("the whole is %s", got)
	}
}

// TestResetKeepsUsualMemoryOnly fills a batch with little and with much.
func TestResetKeepsUsualMemoryOnly(t *testing.T) {
	for size, kept := range map[int]bool{1 << 10: true, 4 << 20: false} {
		b := &batch{}
		b.add(make([]byte, size))
		b.reset()
		if b.len() != 0 || len(b.body) != 0 || (cap(b.body) > 0) != kept {
			t.Errorf("after %d bytes there are %d spans, room for %d bytes", size, b.len(), cap(b.body))
		}
		b.add([]byte("{}"))
		if got := string(b.array()); got != "[{}]" {
			t.Errorf("filled again it is %s", got)
		}
	}
}

package wire_test

import (
	"testing"

	"example.com/tracelab/exectrace/internal/wiretest"
	"example.com/tracelab/internal/testbed/workload"
)

func record(t testing.TB, kind string, size int) []byte {
	t.Helper()
	b, err := workload.Record(kind, size)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestText has what is written down in text be read as the same text.
func TestText(t *testing.T) {
	for _, kind := range []string{"tasks", "gc"} {
		text := wiretest.Disassemble(t, record(t, kind, 1))
		b, err := wiretest.Assemble(text)
		if err != nil {
			t.Fatal(err)
		}
		if again := wiretest.Disassemble(t, b); again != text {
			t.Errorf("%s: it is another text:\n%.1000s", kind, again)
		}
	}
}

package exec

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/tracelab/internal/cli"
)

func TestAnonymize(t *testing.T) {
	name, _ := traceFile(t, "tasks")
	other := filepath.Join(t.TempDir(), "public.out")
	if text := printed(t, "anonymize", name, "-o", other); text != "" {
		t.Error(text)
	}
	before, after := printed(t, "events", name, "--kind", "TaskBegin"), printed(t, "events", other, "--kind", "TaskBegin")
	if strings.Count(before, `Type="request"`) == 0 || strings.Count(before, `Type="request"`) != strings.Count(after, `Type="task1"`) || strings.Contains(after, "tracelab") {
		t.Errorf("%.500s", after)
	}
	old := filepath.Join(t.TempDir(), "old.out")
	if err := os.WriteFile(old, []byte("go 1.21 trace\x00\x00\x00"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := exec("anonymize", old, "-o", other); got.code != cli.Usage || !strings.Contains(got.stderr, "go1.22 and later") {
		t.Errorf("%+v", got)
	}
}

package compare

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/culprit"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkin/codec"
)

// jaeger is the module of Jaeger's first generation, with the spans in Zipkin's formats
// that its own tests read.
const jaeger = "github.com/jaegertracing/jaeger@v1.76.0"

// TestJaegersSamples has their paths found, and each compared with itself. The spans
// that libraries make are in package clients.
func TestJaegersSamples(t *testing.T) {
	found := 0
	err := filepath.WalkDir(download(t, jaeger), func(path string, _ os.DirEntry, err error) error {
		if ok, _ := filepath.Match("zipkin*.json", filepath.Base(path)); err != nil || !ok {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, tr := range traces(string(text)) {
			found += len(tr)
			if err := culprit.Tiles(tr); err != nil {
				t.Errorf("%s: trace %s: %v", filepath.Base(path), tr[0].TraceID, err)
			}
			alikeItself(t, filepath.Base(path), tr)
		}
		return nil
	})
	if err != nil || found == 0 {
		t.Errorf("%d spans, %v", found, err)
	}
	t.Logf("%d spans", found)
}

// download is the directory of a module, which is fetched if it is not there.
func download(t *testing.T, module string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "mod", "download", "-json", module)
	cmd.Dir = t.TempDir() // it is no dependency of ours
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod")
	out, err := cmd.Output()
	var got struct{ Dir, Error string }
	if wrong := json.Unmarshal(out, &got); err != nil || wrong != nil {
		testbed.Missing(t, module, "the network has to reach a module proxy: "+got.Error)
	}
	return got.Dir
}

// traces are those of a document in one of Zipkin's formats of JSON, or none.
func traces(text string) (all [][]zipkin.Span) {
	var spans []zipkin.Span
	for _, format := range []*codec.Format{codec.JSONV2, codec.JSONV1} {
		if text != "" && format.Check(text) == nil {
			spans, _ = format.Decode(text) // some are wrong on purpose
		}
	}
	byTrace := map[zipkin.TraceID][]zipkin.Span{}
	for _, sp := range spans {
		byTrace[sp.TraceID] = append(byTrace[sp.TraceID], sp)
	}
	return slices.Collect(maps.Values(byTrace))
}

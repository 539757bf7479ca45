// Package tracelab_test holds what is true of the repository as a whole.
package tracelab_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "example.com/tracelab/"

// arrows lists, for every package, the packages of this module that it may
// import. They point one way: from programs to services to libraries.
var arrows = map[string][]string{
	"cmd/fetcher":    {"internal/cli", "services/fetcher"},
	"cmd/gateway":    {"internal/cli", "services/gateway"},
	"cmd/thirdparty": {"internal/cli", "internal/thirdparty"},
	"cmd/tracelab": {"internal/archive", "internal/cli", "internal/execcli", "internal/faultctl", "internal/faults", "internal/loadgen", "internal/server", "internal/service",
		"internal/stack", "internal/store", "internal/zipkin", "internal/whycli", "internal/zipkinapi",
		"services/fetcher", "services/gateway", "services/writer"},
	"cmd/writer": {"internal/cli", "services/writer"},

	"services/fetcher": {"internal/faults", "internal/service", "internal/target", "tracing"},
	"services/gateway": {"internal/faults", "internal/service", "internal/target"},
	"services/writer":  {"internal/faults", "internal/service", "tracing", "tracing/redistrace"},

	"internal/archive":  {"internal/store", "internal/zipkin", "internal/zipkinapi"},
	"internal/cli":      {},
	"internal/execcli":  {"exectrace", "internal/cli"},
	"internal/doctor":   {"internal/line", "internal/store", "internal/zipkin", "internal/zipkinapi"},
	"internal/faults":   {},
	"internal/faultctl": {"internal/faults", "internal/service", "internal/store", "internal/zipkin", "internal/zipkinapi"},
	"internal/flight":   {"tracing"},
	"internal/line":     {},
	"internal/loadgen":  {},
	"internal/testbed":  {},
	"internal/server": {"exectrace", "internal/archive", "internal/doctor", "internal/faultctl", "internal/faults", "internal/flight", "internal/line", "internal/service",
		"internal/store", "internal/zipkin", "internal/web", "internal/why", "internal/zipkinapi"},
	"internal/service":    {"internal/faults", "internal/flight", "internal/line", "tracing"},
	"internal/stack":      {"internal/archive", "internal/server", "internal/store", "internal/zipkin", "internal/thirdparty", "tracing"},
	"internal/store":      {"internal/zipkin"},
	"internal/target":     {},
	"internal/thirdparty": {"internal/service"},
	"internal/web":        {"internal/store", "internal/zipkin", "internal/zipkinapi"},
	"internal/why":        {"exectrace", "internal/store", "internal/zipkin"},
	"internal/whycli":     {"exectrace", "internal/archive", "internal/cli", "internal/server", "internal/store", "internal/zipkin", "internal/why"},
	"internal/zipkin":     {},
	"internal/zipkinapi":  {"internal/store", "internal/zipkin"},

	// Programs to read: other people's packages only, as in the reader's own
	// programs. Their tests may use more.
	"labs/annotate":  {},
	"labs/blocked":   {},
	"labs/gophers":   {},
	"labs/oczipkin":  {},
	"labs/testtrace": {},

	// A table for the tests of zipkinapi.
	"internal/zipkinapi/posts": {},

	// Libraries for other people's programs: nothing of ours but each other.
	"exectrace":          {},
	"exectrace/workload": {},
	"tracing":            {},
	"tracing/redistrace": {"tracing"},
	"tracing/tracetest":  {"tracing"},
}

// owners lists who may import a module that brings weight or global state.
var owners = map[string][]string{
	"charm.land/lipgloss/v2":                   {"cmd/tracelab", "internal/whycli"},
	"code.dny.dev/ssrf":                        {"internal/target"},
	"contrib.go.opencensus.io/exporter/zipkin": {"labs/oczipkin", "tracing"},
	"github.com/HdrHistogram/hdrhistogram-go":  {"internal/loadgen"},
	"github.com/VictoriaMetrics/metrics":       {"internal/server", "internal/service"},
	"github.com/alecthomas/kong":               {"cmd/tracelab", "internal/cli"},
	"github.com/alicebob/miniredis/v2":         {"internal/stack"},
	"github.com/google/pprof":                  {"exectrace", "internal/execcli"},
	"github.com/mccutchen/go-httpbin/v2":       {"internal/thirdparty"},
	"github.com/redis/go-redis/v9":             {"internal/testbed", "labs/oczipkin", "services/writer", "tracing/redistrace"},
	"github.com/schollz/progressbar/v3":        {"cmd/tracelab", "internal/execcli", "internal/whycli"},
	"github.com/tsenart/vegeta/v12":            {"internal/loadgen"},
	"golang.org/x/exp":                         {"exectrace"}, // its API may change any day
	"go.opencensus.io/zpages":                  {},            // importing it makes every span record
	"go.opencensus.io/plugin/ochttp":           {},            // its work is done by package tracing
}

// TestArrowsPointOneWay reads the imports of every file that ships.
func TestArrowsPointOneWay(t *testing.T) {
	seen := map[string]bool{}
	for file, imports := range shipped(t) {
		pkg := path.Dir(file)
		allowed, known := arrows[pkg]
		if !known && pkg != "." {
			t.Errorf("%s: package %s is not in the table: say what it may import", file, pkg)
			continue
		}
		seen[pkg] = true
		for _, imported := range imports {
			if inside, ok := strings.CutPrefix(imported, module); ok && !slices.Contains(allowed, inside) {
				t.Errorf("%s imports %s, which package %s may not", file, inside, pkg)
			}
			for owned, by := range owners {
				if (imported == owned || strings.HasPrefix(imported, owned+"/")) && !slices.Contains(by, pkg) {
					t.Errorf("%s imports %s, which is for %v", file, imported, by)
				}
			}
		}
	}
	for pkg := range arrows {
		if !seen[pkg] {
			t.Errorf("package %s is in the table and not in the repository", pkg)
		}
	}
}

// shipped are the imports of each Go file, but for tests and what never leaves
// the repository.
func shipped(t *testing.T) map[string][]string {
	t.Helper()
	files := map[string][]string{}
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if entry.IsDir() && (name == "e2e" || name == "interop" || name != "." && strings.HasPrefix(entry.Name(), ".")) {
			return fs.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		files[name] = []string{}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			files[name] = append(files[name], imported)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

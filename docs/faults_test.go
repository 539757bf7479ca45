// Package docs_test holds pages against the code that they are about.
package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.com/tracelab/internal/faults"
)

// TestEveryFaultHasARow on the page for instructors, with the span of the
// catalogue, and with packages that exist.
func TestEveryFaultHasARow(t *testing.T) {
	page, err := os.ReadFile("faults.md")
	if err != nil {
		t.Fatal(err)
	}
	service, rows := "", map[string]string{}
	paths := regexp.MustCompile("`(" + `(?:gateway|fetcher|writer)/[a-z/_.]+)` + "`")
	for line := range strings.Lines(string(page)) {
		if name, ok := strings.CutPrefix(line, "## "); ok {
			service = strings.ToLower(strings.TrimSpace(name))
		}
		if cells := strings.Split(line, "|"); len(cells) > 5 && strings.Contains(cells[1], "`") {
			rows[service+"="+strings.Trim(cells[1], " `")] = line
		}
		for _, path := range paths.FindAllStringSubmatch(line, -1) {
			if _, err := os.Stat(filepath.Join("..", "services", path[1])); err != nil {
				t.Errorf("%s: %v", path[1], err)
			}
		}
	}
	for _, f := range faults.Catalogue() {
		row, ok := rows[f.Service+"="+f.Name]
		if !ok || !strings.Contains(row, "`"+f.Truth.Operation+"`") || !strings.Contains(row, f.Truth.State) {
			t.Errorf("the row of %s does not say %q and %q: %s", f.Name, f.Truth.Operation, f.Truth.State, row)
		}
	}
	if len(rows) != len(faults.Catalogue()) {
		t.Errorf("%d rows for %d faults", len(rows), len(faults.Catalogue()))
	}
}

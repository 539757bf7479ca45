package tracelab_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDecisionsHaveAnIndex wants a line for each page.
func TestDecisionsHaveAnIndex(t *testing.T) {
	index := read(t, "docs/decisions/README.md")
	pages, err := filepath.Glob("docs/decisions/[0-9]*.md")
	if err != nil || len(pages) == 0 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	for _, page := range pages {
		if !strings.Contains(index, "]("+filepath.Base(page)+")") {
			t.Errorf("docs/decisions/README.md has no line for %s", filepath.Base(page))
		}
	}
}

// TestLinksLeadSomewhere follows the links of the documents to files of this
// repository.
func TestLinksLeadSomewhere(t *testing.T) {
	for _, document := range documents(t) {
		for _, part := range strings.Split(read(t, document), "](")[1:] {
			target, _, _ := strings.Cut(part, ")")
			target, _, _ = strings.Cut(target, "#")
			if target == "" || strings.Contains(target, "://") || strings.ContainsAny(target, " \n") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(document), filepath.FromSlash(target))); err != nil {
				t.Errorf("%s links to %s: %v", document, target, err)
			}
		}
	}
}

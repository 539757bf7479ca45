package tracelab_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDecisionsHaveAnIndex requires a line for each page.
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

var namedPath = regexp.MustCompile("`([a-z][\\w*-]*(?:/[\\w.*-]+)+)`")

// TestArchitectureIsOfThisTree requires every package to be named, and every path that is
// named to be there. What is internal to a library or a service goes without.
func TestArchitectureIsOfThisTree(t *testing.T) {
	const document = "docs/architecture.md"
	var patterns []string
	for _, m := range namedPath.FindAllStringSubmatch(read(t, document), -1) {
		if found, err := filepath.Glob(filepath.FromSlash(m[1])); err != nil || len(found) == 0 {
			t.Errorf("%s speaks of %s, which is not there", document, m[1])
		}
		patterns = append(patterns, m[1])
	}
	for pkg := range arrows {
		parts := strings.Split(pkg, "/")
		if parts[0] == "labs" || slices.Contains(parts[1:], "internal") && parts[0] != "cmd" || parts[0] == "cmd" && len(parts) == 2 {
			continue
		}
		named := slices.ContainsFunc(patterns, func(pattern string) bool { ok, _ := path.Match(pattern, pkg); return ok })
		named = named || strings.Contains(read(t, document), "| `"+pkg+"` |") // a name without a slash is no pattern
		if !named && !strings.HasPrefix(pkg, "internal/testbed/") {
			t.Errorf("%s does not name package %s: say in its table what it is for", document, pkg)
		}
	}
}

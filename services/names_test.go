// Package services_test holds what is true of all services.
package services_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"example.com/tracelab/internal/faults"
)

// telling are words that no name may have: with one on the stack, a profile or an
// execution trace would tell what was broken on purpose.
func telling() []string {
	words := []string{"fault", "inject", "chaos", "sabotage", "mystery",
		"contention", "quadratic", "storm", "flood", "exhaust", "pressure", "skew", "slow", "lost", "narrow", "cold"}
	for _, f := range faults.Catalogue() {
		words = append(words, strings.ReplaceAll(f.Name, "-", ""))
	}
	return words
}

// reveals returns the word in a name that reveals a fault, if there is one.
func reveals(name string) (string, bool) {
	name = strings.ToLower(strings.ReplaceAll(name, "_", ""))
	for _, word := range telling() {
		if strings.Contains(name, word) {
			return word, true
		}
	}
	return "", false
}

// TestNoNameRevealsAFault reads the packages, types and functions of all services: what
// the frames of a stack are made of.
func TestNoNameRevealsAFault(t *testing.T) {
	names := 0
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, name := range append(declared(file), filepath.ToSlash(path), file.Name.Name) {
			names++
			if word, ok := reveals(name); ok {
				t.Errorf("%s: %s tells %q", path, name, word)
			}
		}
		return nil
	})
	if err != nil || names < 100 {
		t.Errorf("%d names were read, %v", names, err)
	}
}

// declared are the types and functions of a file.
func declared(file *ast.File) (names []string) {
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			names = append(names, d.Name.Name)
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if spec, ok := spec.(*ast.TypeSpec); ok {
					names = append(names, spec.Name.Name)
				}
			}
		}
	}
	return names
}

// TestNamesThatRevealFaults shows that the test above can fail.
func TestNamesThatRevealFaults(t *testing.T) {
	for name, want := range map[string]bool{
		"lockContention": true, "inject_it": true, "services/writer/internal/slowdisk": true, "SerialFanout": true, "nPlusOne": true,
		"visitAll": false, "services/gateway/internal/plan": false, "catchUp": false,
	} {
		if word, got := reveals(name); got != want {
			t.Errorf("%s tells: %t %q, want %t", name, got, word, want)
		}
	}
}

package web_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.com/tracelab/internal/web/comparison"
	"example.com/tracelab/internal/web/dependencies"
	"example.com/tracelab/internal/web/execution"
	"example.com/tracelab/internal/web/find"
	"example.com/tracelab/internal/web/request"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/web/states"
	"example.com/tracelab/internal/web/timeline"
	"example.com/tracelab/internal/web/waterfall"
	"example.com/tracelab/internal/web/workshop"
)

// translations are those of all parts.
var translations = []map[string]string{shell.Chinese, states.Chinese, comparison.Chinese, dependencies.Chinese, execution.Chinese, find.Chinese, request.Chinese, timeline.Chinese, waterfall.Chinese, workshop.Chinese}

// TestLabelsHaveChinese looks for each text that pages say in the tables, and for each
// text of the tables in the pages.
func TestLabelsHaveChinese(t *testing.T) {
	said := map[string]string{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || d.IsDir():
			return err
		case strings.HasSuffix(path, ".html"):
			return labelsOfTemplate(path, said)
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			return labelsOfGo(path, said)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(said) == 0 {
		t.Fatal("no page says anything")
	}
	known := map[string]bool{}
	for _, table := range translations {
		for text := range table {
			known[text] = true
			if said[text] == "" {
				t.Errorf("no page says %q, which has a translation", text)
			}
		}
	}
	for text, where := range said {
		if !known[text] {
			t.Errorf("%s: %q has no Chinese", where, text)
		}
	}
}

// TestLabelsHaveOneChinese because a shell, and so the server, does not start with two.
func TestLabelsHaveOneChinese(t *testing.T) {
	said := map[string]string{}
	for _, table := range translations {
		for text, translated := range table {
			if other, twice := said[text]; twice && other != translated {
				t.Errorf("%q is both %s and %s: say one, or another label", text, other, translated)
			}
			said[text] = translated
		}
	}
}

// TestTranslationsTakeTheArgumentsOfTheirTexts in any order, which indexes say.
func TestTranslationsTakeTheArgumentsOfTheirTexts(t *testing.T) {
	for _, table := range translations {
		for text, translated := range table {
			if want, got := verbs(text), verbs(translated); !slices.Equal(got, want) {
				t.Errorf("%q takes %q, and %q takes %q", text, want, translated, got)
			}
		}
	}
}

var verb = regexp.MustCompile(`%(?:\[(\d+)\])?[-+#0-9.]*([a-zA-Z])`)

// verbs are those of a text, by the number of the argument.
func verbs(text string) (all []string) {
	next := 1
	for _, m := range verb.FindAllStringSubmatch(strings.ReplaceAll(text, "%%", ""), -1) {
		if n, err := strconv.Atoi(m[1]); err == nil {
			next = n
		}
		all = append(all, fmt.Sprint(next, " ", m[2]))
		next++
	}
	slices.Sort(all)
	return all
}

var label = regexp.MustCompile("[{( |]t (\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`)")

func labelsOfTemplate(path string, said map[string]string) error {
	text, err := os.ReadFile(path)
	for _, m := range label.FindAllStringSubmatch(string(text), -1) {
		s, err := strconv.Unquote(m[1])
		if err != nil {
			return err
		}
		said[s] = path
	}
	return err
}

// labelsOfGo finds the first argument of each T, and each Label.
func labelsOfGo(path string, said map[string]string) error {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		return err
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "T" && len(n.Args) > 0 {
				add(said, n.Args[0], path)
			}
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Label" {
				add(said, n.Value, path)
			}
		}
		return true
	})
	return nil
}

func add(said map[string]string, e ast.Expr, path string) {
	if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
		if text, err := strconv.Unquote(lit.Value); err == nil {
			said[text] = path
		}
	}
}

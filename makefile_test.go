package tracelab_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	makeTarget = regexp.MustCompile(`(?m)^([a-z-]+):.*## `)
	makePhony  = regexp.MustCompile(`(?m)^\.PHONY: (.*)$`)
	makeCall   = regexp.MustCompile("(?m)(?:`|^ {4}|\\$\\()make (?:-s )?([a-z][a-z-]*)")
)

// TestMakeTargets holds the documents to what the Makefile has, and the
// Makefile to itself: a target with the name of a folder would never be made.
func TestMakeTargets(t *testing.T) {
	makefile := read(t, "Makefile")
	targets := map[string]bool{}
	for _, m := range makeTarget.FindAllStringSubmatch(makefile, -1) {
		targets[m[1]] = true
	}
	phony := map[string]bool{}
	for _, name := range strings.Fields(makePhony.FindStringSubmatch(makefile)[1]) {
		phony[name] = true
	}
	for name := range targets {
		if !phony[name] {
			t.Errorf("Makefile: %s is made by a rule and not .PHONY", name)
		}
	}
	for name := range phony {
		if !targets[name] {
			t.Errorf("Makefile: %s is .PHONY, and has no rule that says what it does", name)
		}
	}
	for _, document := range documents(t) {
		for _, m := range makeCall.FindAllStringSubmatch(read(t, document), -1) {
			if !targets[m[1]] {
				t.Errorf("%s speaks of 'make %s', which the Makefile does not have", document, m[1])
			}
		}
	}
}

// documents are the pages that speak of this repository.
func documents(t *testing.T) (names []string) {
	t.Helper()
	for _, pattern := range []string{"*.md", "*/*.md", "docs/decisions/*.md", "*/*/README.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, found...)
	}
	return names
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var (
	goTest    = regexp.MustCompile(`(?m)go test .*$`)
	goTestDir = regexp.MustCompile(` (\.(?:/[\w/]+)?)(?: |$)`)
	goTestRun = regexp.MustCompile(` -(?:run|bench) '?([\w|]+)'?`)
)

// TestNamedTestsExist looks for the tests that the Makefile and CI run by name: go
// test is content where there is none.
func TestNamedTestsExist(t *testing.T) {
	checked := 0
	for _, file := range []string{"Makefile", ".ci/run"} {
		for _, command := range goTest.FindAllString(read(t, file), -1) {
			dir := goTestDir.FindStringSubmatch(command)
			if dir == nil {
				continue // work
			}
			var tests strings.Builder
			sources, _ := filepath.Glob(filepath.Join(dir[1], "*_test.go"))
			for _, source := range sources {
				tests.WriteString(read(t, source))
			}
			for _, m := range goTestRun.FindAllStringSubmatch(command, -1) {
				for name := range strings.SplitSeq(m[1], "|") {
					if checked++; !regexp.MustCompile(`(?m)^func (Test|Benchmark)?\w*` + name).MatchString(tests.String()) {
						t.Errorf("%s: %s has no test %s: %s", file, dir[1], name, command)
					}
				}
			}
		}
	}
	if checked < 20 {
		t.Errorf("only %d names were found: is this test blind?", checked)
	}
}

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// licensesOf are those that an archive of files for a system has.
func licensesOf(t *testing.T, files map[string]string, of target) (string, error) {
	t.Helper()
	m := maker{dir: commit(t, t.TempDir(), files), pkg: "."}
	name := filepath.Join(t.TempDir(), licensesName)
	if err := m.writeLicenses(t.Context(), of, name); err != nil {
		return "", err
	}
	text, err := os.ReadFile(name)
	return string(text), err
}

// heads are the names of the licences in a text.
func heads(text string) (all []string) {
	for _, m := range regexp.MustCompile(`(?m)^-{72}\n(.*)\n-{72}$`).FindAllStringSubmatch(text, -1) {
		all = append(all, m[1])
	}
	return all
}

// TestLicenses are of what is compiled for a system, and of Go: the whole text of each.
func TestLicenses(t *testing.T) {
	linux, windows := target{"linux", "amd64"}, target{"windows", "arm64"}
	files := small()
	files["theirs/part/part_windows.go"] = "package part\n\nimport _ `example.com/theirs/other`\n"
	for _, test := range []struct {
		of   target
		want []string
	}{
		{linux, []string{"example.com/theirs v1.2.3: NOTICE", "example.com/theirs v1.2.3: license.md", "example.com/theirs v1.2.3: part/COPYING"}},
		{windows, []string{"example.com/theirs v1.2.3: NOTICE", "example.com/theirs v1.2.3: license.md", "example.com/theirs v1.2.3: other/LICENSE", "example.com/theirs v1.2.3: part/COPYING"}},
	} {
		text, err := licensesOf(t, files, test.of)
		if err != nil {
			t.Fatal(err)
		}
		var theirs []string
		for _, head := range heads(text) {
			if !strings.HasPrefix(head, "Go 1.") {
				theirs = append(theirs, head)
			}
		}
		if strings.Join(theirs, "\n") != strings.Join(test.want, "\n") {
			t.Errorf("%s: it has %q, want %q", test.of, theirs, test.want)
		}
		for _, want := range []string{"\nexample.com/theirs v1.2.3\n", "\n\nTheirs, and free.\n\n", "\n\nAs free as its part.\n", "\n\nThey are known.\n", "Copyright 2009 The Go Authors", "DISCLAIMED"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: it lacks %q:\n%s", test.of, want, text)
			}
		}
	}
}

// TestAModuleWithoutALicence is not given away, whatever else it says of itself.
func TestAModuleWithoutALicence(t *testing.T) {
	files := small()
	delete(files, "theirs/license.md")
	delete(files, "theirs/part/COPYING")
	m := maker{dir: commit(t, t.TempDir(), files), pkg: ".", out: t.TempDir()}
	if archive, err := m.make(t.Context(), here()); err == nil || !strings.Contains(err.Error(), "example.com/theirs v1.2.3 is compiled into the program, and ") || !strings.Contains(err.Error(), "has no licence: want a file LICENSE or COPYING") {
		t.Errorf("%s, %v", archive, err)
	}
}

// TestOurOwn has one of each module that the program needs.
func TestOurOwn(t *testing.T) {
	m := maker{dir: "../..", pkg: "./cmd/tracelab"}
	modules, err := m.others(t.Context(), here())
	if err != nil {
		t.Fatal(err)
	}
	if len(modules) < 20 {
		t.Errorf("only %d modules", len(modules))
	}
	for _, o := range modules {
		if err := o.write(&bytes.Buffer{}); err != nil {
			t.Error(err)
		}
	}
}

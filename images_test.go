package tracelab_test

import (
	"maps"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var ignoredNot = regexp.MustCompile(`(?m)^!([a-z]+)$`)

// TestImagesAreBuiltFromWhatProgramsImport holds .dockerignore to the imports: a
// top folder that it lacks breaks the build of the images and no other, and one too
// many rebuilds them for nothing.
func TestImagesAreBuiltFromWhatProgramsImport(t *testing.T) {
	const module = "example.com/tracelab/"
	out, err := exec.Command("go", "list", "-deps", "./cmd/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for _, path := range strings.Fields(string(out)) {
		if below, ours := strings.CutPrefix(path, module); ours {
			folder, _, _ := strings.Cut(below, "/")
			want[folder] = true
		}
	}
	var got []string
	for _, m := range ignoredNot.FindAllStringSubmatch(read(t, ".dockerignore"), -1) {
		got = append(got, m[1])
	}
	if folders := slices.Sorted(maps.Keys(want)); !slices.Equal(got, folders) {
		t.Errorf(".dockerignore leaves %q to the images, and the programs are made of %q", got, folders)
	}
}

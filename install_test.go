package tracelab_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestTheProgramsCanBeInstalledByVersion holds go.mod to what 'go install
// PACKAGE@VERSION' requires: no directive that is for the main module alone, and all
// that the programs import, without the workspace.
func TestTheProgramsCanBeInstalledByVersion(t *testing.T) {
	text, err := exec.Command("go", "mod", "edit", "-json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var mod struct {
		Module           struct{ Path string }
		Replace, Exclude []any
	}
	if err := json.Unmarshal(text, &mod); err != nil || len(mod.Replace)+len(mod.Exclude) > 0 || mod.Module.Path+"/" != module {
		t.Errorf("%v: go.mod is of %q, replaces %v and excludes %v", err, mod.Module.Path, mod.Replace, mod.Exclude)
	}
	list := exec.Command("go", "list", "-deps", "-mod=readonly", "./cmd/...")
	list.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	if said, err := list.CombinedOutput(); err != nil || !strings.Contains(string(said), module+"cmd/tracelab\n") {
		t.Errorf("outside of the workspace: %v: %s", err, said)
	}
}

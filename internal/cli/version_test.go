package cli

import (
	"runtime/debug"
	"strings"
	"testing"
)

func TestVersion(t *testing.T) {
	revision := debug.BuildSetting{Key: "vcs.revision", Value: "a59ac00f1c2d3e4f5061728394a5b6c7d8e9f001"}
	for want, info := range map[string]debug.BuildInfo{
		"tracelab v1.2.3, built with go1.26.8 for ": {GoVersion: "go1.26.8", Main: debug.Module{Version: "v1.2.3"}, Settings: []debug.BuildSetting{revision}},
		"tracelab (devel), built with go1.26.8 for ": {GoVersion: "go1.26.8", Main: debug.Module{Version: "(devel)"},
			Settings: []debug.BuildSetting{{Key: "vcs.modified", Value: "false"}}},
		"tracelab (devel) of revision a59ac00f1c2d, changed since, built with go1.26.8 for ": {GoVersion: "go1.26.8",
			Settings: []debug.BuildSetting{revision, {Key: "vcs.modified", Value: "true"}}},
		"tracelab (devel) of revision a59, built with go1": {Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "a59"}}},
	} {
		if got := versionOf("tracelab", &info); !strings.HasPrefix(got, want) {
			t.Errorf("%q, want %q…", got, want)
		}
	}
	if got := version("gateway"); !strings.HasPrefix(got, "gateway ") {
		t.Errorf("%q", got)
	}
}

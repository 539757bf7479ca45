package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/alecthomas/kong"
)

// versionFlag is a flag of every program.
type versionFlag struct {
	Version kong.VersionFlag `help:"Print what this program was built from." env:"-"`
}

// version says what the running program was built from.
func version(name string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return versionOf(name, info)
}

// versionOf is the version of the module, the revision that was built where the
// version does not say it, and Go's.
func versionOf(name string, info *debug.BuildInfo) string {
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	text := name + " " + info.Main.Version
	if info.Main.Version == "" || info.Main.Version == "(devel)" {
		text = name + " (devel)"
		if revision := settings["vcs.revision"]; revision != "" {
			text += " of revision " + revision[:min(len(revision), 12)]
		}
		if settings["vcs.modified"] == "true" {
			text += ", changed since"
		}
	}
	if info.GoVersion == "" {
		info.GoVersion = runtime.Version()
	}
	return fmt.Sprintf("%s, built with %s for %s/%s", text, info.GoVersion, runtime.GOOS, runtime.GOARCH)
}

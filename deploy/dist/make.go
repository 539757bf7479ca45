package main

import (
	"context"
	"crypto/sha256"
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const sumsName = "SHA256SUMS"

// maker makes archives of the program pkg of the module in dir.
type maker struct {
	dir, pkg, out string

	archives []string // those that were made
}

// make builds the program for a system, checks it, and packs it with what belongs to
// it. It returns the name of the archive.
func (m *maker) make(ctx context.Context, t target) (string, error) {
	work, err := os.MkdirTemp("", "dist")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(work)
	binary := filepath.Join(work, t.program())
	if err := m.build(ctx, t, binary); err != nil {
		return "", err
	}
	if err := check(binary, t); err != nil {
		return "", err
	}
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return "", err
	}
	name := fmt.Sprintf("tracelab_%s_%s_%s", version(info), t.os, t.arch)
	licenses := filepath.Join(work, licensesName)
	if err := m.writeLicenses(ctx, t, licenses); err != nil {
		return "", err
	}
	files, err := m.files(name, binary, licenses)
	if err != nil {
		return "", err
	}
	archive := filepath.Join(m.out, name+suffix(t))
	if err := pack(archive, files, committed(info)); err != nil {
		return "", err
	}
	m.archives = append(m.archives, archive)
	return archive, nil
}

func (m *maker) build(ctx context.Context, t target, binary string) error {
	_, err := m.goCommand(ctx, t, "build", "-trimpath", "-buildvcs=auto", "-ldflags=-s -w", "-o", binary, m.pkg)
	return err
}

// goCommand runs the go command for a system with all that could make a difference set:
// nothing of the machine or of its settings is in the result. It returns what it prints.
func (m *maker) goCommand(ctx context.Context, t target, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = m.dir
	cmd.Env = append(os.Environ(), "GOOS="+t.os, "GOARCH="+t.arch, "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=", "GOEXPERIMENT=", "GOAMD64=v1", "GOARM64=v8.0")
	var wrong strings.Builder
	cmd.Stderr = &wrong
	printed, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", args[0], err, &wrong)
	}
	return printed, nil
}

// version is what the program says of itself.
func version(info *buildinfo.BuildInfo) string {
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	return "devel"
}

// committed is when what was built was committed: the time of all that is in an
// archive. Without it, it is the first one that zip knows.
func committed(info *buildinfo.BuildInfo) time.Time {
	for _, s := range info.Settings {
		if at, err := time.Parse(time.RFC3339, s.Value); s.Key == "vcs.time" && err == nil {
			return at.UTC()
		}
	}
	return time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
}

// files are what an archive has, in a folder of its name.
func (m *maker) files(name, binary, licenses string) ([]file, error) {
	files := []file{{name: name + "/" + filepath.Base(binary), mode: 0o755, from: binary}, {name: name + "/" + licensesName, mode: 0o644, from: licenses}}
	for _, beside := range []string{"LICENSE", "README.md"} {
		path := filepath.Join(m.dir, beside)
		if _, err := os.Stat(path); err != nil {
			return nil, err
		}
		files = append(files, file{name: name + "/" + beside, mode: 0o644, from: path})
	}
	return files, nil
}

// writeSums writes the sums of the archives as sha256sum --check reads them.
func (m *maker) writeSums() error {
	slices.Sort(m.archives)
	var text strings.Builder
	for _, archive := range m.archives {
		content, err := os.ReadFile(archive)
		if err != nil {
			return err
		}
		fmt.Fprintf(&text, "%x  %s\n", sha256.Sum256(content), filepath.Base(archive))
	}
	return os.WriteFile(filepath.Join(m.out, sumsName), []byte(text.String()), 0o644)
}

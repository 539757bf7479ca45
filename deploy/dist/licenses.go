package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

const licensesName = "THIRD-PARTY-LICENSES"

var (
	isLicense = regexp.MustCompile(`(?i)^(licen[cs]e|copying|unlicense)([-.].*)?$`)
	belongs   = regexp.MustCompile(`(?i)^(notice|copyright|patents|authors)([-.].*)?$`) // to a licence
)

// compiled is a package that a program has, as go list describes it.
type compiled struct {
	Dir      string
	Standard bool
	Module   *struct {
		Path, Version, Dir string
		Main               bool
	}
}

// others is a module of others that a program has, or Go, which has no folders but its own.
type others struct {
	name    string
	dir     string          // its root
	folders map[string]bool // of the packages that are compiled
}

// writeLicenses writes a file with the licences of all that the program for a system has
// from others: of each module of which a package is compiled, and of Go. A module without
// one is an error: who gives the program away would not know whether that is allowed.
func (m *maker) writeLicenses(ctx context.Context, t target, name string) error {
	modules, err := m.others(ctx, t)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	fmt.Fprintf(&text, "The program has parts of what is listed here, under the licences below.\n\n")
	for _, o := range modules {
		fmt.Fprintln(&text, o.name)
	}
	for _, o := range modules {
		if err := o.write(&text); err != nil {
			return err
		}
	}
	return os.WriteFile(name, text.Bytes(), 0o644)
}

// others are Go, and the modules by their names.
func (m *maker) others(ctx context.Context, t target) ([]*others, error) {
	list, err := m.goCommand(ctx, t, "list", "-deps", "-json=Dir,Standard,Module", m.pkg)
	if err != nil {
		return nil, err
	}
	known := map[string]*others{}
	for packages := json.NewDecoder(bytes.NewReader(list)); ; {
		var p compiled
		if err := packages.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		if p.Standard || p.Module == nil || p.Module.Main {
			continue
		}
		name := p.Module.Path + " " + p.Module.Version
		if known[name] == nil {
			known[name] = &others{name, p.Module.Dir, map[string]bool{}}
		}
		known[name].folders[p.Dir] = true
	}
	modules := slices.SortedFunc(maps.Values(known), func(a, b *others) int { return cmp.Compare(a.name, b.name) })
	itself, err := m.goItself(ctx, t)
	return append([]*others{itself}, modules...), err
}

// goItself is Go: its runtime and its library are in every program.
func (m *maker) goItself(ctx context.Context, t target) (*others, error) {
	said, err := m.goCommand(ctx, t, "env", "GOVERSION", "GOROOT")
	if err != nil {
		return nil, err
	}
	version, root, _ := strings.Cut(strings.TrimSpace(string(said)), "\n")
	return &others{name: "Go " + strings.TrimPrefix(version, "go"), dir: strings.TrimSpace(root)}, nil
}

// write writes the licences of its root, and those of packages that have others.
func (o *others) write(to *bytes.Buffer) error {
	files, err := o.files()
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(files, func(file string) bool { return isLicense.MatchString(filepath.Base(file)) }) {
		return fmt.Errorf("%s is compiled into the program, and %s has no licence: want a file LICENSE or COPYING, or do without the module", o.name, o.dir)
	}
	for _, file := range files {
		if err := o.append(to, file); err != nil {
			return err
		}
	}
	return nil
}

// files are those that say what may be done with it.
func (o *others) files() (files []string, err error) {
	folders := map[string]bool{o.dir: true}
	for folder := range o.folders {
		for ; len(folder) > len(o.dir); folder = filepath.Dir(folder) {
			folders[folder] = true
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		entries, err := os.ReadDir(folder)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if name := e.Name(); e.Type().IsRegular() && filepath.Ext(name) != ".go" && (isLicense.MatchString(name) || belongs.MatchString(name)) {
				files = append(files, filepath.Join(folder, name))
			}
		}
	}
	return files, nil
}

func (o *others) append(to *bytes.Buffer, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	name, err := filepath.Rel(o.dir, file)
	if err != nil {
		return err
	}
	line := strings.Repeat("-", 72)
	fmt.Fprintf(to, "\n%s\n%s: %s\n%s\n\n%s\n", line, o.name, filepath.ToSlash(name), line, bytes.TrimRight(text, "\r\n"))
	return nil
}

package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Group replaces files of one folder together: all of them, or none.
type Group struct {
	root    *os.Root
	changes []change
}

// change is of one file.
type change struct {
	name string
	part string // what comes in its place; empty: nothing does, or it is there already
	old  string // what the file that was there is called meanwhile; empty: none was, or it still has its name
	new  bool   // what has the name now is what was written
}

// NewGroup returns a Group of files of the folder root.
func NewGroup(root *os.Root) *Group { return &Group{root: root} }

// Write has write write what will come in the place of the file name. Until
// Commit nothing changes. A file that exists keeps its mode, and mode is for a new
// one. A symbolic link would be replaced itself.
func (g *Group) Write(name string, mode fs.FileMode, write func(io.Writer) error) error {
	part, err := replacement{g.root, name, mode}.stage(write)
	if err == nil {
		g.changes = append(g.changes, change{name: name, part: part})
	}
	return err
}

// Remove has Commit remove the file name, if there is one.
func (g *Group) Remove(name string) { g.changes = append(g.changes, change{name: name}) }

// Commit makes all changes. If one fails, it takes back those before it, and the
// files are what they were. The process must not be killed meanwhile; Ctrl-C and the
// like do not end it.
func (g *Group) Commit() error {
	defer holdSignals()()
	defer syncFolder(g.root, ".")
	for i := range g.changes {
		if err := g.swap(&g.changes[i]); err != nil {
			return errors.Join(failed(replacement{root: g.root, name: g.changes[i].name}.path(), err), g.takeBack())
		}
	}
	var err error
	for _, c := range g.changes {
		if c.old != "" {
			err = errors.Join(err, g.root.Remove(c.old))
		}
	}
	g.changes = nil
	return err
}

// Discard removes what was written and is not committed.
func (g *Group) Discard() {
	for _, c := range g.changes {
		if c.part != "" {
			g.root.Remove(c.part)
		}
	}
	g.changes = nil
}

func (g *Group) swap(c *change) error {
	aside := beside(c.name, ".old")
	switch err := g.root.Rename(c.name, aside); {
	case err == nil:
		c.old = aside
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if c.part == "" {
		return nil
	}
	if err := g.root.Rename(c.part, c.name); err != nil {
		return err
	}
	c.part, c.new = "", true
	return nil
}

// takeBack undoes what swap did, the last first. An error of it says where the
// earlier file is.
func (g *Group) takeBack() (err error) {
	for i := len(g.changes) - 1; i >= 0; i-- {
		c := &g.changes[i]
		switch {
		case c.old != "":
			if failed := g.root.Rename(c.old, c.name); failed != nil {
				err = errors.Join(err, fmt.Errorf("%s is now %s: %w", c.name, c.old, failed))
			}
		case c.new:
			err = errors.Join(err, g.root.Remove(c.name))
		}
		c.old, c.new = "", false
	}
	return err
}

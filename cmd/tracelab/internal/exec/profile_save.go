package exec

import (
	"io"
	"os"
	"path/filepath"

	"example.com/tracelab/exectrace/delay"
	"example.com/tracelab/internal/atomicfile"
	"example.com/tracelab/internal/cli"
)

// save writes the profile to the file that is asked for, or all to a directory.
func (c *profileCommand) save(out io.Writer, list []delay.Profile) error {
	if c.Kind != "all" {
		return save(out, c.Output, list[0].Write)
	}
	if err := os.MkdirAll(c.Output, 0o777); err != nil {
		return err
	}
	root, err := os.OpenRoot(c.Output)
	if err != nil {
		return err
	}
	defer root.Close()
	return saveAll(root, list)
}

// saveAll replaces the files of all profiles together: files of different traces
// beside each other would be compared as if they were of one.
func saveAll(root *os.Root, list []delay.Profile) error {
	group := atomicfile.NewGroup(root)
	defer group.Discard()
	for _, p := range list {
		name := string(p.Kind) + ".pb.gz"
		if err := atomicfile.Check(filepath.Join(root.Name(), name)); err != nil {
			return cli.Status{Code: cli.Usage, Err: err}
		}
		if err := group.Write(name, atomicfile.Public, p.Write); err != nil {
			return err
		}
	}
	return group.Commit()
}

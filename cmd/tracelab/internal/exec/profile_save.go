package exec

import (
	"io"
	"os"
	"path/filepath"

	"example.com/tracelab/exectrace/delay"
)

// save writes the profile to the file that is asked for, or all to a directory.
func (c *profileCommand) save(out io.Writer, list []delay.Profile) error {
	if c.Kind != "all" {
		return save(out, c.Output, list[0].Write)
	}
	if err := os.MkdirAll(c.Output, 0o777); err != nil {
		return err
	}
	for _, p := range list {
		if err := save(out, filepath.Join(c.Output, string(p.Kind)+".pb.gz"), p.Write); err != nil {
			return err
		}
	}
	return nil
}

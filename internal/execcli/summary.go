package execcli

import (
	"context"
	"fmt"
	"io"
)

type summaryCommand struct {
	source `embed:""`
	format `embed:""`
}

func (c *summaryCommand) Run(ctx context.Context, stdin io.Reader, out io.Writer) error {
	file, err := c.open(ctx, stdin)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = fmt.Fprintln(out, file.Format(), file.Size())
	return err
}

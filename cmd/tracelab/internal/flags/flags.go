// Package flags declares the flags that several verbs of tracelab have, once
// each: a verb embeds them.
package flags

import (
	"context"
	"errors"
	"fmt"

	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/labapi"
)

// Target is the server that a verb asks.
type Target struct {
	Server string `help:"The tracelab server. Default: the first of 127.0.0.1:9411 and :9412 that answers." placeholder:"URL"`
}

// Find returns a client of the server. When none answers, the exit status is
// cli.Unreachable; of a URL that cannot be meant it is cli.Usage.
func (f Target) Find(ctx context.Context) (*labapi.Client, error) {
	client, err := labapi.Find(ctx, f.Server)
	switch {
	case errors.Is(err, labapi.ErrURL):
		return nil, cli.Status{Code: cli.Usage, Err: fmt.Errorf("--server: %w", err)}
	case err != nil:
		return nil, cli.Status{Code: cli.Unreachable, Err: err}
	}
	return client, nil
}

// Trusted is a target that requires a secret from clients on other machines.
type Trusted struct {
	Target `embed:""`
	Token  string `help:"The secret that the server requires when it is on another machine. Set it by the variable." placeholder:"SECRET"`
}

// Find is Target.Find, with the secret.
func (f Trusted) Find(ctx context.Context) (*labapi.Client, error) {
	client, err := f.Target.Find(ctx)
	if err == nil {
		client.Token = f.Token
	}
	return client, err
}

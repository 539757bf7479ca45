package cli

import (
	"slices"

	"github.com/alecthomas/kong"
)

// exclusive has a flag that is given win over the variable of one that excludes it: the
// variable is a default, and nobody who gives --count means TRACELAB_DURATION as well.
func exclusive() kong.Option {
	return kong.WithBeforeReset(func(ctx *kong.Context) error {
		given := map[string]*kong.Flag{} // by the group of which only one may be
		for _, p := range ctx.Path {
			if p.Flag != nil {
				for _, group := range p.Flag.Xor {
					given[group] = p.Flag
				}
			}
		}
		excluded := func(f *kong.Flag) bool {
			return slices.ContainsFunc(f.Xor, func(group string) bool { return given[group] != nil && given[group] != f })
		}
		for _, f := range ctx.Flags() {
			if excluded(f) {
				f.Tag.Envs = nil
			}
		}
		return nil
	})
}

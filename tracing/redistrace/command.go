package redistrace

import (
	"strings"

	"github.com/redis/go-redis/v9"
)

// operation is the name of a command in capitals. What cannot be the name of one
// is left out: a program that mixes up its arguments must not record a value.
func operation(cmd redis.Cmder) string {
	name := cmd.Name()
	if name == "" || len(name) > 32 {
		return "COMMAND"
	}
	for _, c := range []byte(name) {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '.', c == '_', c == '-':
		default:
			return "COMMAND"
		}
	}
	return strings.ToUpper(name)
}

// setup reports whether a command makes a connection usable. A subscription
// sends such commands in the context of its caller. Old servers refuse some of
// them, which is no error of the caller's.
func setup(cmd redis.Cmder) bool {
	switch cmd.Name() {
	case "hello", "auth", "select", "readonly":
		return true
	case "client":
		return setupOfClient(cmd.Args())
	}
	return false
}

func setupOfClient(args []any) bool {
	if len(args) < 2 {
		return false
	}
	sub, _ := args[1].(string)
	switch strings.ToLower(sub) {
	case "setinfo", "setname", "tracking", "maint_notifications":
		return true
	}
	return false
}

func allSetup(cmds []redis.Cmder) bool {
	for _, cmd := range cmds {
		if !setup(cmd) {
			return false
		}
	}
	return true
}

// firstFailure looks behind an absent key, which go-redis reports as the error
// of the whole pipeline even where a command after it failed.
func firstFailure(err error, cmds []redis.Cmder) error {
	if err != redis.Nil {
		return err
	}
	for _, cmd := range cmds {
		if err := cmd.Err(); err != nil && err != redis.Nil {
			return err
		}
	}
	return nil
}

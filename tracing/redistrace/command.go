package redistrace

import (
	"strings"

	"github.com/redis/go-redis/v9"
)

// operation is the name of a command in capitals. What is the name of none is left out:
// it may be a value.
func operation(cmd redis.Cmder) string {
	if name, known := names[cmd.Name()]; known {
		return name
	}
	return "COMMAND"
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

// ofCluster reports whether a node is asked what its cluster is like, which a
// ClusterClient does in the context of whoever calls it next.
func ofCluster(cmd redis.Cmder) bool {
	switch args := cmd.Args(); cmd.Name() {
	case "command", "asking":
		return true
	case "cluster":
		return len(args) > 1 && (args[1] == "slots" || args[1] == "shards")
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

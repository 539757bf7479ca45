package hosts

import (
	"strconv"
	"strings"
)

// minPort is the least number that is taken for a port in a name: smaller ones are those
// of teams and of rooms.
const minPort = 1024

// withoutPort is a name with a * in the place of the port in its first label, or the
// name itself where none is.
func withoutPort(name string) string { return withPort(name, "*") }

// withPort is a name with another port in its first label, or the name itself where no
// port is: who forwards ports gives each a name with the port as the last part of the
// first label, or as its first. A name of two labels is somebody's own.
func withPort(name, port string) string {
	label, rest, _ := strings.Cut(name, ".")
	if !strings.Contains(rest, ".") {
		return name
	}
	if at := strings.LastIndexByte(label, '-'); at > 0 && isPort(label[at+1:]) {
		return label[:at+1] + port + "." + rest
	}
	if first, others, found := strings.Cut(label, "-"); found && isPort(first) {
		return port + "-" + others + "." + rest
	}
	return name
}

func isPort(text string) bool {
	n, err := strconv.ParseUint(text, 10, 16)
	return err == nil && n >= minPort && text[0] != '0' && text[0] != '+'
}

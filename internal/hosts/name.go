// Package hosts is about the names of a server: which Host headers it answers to, and
// how the caller of a request reaches what runs beside it.
package hosts

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"
)

// Name is a name that a server answers to, as it stands in a Host header, without the
// port. One that begins with a dot, such as .example.com, is all names below it. One
// whose first label has a port in it, as forwarded ports have (demo-9411.app.github.dev),
// is that name with any other port in its place as well. The empty one is none.
type Name string

// maxName is the longest name that DNS has, in bytes.
const maxName = 253

var isName = regexp.MustCompile(`^\.?([a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$`)

// UnmarshalText reads a name. It refuses what no Host header has, and all names
// below a single label: whoever has a name there could then have any other.
func (n *Name) UnmarshalText(text []byte) error {
	name := normal(strings.TrimSpace(string(text)))
	switch {
	case strings.TrimSpace(string(text)) == "":
	case !isName.MatchString(name) || len(name) > maxName:
		return fmt.Errorf("%.100q: want a name without scheme, port and *, such as traces.example.com, or .example.com for all names below it", text)
	case name[0] == '.' && strings.Count(name, ".") < 2:
		return fmt.Errorf("%.100q: the names below %s are anybody's: want at least two labels after the dot, such as .example.com", text, name[1:])
	}
	*n = Name(name)
	return nil
}

// allows reports whether the name is host, which is normal.
func (n Name) allows(host string) bool {
	switch {
	case n == "":
		return false
	case n[0] == '.':
		return strings.HasSuffix(host, string(n)) && len(host) > len(n)
	}
	return host == string(n) || withoutPort(host) != host && withoutPort(host) == withoutPort(string(n))
}

// Names are the names that a server answers to in addition to localhost, names below
// it, which browsers keep on this machine, and IP addresses, which need no DNS.
type Names []Name

// String is the names as flags and variables have them.
func (all Names) String() string {
	texts := make([]string, len(all))
	for i, n := range all {
		texts[i] = string(n)
	}
	return strings.Join(texts, ",")
}

// Allow reports whether the server answers to a Host header.
func (all Names) Allow(header string) bool {
	host := hostname(header)
	if isLocal(host) {
		return true
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	for _, n := range all {
		if n.allows(host) {
			return true
		}
	}
	return false
}

// isLocal reports whether a name is this machine's for whoever uses it.
func isLocal(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// hostname is the name in a Host header.
func hostname(header string) string {
	name, _ := split(header)
	return name
}

// split divides a Host header into its name and its port, which may be empty. A name
// is normal; an IPv6 address is without brackets.
func split(header string) (name, port string) {
	name = header
	if at := strings.LastIndexByte(header, ':'); at >= 0 && strings.Count(header, ":") == 1 || strings.Contains(header, "]:") {
		name, port = header[:at], header[at+1:]
	}
	return normal(strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")), port
}

// normal is a name as it is compared: names are the same in upper case, and with the
// dot of the root.
func normal(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

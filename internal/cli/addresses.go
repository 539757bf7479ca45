package cli

import "strings"

// addresses are the arguments, and the values of flags and of their variables, that are URLs or
// addresses with more than a host and a port: what may hold a secret, however it is written.
func addresses(args, environ []string) (all []string) {
	for _, arg := range args {
		value := arg
		if strings.HasPrefix(arg, "-") {
			_, value, _ = strings.Cut(arg, "=")
		}
		all = append(all, value)
	}
	for _, entry := range environ {
		if name, value, _ := strings.Cut(entry, "="); strings.HasPrefix(name, environPrefix) {
			all = append(all, value)
		}
	}
	addresses := all[:0]
	for _, text := range all {
		if strings.Contains(text, "://") || strings.Contains(text, ":") && strings.ContainsAny(text, "@?") {
			addresses = append(addresses, text)
		}
	}
	return addresses
}

package hosts

import "fmt"

// Refusal says in a sentence why the server does not answer to a Host header, and what
// makes it answer; it is empty where the server does. It does not say which names are
// allowed: who asks may be a page of another site.
func (all Names) Refusal(header string) string {
	if all.Allow(header) {
		return ""
	}
	host := hostname(header)
	why := fmt.Sprintf("the host %.260q is not one that this server answers to, or a page of another site could read it through a browser", header)
	var name Name
	if host == "" || name.UnmarshalText([]byte(host)) != nil || host[0] == '.' {
		return why + ": open it as localhost or by its IP address"
	}
	return why + ": open it as localhost or by its IP address, or start it with --allow-hosts=" + host +
		" or the variable TRACELAB_ALLOW_HOSTS=" + host + " (commas between several names)"
}

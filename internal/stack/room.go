package stack

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"

	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/redact"
)

// Room is how people on other machines reach the stack: its gateway and its server.
// All else stays on loopback.
type Room struct {
	Bind       string      `help:"Address of the gateway and of the server: 0.0.0.0 is all that this machine has, for a room. The other pieces stay on loopback." default:"127.0.0.1" placeholder:"ADDRESS"`
	AllowHosts hosts.Names `help:"Names that the pages, the API and the debug ports answer to, beside localhost and IP addresses; .example.com: all below it." placeholder:"NAME"`
	GatewayURL string      `name:"gateway-url" help:"The gateway for others, where its address is not this machine's: what the pages tell visitors to curl." placeholder:"URL"`
	UIURL      string      `name:"ui-url" help:"The pages for others, likewise: where the traceUrl of each answer leads." placeholder:"URL"`
	Token      string      `help:"Secret with which other machines may inject faults for all and read execution traces. Set it by the variable. Default: a new one, which is printed where it is needed." placeholder:"SECRET"`
}

// isToken is what a header can carry as it is.
var isToken = regexp.MustCompile(`^[!-~]+$`)

func (r Room) validate() error {
	if _, err := r.address(); err != nil {
		return err
	}
	for flag, text := range map[string]string{"gateway-url": r.GatewayURL, "ui-url": r.UIURL} {
		if u, err := url.Parse(text); text != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
			return fmt.Errorf("--%s %q: want a URL like https://demo.example.com", flag, redact.Text(text))
		}
	}
	if r.Token != "" && !isToken.MatchString(r.Token) {
		return fmt.Errorf("--token: want printable ASCII without spaces")
	}
	return nil
}

// address is what Bind means.
func (r Room) address() (netip.Addr, error) {
	if text := cmp.Or(r.Bind, "localhost"); text != "localhost" {
		address, err := netip.ParseAddr(text)
		if err != nil {
			return address, fmt.Errorf("--bind %.100q: want an IP address of this machine, such as 0.0.0.0 for all that it has", text)
		}
		return address, nil
	}
	return loopbackLike(netip.IPv4Unspecified()), nil
}

// token is the secret, and whether it is to be printed: who chose it knows it, and
// without a way in from other machines nobody needs it.
func (r Room) token() (secret string, print bool) {
	address, _ := r.address()
	open := !address.IsLoopback() || len(r.AllowHosts) > 0 || r.GatewayURL+r.UIURL != ""
	return cmp.Or(r.Token, rand.Text()), open && r.Token == ""
}

// maxShared bounds the addresses that are printed.
const maxShared = 3

// shared are the hosts by which other machines reach what listens on an address.
func shared(listens netip.Addr) (found []string) {
	if listens.IsLoopback() {
		return nil
	}
	if !listens.IsUnspecified() {
		return []string{listens.String()}
	}
	own, _ := net.InterfaceAddrs() // without an error more is printed, and nothing depends on it
	for _, a := range own {
		network, ok := a.(*net.IPNet)
		if !ok {
			continue
		}
		ip, _ := netip.AddrFromSlice(network.IP)
		if ip = ip.Unmap(); ip.Is4() && !ip.IsLoopback() && !ip.IsLinkLocalUnicast() && len(found) < maxShared {
			found = append(found, ip.String())
		}
	}
	return found
}

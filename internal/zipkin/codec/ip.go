package codec

import (
	"net/netip"
	"strconv"
	"strings"

	"example.com/tracelab/internal/zipkin"
)

// setIP sets the address s in e, IPv4 or IPv6, and ignores what is no address. An IPv4 address embedded in an IPv6 one counts as IPv4 when it is
// written with dots. The IPv4 text is unchanged, the IPv6 text made canonical.
func setIP(e *zipkin.Endpoint, s string) {
	if isIPv4(s) {
		e.IPv4 = s
		return
	}
	prefix, dotted := "", s
	if colon := strings.LastIndexByte(s, ':'); colon >= 0 {
		prefix, dotted = s[:colon+1], s[colon+1:]
	}
	switch {
	case strings.Trim(s, "0123456789abcdefABCDEF:.") != "":
	case isIPv4(dotted) && embedsIPv4(prefix):
		e.IPv4 = dotted
	case strings.Contains(s, "."):
	default:
		if a, err := netip.ParseAddr(shortGroups(s)); err == nil {
			e.IPv6 = formatIPv6(a.As16())
		}
	}
}

// setIPBytes sets the address b in e, IPv4 or IPv6 by its length, and ignores
// other lengths. Sixteen bytes that begin with twelve zeros are IPv4, but for ::1.
func setIPBytes(e *zipkin.Endpoint, b string) {
	switch {
	case len(b) == 4:
		e.IPv4 = formatIPv4(b)
	case len(b) != 16:
	case strings.Trim(b[:12], "\x00") == "" && b[12:] != "\x00\x00\x00\x01":
		e.IPv4 = formatIPv4(b[12:])
	default:
		e.IPv6 = formatIPv6([16]byte([]byte(b)))
	}
}

func formatIPv4(b string) string {
	return netip.AddrFrom4([4]byte([]byte(b))).String()
}

// shortGroups drops the zeros by which a group is longer than four digits:
// Zipkin reads such a group, netip does not.
func shortGroups(s string) string {
	groups := strings.Split(s, ":")
	for i, g := range groups {
		for len(g) > 4 && g[0] == '0' {
			g = g[1:]
		}
		groups[i] = g
	}
	return strings.Join(groups, ":")
}

// embedsIPv4 reports whether what stands before a dotted address leaves it an
// IPv4 address: nothing, "::", or "::ffff:" and "::0000:".
func embedsIPv4(prefix string) bool {
	switch {
	case prefix == "", prefix == "::":
		return true
	case len(prefix) != len("::ffff:") || prefix[:2] != "::":
		return false
	}
	return strings.Trim(prefix[2:6], "fF0") == ""
}

// isIPv4 allows leading zeros, which netip does not.
func isIPv4(s string) bool {
	words, digits, n := 1, 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case '0' <= c && c <= '9':
			n = n*10 + int(c-'0')
			if digits++; digits > 3 || n > 255 {
				return false
			}
		case c == '.' && digits > 0:
			words, digits, n = words+1, 0, 0
		default:
			return false
		}
	}
	return words == 4 && digits > 0
}

// formatIPv6 writes an address as Zipkin does, which is not RFC 5952: the
// first longest run of zeros is left out even when it is one group, and a run
// at the end only when there is no other.
func formatIPv6(a [16]byte) string {
	var groups [8]uint16
	for i := range groups {
		groups[i] = uint16(a[2*i])<<8 | uint16(a[2*i+1])
	}
	from, to := zeroRun(groups)
	b := make([]byte, 0, 39)
	for i := 0; i < 8; i++ {
		if i == from {
			b = append(b, "::"...)
			i = to - 1
			continue
		}
		if i != 0 && i != to {
			b = append(b, ':')
		}
		b = strconv.AppendUint(b, uint64(groups[i]), 16)
	}
	return string(b)
}

// zeroRun is the run of groups to leave out, -1 when there is none.
func zeroRun(groups [8]uint16) (from, to int) {
	from, to = -1, -1
	for i := 0; i < 8; i++ {
		end := i
		for end < 8 && groups[end] == 0 {
			end++
		}
		if end-i > to-from && (end < 8 || from < 0) {
			from, to = i, end
		}
		i = end
	}
	return from, to
}

package codec

import (
	"testing"

	"example.com/tracelab/internal/zipkin"
)

func TestSetIP(t *testing.T) {
	v4, v6 := func(s string) zipkin.Endpoint { return zipkin.Endpoint{IPv4: s} }, func(s string) zipkin.Endpoint { return zipkin.Endpoint{IPv6: s} }
	none := zipkin.Endpoint{}
	for s, want := range map[string]zipkin.Endpoint{
		"1.2.3.4": v4("1.2.3.4"), "1.2.3.04": v4("1.2.3.04"), "001.002.003.004": v4("001.002.003.004"),
		"256.1.1.1": none, "1.2.3": none, "1.2.3.4.5": none, "1..2.3": none, "1.2.3.a": none, "1.2.3.4:80": none, "1.2.3.0004": none, "+1.2.3.4": none,
		"::ffff:1.2.3.4": v4("1.2.3.4"), "::FFFF:1.2.3.4": v4("1.2.3.4"), "::0000:1.2.3.4": v4("1.2.3.4"), "::1.2.3.4": v4("1.2.3.4"),
		":1.2.3.4": none, "::0:1.2.3.4": none, "64:ff9b::1.2.3.4": none, "xxffff:1.2.3.4": none,
		"::ffff:102:304": v6("::ffff:102:304"), "2001:DB8::C001": v6("2001:db8::c001"), "::": v6("::"), "::1": v6("::1"), "1::": v6("1::"),
		"2001:db8:0:1:1:1:1:1": v6("2001:db8::1:1:1:1:1"), "2001:0:0:4:0:0:0:0": v6("2001::4:0:0:0:0"), "2001:0:0:4:0:0:0:8": v6("2001:0:0:4::8"),
		"1:2:3:4:5:6:7:0": v6("1:2:3:4:5:6:7::"), "0:1:2:3:4:5:6:7": v6("::1:2:3:4:5:6:7"), "00001::": v6("1::"),
		"fe80::1%eth0": none, "1:2:3:4:5:6:7": none, "1::2::3": none, "12345::": none, "": none, "abc": none, ":": none, "1": none,
	} {
		var got zipkin.Endpoint
		if setIP(&got, s); got != want {
			t.Errorf("setIP(%q): %+v, want %+v", s, got, want)
		}
	}
}

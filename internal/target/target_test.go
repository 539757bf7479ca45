package target_test

import (
	"strings"
	"testing"

	"example.com/tracelab/internal/target"
)

func TestParse(t *testing.T) {
	policy, err := target.NewPolicy([]string{"thirdparty=127.0.0.1:8083", "internal.example:80"})
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]string{ // URL: what the refusal says, or "" when it is taken
		"https://go.dev/":                         "",
		"http://1.1.1.1/":                         "",
		"http://[2606:4700:4700::1111]/":          "",
		"http://127.0.0.1:8083/get":               "",
		"http://internal.example/":                "",
		"go.dev":                                  "no scheme",
		"":                                        "no scheme",
		"//go.dev/":                               "no scheme",
		"file:///etc/passwd":                      `scheme "file"`,
		"gopher://go.dev/":                        `scheme "gopher"`,
		"http://":                                 "names no host",
		"http://:80/":                             "names no host",
		"http://a b/":                             "not a URL",
		"http://bob:secret@go.dev/":               "user name or password",
		"http://bob:secret@go.dev:port/":          "not a URL",
		"http://go.dev:port/?key=secret":          "not a URL",
		"go.dev?key=secret":                       "no scheme",
		"http:///bob:secret@go.dev":               "names no host",
		"http:/bob:secret@go.dev":                 "names no host",
		"http//bob:secret@go.dev":                 "no scheme",
		"http:///?key=secret":                     "names no host",
		"http://127.0.0.1/":                       "not a public address",
		"http://127.0.0.1:8084/":                  "not a public address",
		"https://127.0.0.1:8084/":                 "not a public address",
		"http://localhost/":                       "not a public address",
		"http://LOCALHOST.:8083/":                 "not a public address",
		"http://x.localhost/":                     "not a public address",
		"http://10.0.0.1/":                        "not a public address",
		"http://192.168.1.5/":                     "not a public address",
		"http://172.16.0.1/":                      "not a public address",
		"http://100.64.0.1/":                      "not a public address",
		"http://169.254.169.254/":                 "not a public address",
		"http://0.0.0.0/":                         "not a public address",
		"http://[::]/":                            "not a public address",
		"http://[::1]/":                           "not a public address",
		"http://[::ffff:127.0.0.1]/":              "not a public address",
		"http://[::ffff:7f00:1]/":                 "not a public address",
		"http://[fe80::1%25eth0]/":                "not a public address",
		"http://[fd00:ec2::254]/":                 "not a public address",
		"http://[64:ff9b::7f00:1]/":               "not a public address",
		"http://2130706433/":                      "neither a host name nor an address",
		"http://0x7f000001/":                      "neither a host name nor an address",
		"http://127.1/":                           "neither a host name nor an address",
		"http://0x7f.1/":                          "neither a host name nor an address",
		"http://example.0/":                       "neither a host name nor an address",
		"http://x/" + strings.Repeat("a", 40_000): "40009 bytes long",
	}
	for raw, want := range tests {
		_, err := policy.Parse(raw)
		switch {
		case want == "" && err != nil:
			t.Errorf("Parse(%.60q) = %v; want it taken", raw, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("Parse(%.60q) = %v; want a refusal with %q", raw, err, want)
		case err != nil && strings.Contains(err.Error(), "secret"):
			t.Errorf("Parse(%.60q) repeats the password: %v", raw, err)
		}
	}
}

func TestASpaceInAQueryIsEscaped(t *testing.T) {
	policy, err := target.NewPolicy(nil)
	if err != nil {
		t.Fatal(err)
	}
	u, err := policy.Parse("http://go.dev/a b?c=d e")
	if err != nil || u.String() != "http://go.dev/a%20b?c=d%20e" {
		t.Errorf("%v, %v", u, err)
	}
}

func TestNewPolicyRefusesWhatIsNoHostAndPort(t *testing.T) {
	for _, entry := range []string{"", "host", "a=host", ":80", "http://host:80"} {
		if _, err := target.NewPolicy([]string{entry}); err == nil {
			t.Errorf("NewPolicy(%q) was accepted", entry)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"https://go.dev/", "http://[::ffff:127.0.0.1]/", "http://0x7f.1/", "http://a@b/", "http://%zz/"} {
		f.Add(seed)
	}
	policy, err := target.NewPolicy(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := policy.Parse(raw)
		if err == nil && (u.Hostname() == "" || u.User != nil) {
			t.Errorf("Parse(%q) took a URL without a host, or with a user", raw)
		}
	})
}

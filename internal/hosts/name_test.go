package hosts_test

import (
	"strings"
	"testing"

	"example.com/tracelab/internal/hosts"
)

func TestAllow(t *testing.T) {
	allowed := hosts.Names{"", "tracelab", ".ngrok-free.app", "demo-9411.app.github.dev", "9411-team.ws.gitpod.io", "team-2.example.com"}
	for host, want := range map[string]bool{
		"localhost": true, "localhost:9411": true, "LOCALHOST:9411": true, "localhost.": true, "a.localhost:1": true,
		"127.0.0.1:9411": true, "192.168.1.7": true, "[::1]:9411": true, "[::1]": true, "[fe80::1%25eth0]:80": true,
		"tracelab": true, "Tracelab:9412": true, "tracelab.": true,
		"evil.example": false, "evil.example:9411": false, "localhost.evil.example": false, "notlocalhost": false,
		"127.0.0.1.evil.example": false, "": false, ":80": false, "tracelab.evil.example": false,

		// All names below one.
		"a1b2.ngrok-free.app": true, "a.b.ngrok-free.app:443": true,
		"ngrok-free.app": false, ".ngrok-free.app": false, "evilngrok-free.app": false, "a.ngrok-free.app.evil.example": false,

		// The ports of one name.
		"demo-9411.app.github.dev": true, "demo-8080.app.github.dev": true, "demo-6080.app.github.dev:443": true, "8080-team.ws.gitpod.io": true,
		"demo.app.github.dev": false, "other-9411.app.github.dev": false, "demo-x.app.github.dev": false, "demo-99999.app.github.dev": false,
		"demo-8080.evil.example": false, "team-8080.ws.gitpod.io": false, "demo-*.app.github.dev": false, "demo-+8080.app.github.dev": false,
		"team-2.example.com": true, "team-3.example.com": false,
	} {
		if got := allowed.Allow(host); got != want {
			t.Errorf("%q: allowed %v, want %v", host, got, want)
		}
		if got := allowed.Refusal(host) == ""; got != want {
			t.Errorf("%q: no refusal %v, want %v", host, got, want)
		}
	}
}

func TestNamesAreRead(t *testing.T) {
	for text, want := range map[string]hosts.Name{
		"": "", " Traces.Example.COM. ": "traces.example.com", ".Example.com": ".example.com", "laptop": "laptop", "my_box-1.lan": "my_box-1.lan",
	} {
		var n hosts.Name
		if err := n.UnmarshalText([]byte(text)); err != nil || n != want {
			t.Errorf("%q: %q, %v; want %q", text, n, err, want)
		}
	}
	for text, says := range map[string]string{
		"https://x.example": "without scheme", "x.example:9411": "port", "*.example.com": ".example.com for all", "*": "without", "a b": "without",
		"..a.b": "without", "x..y": "without", "-x.y": "without", "a/b": "without", "\x1b[31m": "without", strings.Repeat("a.", 130) + "a": "without",
		".": "without", " . ": "without", ".com": "anybody's", ".local": "below local",
	} {
		n := hosts.Name("before")
		if err := n.UnmarshalText([]byte(text)); err == nil || !strings.Contains(err.Error(), says) || n != "before" {
			t.Errorf("%q: %q, %v; want an error with %q", text, n, err, says)
		}
	}
}

// TestTheAdviceOfARefusalWorks follows it.
func TestTheAdviceOfARefusalWorks(t *testing.T) {
	for _, host := range []string{"demo-9411.app.github.dev", "A1.ngrok-free.app:443", "laptop.local:9411", "9411-team.ws.gitpod.io."} {
		said := hosts.Names(nil).Refusal(host)
		for _, before := range []string{"--allow-hosts=", "TRACELAB_ALLOW_HOSTS="} {
			_, rest, found := strings.Cut(said, before)
			var n hosts.Name
			if err := n.UnmarshalText([]byte(strings.Fields(rest + " .")[0])); !found || err != nil || !(hosts.Names{n}).Allow(host) {
				t.Errorf("%q: it says %q, %v", host, said, err)
			}
		}
	}
	for _, odd := range []string{"", "$(reboot)", "a;b.example", "*.example.com", ".example.com", "a'b"} {
		if said := hosts.Names(nil).Refusal(odd); said == "" || strings.Contains(said, "--allow-hosts") {
			t.Errorf("%q: it says %q", odd, said)
		}
	}
	if said := (hosts.Names{"secret.example.com"}).Refusal("evil.example"); strings.Contains(said, "secret") {
		t.Errorf("it says which names are allowed: %s", said)
	}
}

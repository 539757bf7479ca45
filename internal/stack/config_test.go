package stack_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/stack"
)

// TestAWrongSettingIsSaidFirst, by its flag and its value, before anything starts. A URL's
// password is not told.
func TestAWrongSettingIsSaidFirst(t *testing.T) {
	for name, test := range map[string]struct {
		set  func(*stack.Config)
		want string
	}{
		"a sampler":              {func(c *stack.Config) { c.Sampler = "often" }, "often"},
		"a Zipkin without a URL": {func(c *stack.Config) { c.Zipkin = "zipkin:port" }, "--zipkin: "},
		"no time between saves":  {func(c *stack.Config) { c.KeepEvery = -time.Second }, "--keep-every -1s: want a duration such as 5m"},
		"a name to bind":         {func(c *stack.Config) { c.Bind = "myhost" }, `--bind "myhost": want an IP address of this machine`},
		"an address and a port":  {func(c *stack.Config) { c.Bind = "127.0.0.1:80" }, `--bind "127.0.0.1:80"`},
		"another's address":      {func(c *stack.Config) { c.Bind = "192.0.2.1" }, "--bind 192.0.2.1: no address of this machine"},
		"a URL without a scheme": {func(c *stack.Config) { c.GatewayURL = "demo.example.com" }, `--gateway-url "demo.example.com": want a URL like https://`},
		"another scheme":         {func(c *stack.Config) { c.UIURL = "ftp://demo.example.com" }, `--ui-url "ftp://demo.example.com"`},
		"a URL without a host":   {func(c *stack.Config) { c.UIURL = "https:///pages" }, "--ui-url"},
		"a URL that is none":     {func(c *stack.Config) { c.GatewayURL = "http://ann:S3CRET@[" }, "--gateway-url"},
		"a token of two words":   {func(c *stack.Config) { c.Token = "S3CRET S3CRET" }, "--token: want printable ASCII without spaces"},
		"a token of two lines":   {func(c *stack.Config) { c.Token = "S3CRET\n" }, "--token: want printable ASCII"},
		"a token in Greek":       {func(c *stack.Config) { c.Token = "μυστικό" }, "--token: want printable ASCII"},
		"a port that there is not": {func(c *stack.Config) { c.Ports.Writer = 70000 },
			"--port-writer 70000: want a port up to 65535"},
		"traces of a Zipkin": {func(c *stack.Config) { c.Zipkin, c.Keep = "http://127.0.0.1:1", "traces.json" }, "--keep traces.json: the traces are in the Zipkin at http://127.0.0.1:1"},
		"a folder to keep":   {func(c *stack.Config) { c.Keep = "/no/such/folder/traces.json" }, "--keep: "},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := stack.Config{Sampler: "always", Ports: stack.Ports{Server: new(int)}}
			test.set(&cfg)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			err := stack.Run(ctx, cfg, func(stack.Addresses) { cancel() })
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "S3CRET") {
				t.Errorf("Run: %v; want %q", err, test.want)
			}
		})
	}
}

// TestAnAddressThatIsNotHere is wrong use, for which a program ends with status 2.
func TestAnAddressThatIsNotHere(t *testing.T) {
	cfg := stack.Config{Sampler: "always", Ports: stack.Ports{Server: new(int)}, Room: stack.Room{Bind: "192.0.2.1"}}
	err := stack.Run(t.Context(), cfg, func(stack.Addresses) { t.Error("ready") })
	if status, ok := errors.AsType[cli.Status](err); !ok || status.Code != cli.Usage {
		t.Errorf("Run: %v; want status %d", err, cli.Usage)
	}
}

// TestWhatOthersAreTold is where they reach the stack, and the secret that they need, unless
// whoever gave it knows it.
func TestWhatOthersAreTold(t *testing.T) {
	const gateway, pages = "https://a1.example.com", "https://b2.example.com/lab"
	for name, test := range map[string]struct {
		room         stack.Room
		gateway, ui  string // that are told; "own": the address of the piece
		token, extra bool   // extra: addresses of this machine may be told too
	}{
		"nobody":           {},
		"this machine":     {room: stack.Room{Bind: "localhost"}},
		"its address":      {room: stack.Room{Bind: "127.0.0.1", Token: "s3cret"}},
		"a tunnel":         {room: stack.Room{GatewayURL: gateway + "/", UIURL: pages + "/"}, gateway: gateway, ui: pages, token: true},
		"of the pages":     {room: stack.Room{UIURL: pages}, gateway: "own", ui: pages, token: true},
		"of the gateway":   {room: stack.Room{GatewayURL: gateway, Token: "s3cret"}, gateway: gateway, ui: "own"},
		"a name":           {room: stack.Room{AllowHosts: hosts.Names{"lab.example.com"}}, token: true},
		"all it has":       {room: stack.Room{Bind: "0.0.0.0"}, token: true, extra: true},
		"a password in it": {room: stack.Room{UIURL: "https://ann:S3CRET@b2.example.com"}, gateway: "own", ui: "https://b2.example.com", token: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := up(t, func(c *stack.Config) { c.Room = test.room })
			if (s.Token != "") != test.token {
				t.Errorf("the token that is told is %q; want one: %t", s.Token, test.token)
			}
			want := []stack.Entry{}
			if test.ui != "" {
				e := stack.Entry{Gateway: test.gateway, UI: test.ui}
				if e.Gateway == "own" {
					e.Gateway = s.Gateway
				}
				if e.UI == "own" {
					e.UI = s.UI
				}
				want = append(want, e)
			}
			told := s.Shared
			if test.extra {
				told = nil
				if len(s.Shared) > 3 {
					t.Errorf("%d addresses are told: %+v", len(s.Shared), s.Shared)
				}
			}
			if len(told) != len(want) || len(want) == 1 && told[0] != want[0] {
				t.Errorf("told is %+v; want %+v", told, want)
			}
		})
	}
}

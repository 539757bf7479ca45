package server_test

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/server"
	"example.com/tracelab/internal/testbed/servertest"
)

// elsewhere has every connection come from another machine.
type elsewhere struct{ net.Listener }

func (l elsewhere) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	return fromElsewhere{conn}, err
}

type fromElsewhere struct{ net.Conn }

func (fromElsewhere) RemoteAddr() net.Addr {
	return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 4711}
}

func TestOnlyTheTrustedSwitch(t *testing.T) {
	for _, c := range []struct {
		name    string
		secret  string // the server's
		token   string // the caller's
		far     bool
		refused bool
	}{
		{name: "this machine", secret: "s3cret"},
		{name: "this machine, wrong token", secret: "s3cret", token: "other"},
		{name: "another machine", secret: "s3cret", far: true, refused: true},
		{name: "another machine, wrong token", secret: "s3cret", token: "s3cre", far: true, refused: true},
		{name: "another machine, token", secret: "s3cret", token: "s3cret", far: true},
		{name: "another machine, server without a token", far: true, refused: true},
		{name: "another machine, token of no server", token: "s3cret", far: true, refused: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := start(t, c.secret, c.far)
			if c.secret != "" {
				servertest.Connect(t, client.URL(), c.secret, labapi.Services()...)
			}
			client.Token = c.token
			ctx := t.Context()
			if _, err := client.Faults(ctx); err != nil {
				t.Errorf("what is on may be read by all: %v", err)
			}
			_, on := client.SwitchOn(ctx, labapi.SwitchOn{Switch: labapi.Switch{Faults: "writer=slow-disk"}})
			_, off := client.SwitchOff(ctx, labapi.SwitchOff{})
			_, mystery := client.StartMystery(ctx, labapi.MysteryStart{Level: 1})
			for what, err := range map[string]error{"switching on": on, "switching off": off, "a mystery": mystery} {
				if c.refused != (err != nil) || c.refused && !strings.Contains(err.Error(), "token") {
					t.Errorf("%s: %v", what, err)
				}
			}
		})
	}
}

func start(t *testing.T, secret string, far bool) *labapi.Client {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if far {
		ln = elsewhere{ln}
	}
	client, err := labapi.Find(t.Context(), servertest.Serve(t, server.Config{Token: secret}, ln))
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// TestAForwardedPortIsNotThisMachine although its connections come from it: who calls may
// be anywhere.
func TestAForwardedPortIsNotThisMachine(t *testing.T) {
	url := servertest.Start(t, server.Config{RoomToken: "s3cret", AllowHosts: hosts.Names{"a1.ngrok-free.app"}})
	for _, c := range []struct {
		name, host string
		headers    []string
		want       int
	}{
		{name: "this machine", want: 200},
		{name: "its address", host: "192.0.2.7:9411", want: 200},
		{name: "a name that is allowed", host: "a1.ngrok-free.app", want: 403},
		{name: "a name that is allowed, token", host: "a1.ngrok-free.app", headers: []string{"Authorization", "Bearer s3cret"}, want: 200},
		{name: "a proxy", headers: []string{"X-Forwarded-For", "192.0.2.1"}, want: 403},
		{name: "a proxy, token", headers: []string{"X-Forwarded-Host", "a1.ngrok-free.app", "Authorization", "Bearer s3cret"}, want: 200},
		{name: "a name that is not allowed, token", host: "evil.example", headers: []string{"Authorization", "Bearer s3cret"}, want: 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			if status, body := call(t, "GET", url+labapi.SnapshotsPath, c.host, "", c.headers...); status != c.want {
				t.Errorf("%d, want %d: %s", status, c.want, body)
			}
		})
	}
}

// call sends a request for a host, with headers, and returns the answer.
func call(t *testing.T, method, url, host, body string, headers ...string) (int, string) {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Host = host
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(answer)
}

// TestAPageOfAnotherSiteStartsNothing, though the browser is on this machine.
func TestAPageOfAnotherSiteStartsNothing(t *testing.T) {
	url := servertest.Start(t, server.Config{Token: secret})
	servertest.Connect(t, url, secret, labapi.Services()...)
	requests := []string{"POST " + labapi.MysteryPath + ` {"attendee":"ann"}`, "POST " + labapi.FaultsPath + ` {"faults":"writer=slow-disk"}`,
		"POST " + labapi.RoomPath + ` {"attendees":["ann"]}`, "POST " + labapi.MysteryAnswerPath + ` {"give_up":true}`, "DELETE " + labapi.RoomPath, "DELETE " + labapi.FaultsPath}
	for _, headers := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "http://evil.example"}, {"Origin", "null"}} {
		for _, request := range requests {
			method, rest, _ := strings.Cut(request, " ")
			path, body, _ := strings.Cut(rest, " ")
			if status, answer := call(t, method, url+path, "", body, headers...); status != 403 || !strings.Contains(answer, `"detail": "a cross-origin request: a browser says`) {
				t.Errorf("%s with %v: %d %s", request, headers, status, answer)
			}
		}
	}
	if _, room := call(t, "GET", url+labapi.RoomPath, "", ""); !strings.Contains(room, `"mysteries": []`) {
		t.Errorf("there is %s", room)
	}
	if status, answer := call(t, "POST", url+labapi.MysteryPath, "", `{"attendee":"ann"}`, "Origin", url, "Sec-Fetch-Site", "same-origin"); status != 200 {
		t.Errorf("its own page: %d %s", status, answer)
	}
}

// TestTheGatewayIsWhereTheCallerReachesIt as the API says it.
func TestTheGatewayIsWhereTheCallerReachesIt(t *testing.T) {
	url := servertest.Start(t, server.Config{GatewayURL: "http://localhost:8080"})
	for host, want := range map[string]string{"": "http://localhost:8080", "192.0.2.7:9411": "http://192.0.2.7:8080"} {
		req, err := http.NewRequest("GET", url+labapi.StackPath, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		var stack labapi.Stack
		if err := json.NewDecoder(resp.Body).Decode(&stack); err != nil || stack.Gateway != want {
			t.Errorf("asked as %q: %q, %v; want %q", host, stack.Gateway, err, want)
		}
		resp.Body.Close()
	}
}

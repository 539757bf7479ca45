package loadgen

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// TestTheSameReasonForTheSameFailure has real failures, of which each has a port
// of its own in its text.
func TestTheSameReasonForTheSameFailure(t *testing.T) {
	answers := map[string]func(net.Conn){
		"read: connection reset by peer":                         func(c net.Conn) { c.(*net.TCPConn).SetLinger(0) },
		"the connection was closed before the end of the answer": func(c net.Conn) {},
		"the connection was closed before the end of the answer ": func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
		},
		`net/http: HTTP/1.x transport connection broken: malformed HTTP response "\x1bgarbage"`: func(c net.Conn) {
			io.WriteString(c, "\x1bgarbage\n")
		},
	}
	for want, answer := range answers {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		go func() {
			for {
				c, err := ln.Accept()
				if err != nil {
					return
				}
				if n, _ := c.Read(make([]byte, 4096)); n > 0 {
					answer(c)
				}
				c.Close()
			}
		}()
		res, err := Run(t.Context(), Config{Variants: []Variant{{Request: request(t, "http://"+ln.Addr().String())}}, Rate: 1000, Count: 5, Concurrency: 5})
		if err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		if o := res.Variants[0]; o.Errors[strings.TrimSpace(want)] != 5 || o.Failed != 5 {
			t.Errorf("want %s: %+v", want, o)
		}
	}
}

func TestReasons(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	_, refused := net.Dial("tcp", ln.Addr().String())
	for _, test := range []struct {
		err  error
		want string
	}{
		{refused, "dial: connection refused"},
		{&net.OpError{Op: "dial", Err: &net.DNSError{Name: "nowhere.test", Err: "no such host"}}, "nowhere.test: no such host"},
		{fmt.Errorf("x: %w", context.DeadlineExceeded), "no answer within 1m0s"},
		{http.ErrServerClosed, "http: Server closed"},
		{fmt.Errorf("%0300d", 1), strings.Repeat("0", 199) + "…"},
	} {
		if got := reason(test.err); got != test.want {
			t.Errorf("%v: %s, want %s", test.err, got, test.want)
		}
	}
}

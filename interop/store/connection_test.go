package store

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// connection sends requests one after the other.
type connection struct {
	net.Conn
	answers *bufio.Reader
}

func dial(t testing.TB, addr string) *connection {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	return &connection{conn, bufio.NewReader(conn)}
}

// send sends a whole request and reads the whole answer.
func (c *connection) send(request []byte) (status int, body []byte, took time.Duration, err error) {
	began := time.Now()
	c.SetDeadline(began.Add(5 * time.Minute)) // a Zipkin with little heap collects garbage for long
	if _, err := c.Write(request); err != nil {
		return 0, nil, 0, err
	}
	resp, err := http.ReadResponse(c.answers, nil)
	if err != nil {
		return 0, nil, 0, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	return resp.StatusCode, body, time.Since(began), err
}

// get asks a question, a path with its query.
func (c *connection) get(question string) (body []byte, took time.Duration, err error) {
	status, body, took, err := c.send(fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: localhost\r\nUser-Agent: Go-http-client/1.1\r\n\r\n", question))
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("GET %s: %d: %.200s", question, status, body)
	}
	return body, took, err
}

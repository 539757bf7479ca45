package thirdparty

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is for what answers at once, on a machine however busy.
const patience = 30 * time.Second

// serving is the address of a third party that runs until the test ends.
func serving(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- Serve(ctx, ln) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return ln.Addr().String()
}

// send sends a GET and returns what reads the answer, for at most limit.
func send(t *testing.T, addr, path string, limit time.Duration) *bufio.Reader {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(limit))
	io.WriteString(conn, "GET "+path+" HTTP/1.1\r\nHost: "+addr+"\r\n\r\n")
	return bufio.NewReader(conn)
}

func TestConnectionsThatFail(t *testing.T) {
	addr := serving(t)
	if b, err := send(t, addr, "/connection/reset", patience).ReadByte(); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("reset: %q, %v", b, err)
	}
	if b, err := send(t, addr, "/connection/silent", 200*time.Millisecond).ReadByte(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("silent: %q, %v", b, err)
	}
	resp, err := http.ReadResponse(send(t, addr, "/connection/cut", patience), nil)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(resp.Body); resp.StatusCode != 200 || !errors.Is(err, io.ErrUnexpectedEOF) || 2*len(body) != int(resp.ContentLength) {
		t.Errorf("cut: %s, %d of %d bytes, %v", resp.Status, len(body), resp.ContentLength, err)
	}
}

func TestAConnectionThatIsSlow(t *testing.T) {
	addr := serving(t)
	// The first byte comes long before the last one would; the answer does not keep the program.
	if _, err := send(t, addr, "/connection/slow?duration=30s", longest/2).ReadByte(); err != nil {
		t.Errorf("the first byte: %v", err)
	}
	began := time.Now() // before the server can have the request
	resp, err := http.ReadResponse(send(t, addr, "/connection/slow?duration=300ms", patience), nil)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(resp.Body); err != nil || string(body) != "slow\n" || time.Since(began) < 290*time.Millisecond {
		t.Errorf("%s, %q, %v after %s", resp.Status, body, err, time.Since(began))
	}
	send(t, addr, "/connection/slow?duration=30", time.Minute).ReadByte() // seconds, without the unit
	for _, wrong := range []string{"1h", "-1s", "soon", "31"} {
		resp, err := http.ReadResponse(send(t, addr, "/connection/slow?duration="+wrong, patience), nil)
		if err != nil || resp.StatusCode != 400 {
			t.Errorf("duration=%s: %v, %v", wrong, resp, err)
		}
	}
}

func TestOtherConnections(t *testing.T) {
	addr := serving(t)
	for path, want := range map[string]int{"/connection/": 404, "/connection/nope": 404, "/get": 200, "/readyz": 200, "/status/418": 418} {
		resp, err := http.Get("http://" + addr + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != want || want == 404 && !strings.Contains(string(body), "/connection/slow") {
			t.Errorf("%s: %s %s", path, resp.Status, body)
		}
	}
}

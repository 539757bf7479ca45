package frameworks

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"testing"
	"time"

	coder "github.com/coder/websocket"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	gorilla "github.com/gorilla/websocket"
	"github.com/tmaxmax/go-sse"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/h2c"
	xnet "golang.org/x/net/websocket"

	"example.com/tracelab/tracing"
)

// The same echo by four libraries.
var (
	byGorilla = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := (&gorilla.Upgrader{}).Upgrade(w, r, nil)
		if err != nil {
			return // it has answered
		}
		defer conn.Close()
		kind, message, err := conn.ReadMessage()
		if err == nil {
			conn.WriteMessage(kind, message)
		}
	})
	byCoder = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := coder.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer conn.CloseNow()
		if kind, message, err := conn.Read(r.Context()); err == nil {
			conn.Write(r.Context(), kind, message)
			conn.Close(coder.StatusNormalClosure, "")
		}
	})
	byGobwas = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, _, _, err := ws.UpgradeHTTP(r, w)
		if err != nil {
			return
		}
		defer conn.Close()
		if message, op, err := wsutil.ReadClientData(conn); err == nil {
			wsutil.WriteServerMessage(conn, op, message)
		}
	})
	byNet = xnet.Handler(func(conn *xnet.Conn) { io.CopyN(conn, conn, 5) })
)

// say says hello to an echo, through the client's transport.
func say(t *testing.T, w *world, at string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	conn, resp, err := coder.Dial(ctx, at, &coder.DialOptions{HTTPClient: w.client(), HTTPHeader: http.Header{"Origin": {at}}})
	if err != nil {
		return fmt.Sprint("no connection: ", resp.Status)
	}
	defer conn.CloseNow()
	if err := conn.Write(ctx, coder.MessageText, []byte("hello")); err != nil {
		return err.Error()
	}
	_, message, err := conn.Read(ctx)
	return fmt.Sprintf("%s %q %v", resp.Status, message, err)
}

func TestWebSocket(t *testing.T) {
	both := []string{"CLIENT GET 101", "SERVER GET 101"}
	tests := map[string]test{}
	for name, echo := range map[string]http.Handler{"gorilla": byGorilla, "coder": byCoder, "gobwas": byGobwas, "x/net": byNet} {
		serve := func(w *world) http.Handler { return w.handler(echo) }
		tests[name] = test{serve, say, both}
		tests[name+" behind a proxy"] = test{func(w *world) http.Handler {
			return proxy(t, w, w.handler(echo))
		}, say, []string{"CLIENT GET 101", "CLIENT GET 101", "SERVER GET 101", "SERVER GET 101"}}
	}
	for name, echo := range map[string]http.Handler{"gorilla": byGorilla, "coder": byCoder, "gobwas": byGobwas} {
		tests[name+" within a time limit"] = test{func(w *world) http.Handler {
			return http.TimeoutHandler(w.handler(echo), time.Minute, "")
		}, say, cannot(name)}
		tests[name+", a request of another kind"] = test{func(w *world) http.Handler { return w.handler(echo) }, get("/"), refused[name]}
		tests[name+", an old version"] = test{func(w *world) http.Handler { return w.handler(echo) },
			get("/", "Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "7", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), old[name]}
	}
	run(t, tests)
}

// What the libraries answer where they do not switch protocols.
var (
	refused = map[string][]string{
		"gorilla": {"CLIENT GET 400", "SERVER GET 400"},
		"coder":   {"CLIENT GET 426", "SERVER GET 426"},
		"gobwas":  {"CLIENT GET 400", "SERVER GET 400"},
	}
	old = map[string][]string{
		"gorilla": {"CLIENT GET 400", "SERVER GET 400"},
		"coder":   {"CLIENT GET 400", "SERVER GET 400"},
		"gobwas":  {"CLIENT GET 426", "SERVER GET 426"},
	}
)

func cannot(library string) []string {
	switch library {
	case "coder":
		return []string{"CLIENT GET 501 UNIMPLEMENTED", "SERVER GET 501 UNIMPLEMENTED"}
	}
	return []string{"CLIENT GET 500 INTERNAL", "SERVER GET 500 INTERNAL"}
}

// proxy is a traced reverse proxy before a server of h.
func proxy(t *testing.T, w *world, h http.Handler) http.Handler {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: h}
	go srv.Serve(ln)
	t.Cleanup(func() { srv.Close() })
	p := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: ln.Addr().String()})
	p.Transport = w.transport
	return w.handler(p)
}

// stream writes until a flush fails.
func stream(w *world) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) {
		control := http.NewResponseController(rw)
		for {
			io.WriteString(rw, "data: x\n\n")
			if err := control.Flush(); err != nil {
				w.ended <- "a flush failed"
				return
			}
		}
	}
}

func TestReverseProxy(t *testing.T) {
	serve := func(w *world) http.Handler {
		mux := http.NewServeMux()
		mux.HandleFunc("/stream", stream(w))
		mux.HandleFunc("/trailers", func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "x")
			w.(http.Flusher).Flush()
			w.Header().Set(http.TrailerPrefix+"Sum", "1")
		})
		mux.HandleFunc("/breaks", func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "x")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		})
		return proxy(t, w, w.handler(mux))
	}
	run(t, map[string]test{
		"trailers":       {serve, get("/trailers"), []string{"CLIENT GET 200", "CLIENT GET 200", "SERVER GET /trailers 200", "SERVER GET 200"}},
		"nothing there":  {serve, get("/elsewhere"), []string{"CLIENT GET 404", "CLIENT GET 404", "SERVER GET 404", "SERVER GET 404"}},
		"a stream's end": {serve, leave("/stream"), []string{"CLIENT GET 200", "CLIENT GET 200 CANCELLED", "SERVER GET /stream 200 CANCELLED", "SERVER GET 200 CANCELLED"}},
		"an abort":       {serve, get("/breaks"), []string{"CLIENT GET 200 UNKNOWN", "CLIENT GET 200 UNKNOWN", "SERVER GET /breaks 200 ABORTED", "SERVER GET 200 ABORTED"}},
	})
}

// TestHTTP2WithoutTLS is served by net/http itself and by x/net's h2c, inside of
// which each request has its span, and outside of which the connection has one.
func TestHTTP2WithoutTLS(t *testing.T) {
	mux := func(w *world) http.Handler {
		m := http.NewServeMux()
		m.HandleFunc("/hello", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") })
		m.HandleFunc("/stream", stream(w))
		return m
	}
	asking := func(ask func(*testing.T, *world, string) string) func(*testing.T, *world, string) string {
		return func(t *testing.T, w *world, url string) string {
			only := new(http.Protocols)
			only.SetUnencryptedHTTP2(true)
			return ask(t, w.with(&http.Transport{Protocols: only}), url)
		}
	}
	xnets := func(ask func(*testing.T, *world, string) string) func(*testing.T, *world, string) string {
		return func(t *testing.T, w *world, url string) string {
			return ask(t, w.with(&http2.Transport{AllowHTTP: true, DialTLSContext: func(ctx context.Context, network, addr string, _ *tls.Config) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, network, addr)
			}}), url)
		}
	}
	inside := func(w *world) http.Handler { return h2c.NewHandler(w.handler(mux(w)), &http2.Server{}) }
	std := func(w *world) http.Handler { return w.handler(mux(w)) }
	run(t, map[string]test{
		"net/http":                 {std, asking(get("/hello")), []string{"CLIENT GET 200", "SERVER GET /hello 200"}},
		"net/http, a stream's end": {std, asking(leave("/stream")), []string{"CLIENT GET 200", "SERVER GET /stream 200 CANCELLED"}},
		"x/net":                    {inside, xnets(get("/hello")), []string{"CLIENT GET 200", "SERVER GET /hello 200"}},
		"x/net, a stream's end":    {inside, xnets(leave("/stream")), []string{"CLIENT GET 200", "SERVER GET /stream 200 CANCELLED"}},
	})
}

// with sends by another transport.
func (w *world) with(base http.RoundTripper) *world {
	other := *w
	other.transport = base
	if _, ok := w.transport.(*tracing.Transport); ok {
		other.transport = &tracing.Transport{Base: base}
	}
	return &other
}

// TestServerSentEvents: go-sse looks for FlushError by itself.
func TestServerSentEvents(t *testing.T) {
	events := func(w *world) http.HandlerFunc {
		return func(rw http.ResponseWriter, r *http.Request) {
			session, err := sse.Upgrade(rw, r)
			if err != nil {
				http.Error(rw, "no events", 501)
				return
			}
			message := &sse.Message{}
			message.AppendData("x")
			for err == nil {
				if err = session.Send(message); err == nil {
					err = session.Flush()
				}
			}
			w.ended <- "a flush failed"
		}
	}
	subscribe := func(t *testing.T, w *world, url string) string {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, "GET", url, nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		conn := (&sse.Client{HTTPClient: w.client(), Backoff: sse.Backoff{MaxRetries: -1}}).NewConnection(r)
		conn.SubscribeToAll(func(e sse.Event) {
			if got = append(got, e.Data); len(got) == 2 {
				cancel()
			}
		})
		err = conn.Connect()
		return fmt.Sprint(got[:2], errors.Is(err, context.Canceled), " ", w.end())
	}
	run(t, map[string]test{
		"events": {func(w *world) http.Handler { return w.handler(events(w)) }, subscribe, []string{"CLIENT GET 200 CANCELLED", "SERVER GET 200 CANCELLED"}},
		"a writer that cannot flush": {func(w *world) http.Handler { return http.TimeoutHandler(w.handler(events(w)), time.Minute, "") }, get("/"),
			[]string{"CLIENT GET 501 UNIMPLEMENTED", "SERVER GET 501 UNIMPLEMENTED"}},
	})
}

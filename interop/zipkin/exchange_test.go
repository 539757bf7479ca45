package zipkin

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// request is one HTTP request as it stands on the wire: nothing escapes its
// path, adds a header to it or takes a body away from it.
type request struct {
	method string
	target string
	proto  string   // default HTTP/1.1
	header []string // lines
	body   string
	pack   func(string) string // what is done to the body once its names are known; may be nil
	again  bool                // sent once more, by a client that has the first answer and its tag
}

func get(target string) request { return request{method: "GET", target: target} }

// post is a POST of spans.
func post(body string) request {
	return request{method: "POST", target: "/api/v2/spans", body: body}.with("Content-Type: application/json")
}

// on is the same request with another method or another target.
func (r request) on(method, target string) request {
	r.method, r.target = method, target
	return r
}

// with is the request with more header lines. One that is there is replaced.
func (r request) with(lines ...string) request {
	kept := make([]string, 0, len(r.header)+len(lines))
	for _, old := range r.header {
		name, _, _ := strings.Cut(old, ":")
		if !strings.HasPrefix(lines[0], name+":") {
			kept = append(kept, old)
		}
	}
	r.header = append(kept, lines...)
	return r
}

// packed is the request with a body that is packed.
func (r request) packed(pack func(string) string) request {
	r.pack = pack
	return r
}

// in is the request with all its texts in the names of a scene, and packed.
func (r request) in(n names) request {
	r.target, r.body = n.text(r.target), n.text(r.body)
	if r.pack != nil {
		r.body, r.pack = r.pack(r.body), nil
	}
	header := make([]string, len(r.header))
	for i, line := range r.header {
		header[i] = n.text(line)
	}
	r.header = header
	return r
}

func (r request) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s %s %.200s", r.method, r.target, r.body))
}

func (r request) wire(host string) []byte {
	var b bytes.Buffer
	proto := r.proto
	if proto == "" {
		proto = "HTTP/1.1"
	}
	fmt.Fprintf(&b, "%s %s %s\r\nHost: %s\r\n", r.method, r.target, proto, host)
	chunked := false
	for _, line := range r.header {
		chunked = chunked || line == "Transfer-Encoding: chunked"
		b.WriteString(line + "\r\n")
	}
	switch {
	case chunked:
		fmt.Fprintf(&b, "\r\n%x\r\n%s\r\n0\r\n\r\n", len(r.body), r.body)
	case r.body != "" || r.method == "POST":
		fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(r.body), r.body)
	default:
		b.WriteString("\r\n")
	}
	return b.Bytes()
}

// reply is what of an answer must be the same from both servers.
type reply struct {
	status int
	header http.Header
	body   string // unpacked
}

// only is the reply with what counts of its body.
func (r reply) only(counts func(names, string) string, n names) reply {
	r.body = counts(n, r.body)
	r.header = r.header.Clone()
	r.header.Del("Content-Length")
	return r
}

// where is what of the reply says whether there is a page, and where.
func (r reply) where() reply {
	h := http.Header{}
	if at := r.header.Get("Location"); at != "" {
		h.Set("Location", at)
	}
	return reply{status: r.status, header: h}
}

// send makes the request on a connection of its own.
func (r request) send(addr string) (reply, error) {
	if r.proto == "HTTP/2.0" {
		return r.sendHTTP2(addr)
	}
	resp, body, err := r.exchange(addr)
	if tag := resp.Header.Get("Etag"); err == nil && r.again && tag != "" {
		resp, body, err = r.with("If-None-Match: " + tag).exchange(addr)
	}
	return reply{resp.StatusCode, judged(resp), body}, err
}

func (r request) exchange(addr string) (*http.Response, string, error) {
	nothing := &http.Response{Header: http.Header{}}
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nothing, "", err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(2 * time.Minute))
	// A server may answer, and hang up, before it has read a body.
	go conn.Write(r.wire(addr))
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: r.method})
	if err != nil {
		return nothing, "", err
	}
	defer resp.Body.Close()
	body, err := unpacked(resp)
	return resp, body, err
}

func unpacked(resp *http.Response) (string, error) {
	r := io.Reader(resp.Body)
	var err error
	switch resp.Header.Get("Content-Encoding") {
	case "gzip":
		r, err = gzip.NewReader(r)
	case "deflate":
		r, err = zlib.NewReader(r)
	}
	if err != nil {
		return "", err
	}
	body, err := io.ReadAll(r)
	return string(body), err
}

// judged are the headers that count: all but those about the connection, the
// hour, the make of the server and the parts that it would send of a document.
// Of a tag only its presence counts, and no length of what is packed, which
// each packs in its own way.
func judged(resp *http.Response) http.Header {
	h := resp.Header.Clone()
	for _, name := range []string{"Server", "Date", "Connection", "Keep-Alive", "Last-Modified", "Accept-Ranges"} {
		h.Del(name)
	}
	if h.Get("Etag") != "" {
		h.Set("Etag", "present")
	}
	if h.Get("Content-Encoding") != "" {
		h.Del("Content-Length")
	}
	return h
}

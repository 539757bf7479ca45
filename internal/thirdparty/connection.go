package thirdparty

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// longest bounds what a request can ask for, in time.
const longest = 30 * time.Second

// connections are the ways in which an answer fails, or is slow, at the level of
// its connection: what go-httpbin, which always answers well, has not.
func connections() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /connection/reset", reset)
	mux.HandleFunc("GET /connection/silent", silent)
	mux.HandleFunc("GET /connection/cut", cut)
	mux.HandleFunc("GET /connection/slow", slow)
	mux.HandleFunc("/connection/", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "there are GET /connection/reset, /connection/silent, /connection/cut and /connection/slow?duration=2s", http.StatusNotFound)
	})
	return mux
}

// reset ends the connection with a TCP reset, in place of an answer.
func reset(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	conn.Close()
}

// silent takes the request and sends nothing, until the caller goes or the
// bound is reached.
func silent(_ http.ResponseWriter, r *http.Request) {
	bound := time.NewTimer(longest)
	defer bound.Stop()
	select {
	case <-r.Context().Done():
	case <-bound.C:
	}
	panic(http.ErrAbortHandler) // which closes the connection
}

// cut sends half of the body that its header promises, and closes.
func cut(w http.ResponseWriter, _ *http.Request) {
	const half = "this is the first half of the answer; "
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Length", fmt.Sprint(2*len(half)))
	io.WriteString(w, half)
	http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// slow sends its header byte by byte, for as long as ?duration= says.
func slow(w http.ResponseWriter, r *http.Request) {
	took, err := duration(r, 2*time.Second)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(longest + time.Second))
	const body = "slow\n"
	header := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\nConnection: close\r\n\r\n", len(body))
	tick := time.NewTicker(max(1, took/time.Duration(len(header))))
	defer tick.Stop()
	for i := range header {
		select {
		case <-tick.C:
		case <-r.Context().Done(): // this program ends
			return
		}
		if _, err := io.WriteString(conn, header[i:i+1]); err != nil {
			return // the client has gone
		}
	}
	io.WriteString(conn, body)
}

// duration reads ?duration= as go-httpbin does: 2s, 500ms, or a number of
// seconds.
func duration(r *http.Request, otherwise time.Duration) (time.Duration, error) {
	text := r.URL.Query().Get("duration")
	if text == "" {
		return otherwise, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		d, err = time.ParseDuration(text + "s")
	}
	if err != nil || d < 0 || d > longest {
		return 0, fmt.Errorf("duration=%.40s: want a time up to %s, such as 500ms", text, longest)
	}
	return d, nil
}

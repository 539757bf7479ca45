#!/usr/bin/env bash
# zipkin-go (github.com/openzipkin/zipkin-go v0.4.3): the HTTP reporter sends a batch
# again after a refused connection, and throws it away after a 503.
#
# A collector that restarts behind a proxy, or is told to shed load, says 503 for
# a moment. Every span of that moment is lost, with one line in a log that has
# their number nowhere; had nobody listened, all would have arrived.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.bash"

module github.com/openzipkin/zipkin-go@v0.4.3
program <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/openzipkin/zipkin-go/model"
	reporter "github.com/openzipkin/zipkin-go/reporter/http"
)

const spans = 50

// line is a log that says when something is written to it.
type line chan bool

func (l line) Write(p []byte) (int, error) {
	select {
	case l <- true:
	default:
	}
	return len(p), nil
}

// arrived reports spans to an address, has the collector go wrong once, and
// counts what comes after that.
func arrived(addr string, goesWell func()) int64 {
	wrong := make(line, 1)
	r := reporter.NewReporter("http://"+addr, reporter.Logger(log.New(wrong, "", 0)), reporter.BatchInterval(200*time.Millisecond))
	for i := range spans {
		r.Send(model.SpanModel{SpanContext: model.SpanContext{TraceID: model.TraceID{Low: 1}, ID: model.ID(i + 1)},
			Name: "x", Timestamp: time.Now(), Duration: time.Millisecond})
	}
	<-wrong
	goesWell()
	for end := time.Now().Add(3 * time.Second); got.Load() < spans && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	r.Close()
	return got.Swap(0)
}

var (
	got  atomic.Int64
	busy atomic.Bool
)

func collect(w http.ResponseWriter, r *http.Request) {
	if busy.Load() {
		http.Error(w, "in a moment", http.StatusServiceUnavailable)
		return
	}
	var all []json.RawMessage
	body, _ := io.ReadAll(r.Body)
	json.Unmarshal(body, &all)
	got.Add(int64(len(all)))
	w.WriteHeader(http.StatusAccepted)
}

func main() {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	addr := ln.Addr().String()
	ln.Close() // nobody listens there now
	listen := func() {
		ln, err := net.Listen("tcp", addr)
		if err != nil {
			log.Fatal(err)
		}
		go http.Serve(ln, http.HandlerFunc(collect))
	}
	refused := arrived(addr, listen)
	busy.Store(true)
	unavailable := arrived(addr, func() { busy.Store(false) })
	fmt.Println(refused, unavailable)
}
GO
read -r refused unavailable < <(./finding)
echo "of 50 spans $refused arrived after the connection had been refused once, $unavailable after one 503"
verdict "all after the one, none after the other" [ "$refused" -eq 50 -a "$unavailable" -eq 0 ]

// Package control is the control stream that each process of the workshop keeps
// open to the server: the process registers, and the server knows that it runs
// for as long as the stream is open. Processes connect to the server, so
// replicas, containers and laptops are all alike.
//
// The stream is one POST whose response does not end: JSON messages, one on each
// line, with a ping every few seconds.
package control

import (
	"encoding/json"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"crypto/rand"
)

// Path is where the server takes control streams.
const Path = "/tracelab/v1/line"

// streamType is the Content-Type of a control stream.
const streamType = "application/x-ndjson"

// MaxStreams is how many control streams one server holds.
const MaxStreams = 256

const (
	pingEvery  = 5 * time.Second
	deadAfter  = 3 * pingEvery // without a message
	maxMessage = 64 << 10      // bytes
	maxQueued  = 64            // messages that wait for one process
)

// Registration describes a process to the server.
type Registration struct {
	Service   string    `json:"service"`
	Instance  string    `json:"instance"` // unlike that of every other process
	Host      string    `json:"host"`
	PID       int       `json:"pid"`
	Addr      string    `json:"addr"`                 // as the process sees it
	DebugAddr string    `json:"debug_addr,omitempty"` // likewise
	Sampler   string    `json:"sampler"`
	ReportsTo string    `json:"reports_to,omitempty"` // base URL of the Zipkin that takes its spans
	Recorder  bool      `json:"recorder,omitempty"`   // it records its execution, and answers requests for snapshots
	Faults    bool      `json:"faults,omitempty"`     // its requests may have faults
	Visits    string    `json:"visits,omitempty"`     // what a request visits that names no URL, of the gateway
	Version   string    `json:"version"`              // of the program
	Go        string    `json:"go"`                   // version of Go that built it
	StartedAt time.Time `json:"started_at"`
}

// Describe returns the registration of this process.
func Describe(service, addr string) Registration {
	host, _ := os.Hostname()
	return Registration{
		Service: service, Instance: rand.Text()[:8], Host: host, PID: os.Getpid(), Addr: addr,
		Version: version(), Go: runtime.Version(), StartedAt: time.Now().UTC().Truncate(time.Millisecond),
	}
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// message is one line of the stream: "hello", then "ping" every few seconds, and
// between them what the server sends to all processes, or to this one, by type.
type message struct {
	Type string          `json:"type"`
	Body json.RawMessage `json:"body,omitempty"`
}

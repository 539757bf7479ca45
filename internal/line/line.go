// Package line is the connection that each process of the workshop keeps to
// the server: the process says who it is, and the server knows who is there for
// as long as the line holds. Processes call out, so replicas, containers and
// laptops are all alike.
//
// The line is one POST whose answer does not end: a stream of JSON messages, a
// line each, with a ping every few seconds.
package line

import (
	"encoding/json"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"crypto/rand"
)

// Path is where the server takes lines.
const Path = "/tracelab/v1/line"

const (
	pingEvery  = 5 * time.Second
	deadAfter  = 3 * pingEvery // without a message
	maxMessage = 64 << 10      // bytes
	maxLines   = 256           // that one server holds
	maxTold    = 64            // messages that wait for one process
)

// Registration is what a process says of itself.
type Registration struct {
	Service   string    `json:"service"`
	Instance  string    `json:"instance"` // unlike that of every other process
	Host      string    `json:"host"`
	PID       int       `json:"pid"`
	Addr      string    `json:"addr"`                 // as the process sees it
	DebugAddr string    `json:"debug_addr,omitempty"` // likewise
	Sampler   string    `json:"sampler"`
	ReportsTo string    `json:"reports_to,omitempty"` // base URL of the Zipkin that takes its spans
	Recorder  bool      `json:"recorder,omitempty"`   // it records its execution, and answers who asks for that
	Version   string    `json:"version"`              // of the program
	Go        string    `json:"go"`                   // version of Go that built it
	StartedAt time.Time `json:"started_at"`
}

// Describe is this process.
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
// between them what the server has for all processes, or for this one, by kind.
type message struct {
	Type string          `json:"type"`
	Body json.RawMessage `json:"body,omitempty"`
}

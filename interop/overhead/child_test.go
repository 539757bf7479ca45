package overhead

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"time"
)

// What a child is, and where the spans go, comes by environment.
const (
	roleVariable  = "TRACELAB_OVERHEAD_ROLE" // the name of a variant, or collectorRole
	spansVariable = "TRACELAB_OVERHEAD_SPANS"
)

// command is what the parent asks of a child; a usage is the answer.
type command struct {
	Do    string        // begin, serve or finish
	Times int           // serve: so many requests
	Grace time.Duration // finish: time to deliver what waits
}

// usage is what a process has taken since its start.
type usage struct {
	Wall, CPU     time.Duration // CPU: of user and system
	Allocs, Bytes uint64
}

// child is a measured server, or the collector. It prints its address, obeys, and
// ends with its parent, which holds the other end of its standard input, or
// when it has lived for longer than anything here takes.
func child(role string) int {
	time.AfterFunc(10*time.Minute, func() { os.Exit(3) })
	if err := live(role); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", role, err)
		return 1
	}
	return 0
}

func live(role string) error {
	handler, err := handlerOf(role)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go http.Serve(ln, handler)
	answers, commands := json.NewEncoder(os.Stdout), json.NewDecoder(os.Stdin)
	if err := answers.Encode(ln.Addr().String()); err != nil {
		return err
	}
	for {
		var c command
		if err := commands.Decode(&c); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		obey(c, handler)
		if err := answers.Encode(used()); err != nil {
			return err
		}
	}
}

func handlerOf(role string) (traced, error) {
	if role == collectorRole {
		return untraced(&collector{ids: map[string]map[string]bool{}}, "")
	}
	start := variants[role]
	if start == nil {
		return traced{}, fmt.Errorf("there is no such variant")
	}
	return start(reply(), os.Getenv(spansVariable))
}

func obey(c command, handler traced) {
	switch c.Do {
	case "begin":
		runtime.GC() // all start alike
	case "serve": // the handler alone, without a connection
		r := httptest.NewRequest("GET", "/hello", nil)
		for range c.Times {
			handler.ServeHTTP(httptest.NewRecorder(), r)
		}
	case "finish":
		ctx, cancel := context.WithTimeout(context.Background(), c.Grace)
		defer cancel()
		handler.finish(ctx) // its error says what the collector counts
	}
}

var started = time.Now()

func used() usage {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return usage{Wall: time.Since(started), CPU: processorTime(), Allocs: m.Mallocs, Bytes: m.TotalAlloc}
}

package stack_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/tracelab/internal/stack"
)

// TestMain makes the test program a service too: a stack starts its own program
// as its children.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "service" {
		os.Exit(service(os.Args[2]))
	}
	os.Exit(m.Run())
}

// service is a child that serves nothing but its readiness, and POST /exit, or
// ends at once, or answers no first question, as the variable FAKE_<its name> says.
func service(name string) int {
	switch os.Getenv("FAKE_" + strings.ToUpper(name)) {
	case "usage":
		fmt.Fprintf(os.Stderr, "tracelab: --queue-workers 0: want 1 or more\nTry: tracelab --help\n")
		return 2
	case "broken":
		fmt.Fprintf(os.Stderr, "starting\nno memory\n")
		return 1
	case "panic":
		panic("no route")
	case "silent":
		return 1
	}
	mux := http.NewServeMux()
	mute := os.Getenv("FAKE_"+strings.ToUpper(name)) == "mute at first"
	var asked atomic.Int32
	mux.HandleFunc("GET /readyz", func(_ http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 1 && mute {
			<-r.Context().Done()
		}
	})
	mux.HandleFunc("POST /exit", func(http.ResponseWriter, *http.Request) { os.Exit(7) })
	srv := &http.Server{Addr: os.Getenv("TRACELAB_ADDR"), Handler: mux}
	ctx := stack.Lifeline(context.Background())
	if os.Getenv("FAKE_"+strings.ToUpper(name)) == "stubborn" {
		ctx = context.Background()
	}
	context.AfterFunc(ctx, func() { srv.Close() })
	if err := srv.ListenAndServe(); err != http.ErrServerClosed {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

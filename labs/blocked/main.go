// Command blocked is a server whose every answer takes five seconds, and which
// can be traced while one waits.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"os/signal"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "blocked:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("blocked", flag.ContinueOnError)
	flags.SetOutput(stderr)
	// Not on all addresses: a profile shows strangers how the program works.
	addr := flags.String("addr", "127.0.0.1:1234", "`address` to serve on")
	wait := flags.Duration("wait", 5*time.Second, "how long an answer takes")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		return fmt.Errorf("serve: %w; choose another address with -addr", err)
	}
	fmt.Fprintf(stdout, "http://%s/\n", listener.Addr())
	server := &http.Server{Handler: routes(*wait)}
	context.AfterFunc(ctx, func() { server.Close() })
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve on %s: %w", listener.Addr(), err)
	}
	return nil
}

func routes(wait time.Duration) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", slow(wait))
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

// slow answers after a wait, whether the client is still there or not.
func slow(wait time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(wait)
		fmt.Fprintln(w, "Network Trace Profile Test")
	}
}
